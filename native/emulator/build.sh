#!/bin/sh
# Builds the CUDA emulator: libcuda.so.1, libnvrtc.so.12 and, where their sources are there, libcublas.so.12 and libcudnn.so.9.
#   build.sh OUT_DIR [tests]     "tests" builds OUT_DIR/emulator-test as well
#   CXX, CXXFLAGS                compiler (default g++) and further options
#   LAMINA_EMULATOR_OBJECTS      folder of objects, default lamina/emulator-objects in the user's cache folder
# What is up to date by content is left alone: objects are named by the hash of what they are made from, so all copies of the sources share
# them and a clean build only links.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 OUT_DIR [tests]" >&2; exit 2; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
mkdir -p "$1"
cd "$1"
out=$PWD
tests=${2:-}
CXX=${CXX:-g++}
flags="-std=c++17 -g1 -fPIC -fvisibility=hidden -pthread -Wall -Wextra ${CXXFLAGS:-}"
export here CXX flags objects

# A folder of our own that nobody else can write to; the output folder's where the user's cache folder is none.
cache=${XDG_CACHE_HOME:-${HOME:-$out}/.cache}
objects=${LAMINA_EMULATOR_OBJECTS:-$cache/lamina/emulator-objects}
mkdir -p "$(dirname "$objects")" 2>/dev/null && mkdir -m 700 "$objects" 2>/dev/null || true
if [ ! -w "$objects" ] || [ -z "$(find "$objects" -prune -user "$(id -u)" ! -perm /022 2>/dev/null)" ]; then
    objects=$out/objects
    mkdir -p "$objects"
fi

# Compiles source $1 to object $2; several run at a time. Only what loops is worth the optimiser's time.
compile='case $1 in
    test/*) level=-O0 ;;
    src/cuda/threads.cpp | src/cuda/barrier.cpp) level=-O2 ;;
    src/cuda/* | src/nvrtc/*) level=-O1 ;;
    *) level=-O2 ;;
esac
part=$objects/$2.$$.tmp
"$CXX" $level $flags "-I$here/src" -c "$here/$1" -o "$part" && mv "$part" "$objects/$2" || { rm -f "$part"; exit 1; }'

hash() { sha256sum | cut -c 1-20; }
compiler=$({ "$CXX" --version; echo "$compile $flags $(uname -m)"; } | hash)

# headers FOLDER...: the text of all headers that sources of these folders can name
headers() {
    cat "$here"/src/*.hpp
    for folder in "$@"; do
        [ ! -d "$here/$folder" ] || find "$here/$folder" -type f \( -name '*.hpp' -o -name '*.inc' \) | LC_ALL=C sort | xargs -r -d '\n' cat
    done
}

plan=.plan.$$
trap 'rm -f "$plan" "$plan".*' EXIT
# plan NAME FOLDER...: one line "source object" for each C++ file of the first folder; headers come from all
plan() {
    base=$compiler$(shift; headers "$@" | hash)
    : > "$plan.$1"
    [ -d "$here/$2" ] || return 0
    find "$here/$2" -maxdepth 1 -name '*.cpp' | LC_ALL=C sort | while read -r file; do
        name=$(basename "$file" .cpp)
        echo "$2/$name.cpp $1-$name-$({ echo "$base"; cat "$file"; } | hash).o"
    done > "$plan.$1"
}
plan cuda src/cuda
plan nvrtc src/nvrtc
plan math src/math
plan cublas src/cublas src/math
plan cudnn src/cudnn src/math
plan parts src/cudnn/parts
[ "$tests" != tests ] || plan test test src

cat "$plan".* | while read -r source object; do [ -f "$objects/$object" ] || echo "$source $object"; done > "$plan"
xargs -r -n 2 -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" sh -c "$compile" compile < "$plan"

# link FILE PLANS OPTIONS...: skipped if neither the objects nor the options nor the exports have changed
link() {
    file=$1
    list=$(for part in $2; do cut -d ' ' -f 2 "$plan.$part"; done)
    [ -n "$list" ] || return 0
    shift 2
    stamp=$({ echo "$list $*"; cat "$here"/src/*/exports.map; } | hash)
    [ ! -f "$file" ] || [ "$(cat "$file.stamp" 2>/dev/null)" != "$stamp" ] || return 0
    # shellcheck disable=SC2086
    (cd "$objects" && touch -c $list && "$CXX" -pthread "$@" $list $libraries -ldl -o "$out/$file.$$.tmp")
    mv "$file.$$.tmp" "$file"
    echo "$stamp" > "$file.stamp"
}
# library FOLDER FILE PLANS: a shared library with its SONAME and symbol versions
library() {
    link "$2" "$3" -shared "-Wl,-soname,$2" "-Wl,--version-script=$here/src/$1/exports.map" -Wl,-z,noexecstack -Wl,--no-undefined \
        '-Wl,-rpath,$ORIGIN' "-L$out"
}
libraries=
library cuda libcuda.so.1 cuda
library nvrtc libnvrtc.so.12 nvrtc
libraries=-l:libcuda.so.1
library cublas libcublas.so.12 "cublas math"
library cudnn libcudnn.so.9 "cudnn math"
libraries=
for part in graph ops cnn adv heuristic engines_precompiled engines_runtime_compiled; do
    library cudnn "libcudnn_$part.so.9" parts
done
[ "$tests" = tests ] || exit 0
libraries=$(ls libcuda.so.1 libnvrtc.so.12 libcublas.so.12 libcudnn.so.9 2>/dev/null | sed 's/^/-l:/' || true)
link emulator-test test '-Wl,-rpath,$ORIGIN' "-L$out"

# Objects that nobody has linked for a month are of sources that are gone.
find "$objects" -name '*.o' -mtime +30 -delete
