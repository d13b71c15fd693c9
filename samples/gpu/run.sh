#!/bin/sh
# Runs Java from the pack on a GPU machine without a JDK: run.sh [java options] MainClass [arguments]; run.sh lamina ... runs the command.
#   LAMINA_CUDA_LIBS=DIR:DIR   folders with the CUDA libraries (those of python3's packages, so that timings compare with PyTorch's on the same
#                              libraries; then what Lamina finds by itself)
#   PYTHON                     the python3 whose packages may hold the CUDA libraries
#   GPU_PACK_WORK=DIR          where the runtime is unpacked and Lamina keeps its cache (a folder of this user under /tmp)
#   JAVA_OPTS                  more java options
set -eu
here=$(cd "$(dirname "$0")" && pwd)
die() { echo "run.sh: $*" >&2; exit 1; }
[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }

python=${PYTHON:-$(command -v python3 || true)}
work=${GPU_PACK_WORK:-/tmp/lamina-gpu-$(id -u)}
mkdir -p "$work" && chmod 700 "$work" && [ -O "$work" ] || die "$work is not this user's folder"

# --- Java runtime: unpacked once per content --------------------------------------------------------------------------
id=$(cksum < "$here/runtime.tar.xz" | tr ' ' -)
jre=$work/jre-$id
if [ ! -x "$jre/bin/java" ]; then
    part=$work/part-$$
    mkdir "$part"
    { [ -n "$python" ] && "$python" - "$here/runtime.tar.xz" "$part" << 'PY'
import sys, tarfile
with tarfile.open(sys.argv[1], "r:xz") as t:
    t.extractall(sys.argv[2], **({"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}))
PY
    } || tar -xJf "$here/runtime.tar.xz" -C "$part" || die "could not unpack the runtime: neither python3 with lzma nor tar with xz"
    mv "$part/jre" "$jre" 2> /dev/null || [ -x "$jre/bin/java" ] || die "could not place $jre"
    rm -rf "$part"
fi

# --- libraries of python3's packages ----------------------------------------------------------------------------------
if [ -z "${LAMINA_CUDA_LIBS:-}" ] && [ -n "$python" ]; then
    LAMINA_CUDA_LIBS=$("$python" -c '
import glob, os, site, sys
roots = list(dict.fromkeys(sys.path + site.getsitepackages() + [site.getusersitepackages()]))
print(":".join(d for r in roots if r for d in sorted(glob.glob(os.path.join(r, "nvidia", "*", "lib")))))' 2> /dev/null || true)
fi
# Without a C compiler Lamina cannot build forwarders to CUDA 13; those of the pack look for it by bare name.
if ! { command -v "${CC:-cc}" && command -v nm; } > /dev/null; then
    LAMINA_CUDA_LIBS=${LAMINA_CUDA_LIBS:+$LAMINA_CUDA_LIBS:}$here/forwarders
    toolkits=$(ls -d /usr/local/cuda*/lib64 2> /dev/null | tr '\n' ':')
    export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$LAMINA_CUDA_LIBS:$toolkits"
fi
[ -z "${LAMINA_CUDA_LIBS:-}" ] || export LAMINA_CUDA_LIBS
export LAMINA_CACHE="${LAMINA_CACHE:-$work/cache}" LAMINA_DATA="${LAMINA_DATA:-$here/data}"

if [ "$1" = lamina ]; then
    shift
    set -- dev.lamina.samples.cli.Lamina "$@"
fi
mkdir -p "$work/tmp"
# shellcheck disable=SC2086
exec "$jre/bin/java" --enable-native-access=ALL-UNNAMED --add-modules=jdk.incubator.vector -Djava.awt.headless=true -XX:+UseParallelGC \
    -Djava.io.tmpdir="$work/tmp" ${JAVA_OPTS:-} -cp "$here/lib/*" "$@"
