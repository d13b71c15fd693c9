#!/bin/sh
# What is to be shown on a GPU machine, in parts that each fit into a command of ten minutes: check.sh PART...
#   smoke          libraries and devices as Lamina sees them; the driver layer's tests; a short training run, captured, plain and on the reference
#   tests          the CUDA backend's whole test suite on the GPU; it fails where there is none
#   train          LeNet on MNIST to at least 99 % test accuracy
#   bench [MODEL]  lamina bench gpu and torch_reference.py in turn, A B A B, and their ratios: lenet, resnet20, alexnet, vgg16; without a
#                  model all four, each of which needs up to eight minutes
#   ratios         the ratios of the results that are there, again
# Results and logs go to $OUT, or the folder results beside this script. PYTHON is the python3 that has PyTorch. BUDGET: seconds of each of the two
# runs of PyTorch for a model (180). EMULATED=yes tries the scripts where there is no GPU: LAMINA_CUDA_LIBS then names the emulator's folder,
# sizes are tiny and nothing means anything.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${GPU_PACK_WORK:-/tmp/lamina-gpu-$(id -u)}
out=${OUT:-$here/results}
python=${PYTHON:-python3}
mkdir -p "$out"
out=$(cd "$out" && pwd)
usage() { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
say() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*"; exit 1; }
lamina() { sh "$here/run.sh" lamina "$@"; }
[ "${EMULATED:-}" = yes ] && need=emulated || need=required

# A command whose output goes to a log too, and whose exit code counts.
logged() { # log, command...
    log=$out/$1
    shift
    { "$@" 2>&1 && echo 0 > "$out/.rc" || echo $? > "$out/.rc"; } | tee "$log"
    rc=$(cat "$out/.rc")
    rm -f "$out/.rc"
    return "$rc"
}

junit() { # log, console options...
    log=$1
    shift
    mkdir -p "$work"
    (cd "$work" && logged "$log" sh "$here/run.sh" -Xmx3g "-Dlamina.gpu=$need" org.junit.platform.console.ConsoleLauncher execute --disable-banner \
        --disable-ansi-colors --details=summary --fail-if-no-tests --exclude-tag=slow "$@") # there tests may write
}

accuracy() { # JSON of train
    "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["test_accuracy"])' "$1"
}

smoke() {
    say "libraries and devices"
    logged doctor.txt lamina doctor
    [ "$need" = emulated ] || grep -q '^auto  *takes cuda$' "$out/doctor.txt" || fail "auto does not take cuda; the lines above say why"
    say "driver, NVRTC, cuBLAS, cuDNN, graphs: the driver layer's tests"
    junit tests-api.txt --select-package=dev.lamina.cuda.api || fail "tests of the driver layer"
    say "training: the step captured into one graph, launched kernel by kernel, and on the reference"
    for way in on off reference; do
        backend=cuda capture=$way
        [ $way != reference ] || backend=reference capture=on
        rm -rf "$out/run-$way"
        LAMINA_CUDA_CAPTURE=$capture lamina train --backend $backend --precision float32 --train-limit 512 --epochs 1 --out "$out/run-$way" \
            --json "$out/smoke-$way.json" || fail "training, $way"
        rm -rf "$out/run-$way"
    done
    "$python" - "$out" << 'PY' || fail "training, as above"
import json, sys
on, off, reference = (json.load(open(f"{sys.argv[1]}/smoke-{w}.json")) for w in ("on", "off", "reference"))
print("train loss: captured %.7f, plain %.7f, reference %.7f" % tuple(r["train_loss"] for r in (on, off, reference)))
if on["train_loss"] != off["train_loss"]:
    sys.exit("a captured step gives another loss than a plain one")
# Eight steps: a thousand times float32's rounding; what is wrong in a kernel is farther off.
if abs(on["train_loss"] - reference["train_loss"]) > 1e-4 * reference["train_loss"]:
    sys.exit("the loss is not the reference's")
PY
    echo "PASSED: smoke"
}

tests() {
    say "the CUDA backend's tests ($need)"
    junit tests.txt --select-package=dev.lamina.cuda || fail "tests; see $out/tests.txt"
    echo "PASSED: tests"
}

train() {
    say "LeNet on MNIST"
    rm -rf "$out/run-mnist"
    length="--epochs 12"
    [ "$need" = required ] || length="--epochs 1 --train-limit 256"
    # shellcheck disable=SC2086
    logged train.txt lamina train --backend cuda --data mnist --model lenet --schedule cosine $length --out "$out/run-mnist" \
        --json "$out/train.json" || fail "training"
    rm -rf "$out/run-mnist"
    reached=$(accuracy "$out/train.json")
    [ "$need" = emulated ] || awk -v a="$reached" 'BEGIN { exit !(a >= 0.99) }' || fail "test accuracy $reached, needs 0.99"
    echo "PASSED: train, test accuracy $reached"
}

bench_model() {
    tiny="" device=""
    [ "$need" = required ] || tiny=--smoke device="--device cpu --tiny"
    for round in 1 2; do
        say "$1, round $round: Lamina"
        # shellcheck disable=SC2086
        logged "lamina-$1-$round.txt" lamina bench gpu --only "$1" $tiny --json "$out/lamina-$1-$round.json" || fail "bench gpu, $1"
        say "$1, round $round: PyTorch"
        # shellcheck disable=SC2086
        logged "torch-$1-$round.txt" "$python" "$here/torch_reference.py" --only "$1" --budget "${BUDGET:-180}" $device \
            --json "$out/torch-$1-$round.json" || echo "note: some of PyTorch's cases failed; see above"
    done
    "$python" "$here/ratios.py" "$out" "$1"
}

ratios() {
    "$python" "$here/ratios.py" "$out"
}

[ $# -gt 0 ] || usage
while [ $# -gt 0 ]; do
    case $1 in
        smoke | tests | train | ratios) "$1" ;;
        bench)
            case ${2:-} in
                lenet | resnet20 | alexnet | vgg16) bench_model "$2"; shift ;;
                *) for model in lenet resnet20 alexnet vgg16; do bench_model $model; done ;;
            esac ;;
        *) usage ;;
    esac
    shift
done
