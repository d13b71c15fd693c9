#!/bin/sh
# Packs Lamina for a Linux x86-64 GPU machine that has NVIDIA's driver, but no JDK, no Maven and no network.
#   samples/gpu/pack.sh [--data-dir DIR] [--limit MIB] [--no-build] [DEST]
# DEST (.gpu, which git ignores) becomes a folder with a Java 25 runtime, the command, the CUDA backend's tests with JUnit's console, MNIST,
# prebuilt forwarders to CUDA 13, and the scripts that run there: see README.md beside this script.
#   --data-dir   the folder that holds mnist/ (LAMINA_DATA, or ~/.cache/lamina/data)
#   --limit      refuses a result above so many MiB (60)
#   --no-build   takes the jars of the last build
# Needs here: a JDK 25 (LAMINA_JAVA_HOME, JAVA_HOME, or one under /usr/lib/jvm), xz, cc and nm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
die() { echo "pack.sh: $*" >&2; exit 1; }
usage() { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }

data=${LAMINA_DATA:-$HOME/.cache/lamina/data} limit=60 build=yes
while [ $# -gt 0 ]; do
    case $1 in
        --data-dir) data=${2:?DIR}; shift ;;
        --limit) limit=${2:?MIB}; shift ;;
        --no-build) build= ;;
        -*) usage ;;
        *) break ;;
    esac
    shift
done
[ $# -le 1 ] || usage
dest=${1:-$root/.gpu}
[ "$(uname -sm)" = "Linux x86_64" ] || die "the runtime is copied from this machine's JDK, so pack on Linux x86-64"
for tool in xz nm "${CC:-cc}" tar awk; do command -v "$tool" > /dev/null || die "$tool is needed"; done
[ -f "$data/mnist/train-images-idx3-ubyte.gz" ] || die "no mnist/train-images-idx3-ubyte.gz in $data; give --data-dir"

jdk=
for j in "${LAMINA_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
    if [ -x "$j/bin/jlink" ] && grep -q '^JAVA_VERSION="25' "$j/release" 2> /dev/null; then jdk=$j; break; fi
done
[ -n "$jdk" ] || die "no JDK 25 with jlink at LAMINA_JAVA_HOME, JAVA_HOME or under /usr/lib/jvm"

if [ -e "$dest" ] && [ ! -e "$dest/.gpu-pack" ] && [ -n "$(ls -A "$dest")" ]; then
    die "$dest exists and was not made by this script"
fi
[ -z "$build" ] || (cd "$root" && JAVA_HOME=$jdk ./mvnw -B -q -ntp -Pgpu-pack -pl samples/gpu -am package -DskipTests -Dcheckstyle.skip) \
    || die "the build failed (see above)"
[ -d "$here/target/jars" ] || die "nothing was built yet: leave --no-build out"
rm -rf "$dest"
mkdir -p "$dest/lib" "$dest/forwarders" "$dest/data/mnist"
dest=$(cd "$dest" && pwd)
: > "$dest/.gpu-pack"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# --- jars -------------------------------------------------------------------------------------------------------------
mkdir "$tmp/jni"
for jar in "$here"/target/jars/*.jar; do
    name=$(basename "$jar")
    case $name in
        # Of JCuda's natives what Lamina loads: not the PTX compiler (9 MB) and the run-time API.
        *-natives-*)
            (mkdir "$tmp/natives" && cd "$tmp/natives" && "$jdk/bin/jar" xf "$jar" \
                && find . -name 'lib*' -type f ! -name '*JCudaDriver-*' ! -name '*JNvrtc-*' ! -name '*JCublas2-*' ! -name '*JCudnn-*' -delete \
                && find . -name '*.so' -exec cp {} "$tmp/jni/" \; && "$jdk/bin/jar" cfM "$dest/lib/$name" .)
            rm -rf "$tmp/natives" ;;
        *) cp "$jar" "$dest/lib/$name" ;;
    esac
done
chmod 644 "$dest"/lib/*

# --- forwarders: only for a machine without a C compiler; Lamina builds its own where there is one ----------------------
forward() { # soname, target, companion
    nm -D --undefined-only "$tmp"/jni/*.so | awk -v node="$1" '
        { at = index($NF, "@"); if (at && substr($NF, at + 1) == node) names[substr($NF, 1, at - 1)] = 1 }
        END { for (n in names) print n }' | LC_ALL=C sort > "$tmp/names"
    [ -s "$tmp/names" ] || die "JCuda's natives take nothing from $1"
    sed 's/.*/FORWARD(&)/' "$tmp/names" > "$tmp/symbols.h"
    { echo "$1 { global:"; sed 's/$/;/' "$tmp/names"; echo "local: *; };"; } > "$tmp/version.map"
    "${CC:-cc}" -shared -fPIC -O2 -fno-lto "-DSHIM_SYMBOLS=\"$tmp/symbols.h\"" "-DSHIM_SONAME=\"$1\"" "-DSHIM_TARGET=\"$2\"" \
        "-DSHIM_COMPANION=\"$3\"" "$root/native/src/main/resources/dev/lamina/forwarders/forward.c" -o "$dest/forwarders/$1" \
        "-Wl,-soname,$1" "-Wl,--version-script=$tmp/version.map" -Wl,-z,noexecstack -ldl
}
forward libcublas.so.12 libcublas.so.13 ""
forward libnvrtc.so.12 libnvrtc.so.13 libnvrtc-builtins.so

# --- runtime ----------------------------------------------------------------------------------------------------------
# Uncompressed modules under one xz come out smaller than zip-9 modules do (23 against 38 MB).
modules=java.base,java.logging,java.desktop,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.incubator.vector,jdk.management,\
jdk.security.auth,jdk.unsupported,jdk.zipfs
key=$({ cat "$jdk/release" && echo "$modules"; } | cksum | tr ' ' -)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/lamina/gpu-pack
if [ ! -s "$cache/runtime-$key.tar.xz" ]; then
    "$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-0 \
        --output "$tmp/jre" > "$tmp/jlink.log" 2>&1 || die "jlink failed: $(cat "$tmp/jlink.log")"
    tar -C "$tmp" --owner=0 --group=0 --sort=name -cf "$tmp/jre.tar" jre
    xz -T0 -6 "$tmp/jre.tar"
    mkdir -p "$cache"
    cp "$tmp/jre.tar.xz" "$cache/part-$$" && mv "$cache/part-$$" "$cache/runtime-$key.tar.xz"
fi
cp "$cache/runtime-$key.tar.xz" "$dest/runtime.tar.xz"

# --- data and scripts -------------------------------------------------------------------------------------------------
cp "$data"/mnist/*.gz "$dest/data/mnist/"
chmod 644 "$dest"/data/mnist/*
cp "$here/run.sh" "$here/check.sh" "$here/ratios.py" "$here/torch_reference.py" "$dest/"
size=$(find "$dest" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')
(cd "$dest" && find . -type f -printf '%s %P\n' | sort -rn | head -8 | awk '{ printf "  %7.2f MiB  %s\n", $1 / 1048576, $2 }')
echo "$size" | awk -v d="$dest" '{ printf "%s: %.1f MiB\n", d, $1 / 1048576 }'
[ "$size" -le $((limit * 1048576)) ] || die "larger than $limit MiB"
