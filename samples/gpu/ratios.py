#!/usr/bin/env python3
"""Lamina's speed over PyTorch's on the same GPU: ratios.py RESULTS [MODEL...]

Reads lamina-MODEL-ROUND.json and torch-MODEL-ROUND.json as check.sh writes them. Speeds are medians over the rounds; a ratio above 1 says that
Lamina is faster. Targets: LeNet at batch 64 three times eager PyTorch, the others at least the speed of compiled PyTorch.
"""
import glob
import json
import os
import re
import statistics
import sys


def lamina(folder, model):
    """Speeds by (batch, mode, precision)."""
    speeds = {}
    for path in sorted(glob.glob(os.path.join(folder, f"lamina-{model}-*.json"))):
        with open(path) as file:
            for row in json.load(file):
                if "samples_per_second" in row:
                    speeds.setdefault((row["batch"], row["mode"], row["precision"]), []).append(row["samples_per_second"])
    return speeds


def torch(folder, model):
    """Speeds by (batch, mode, precision), of eager and of compiled PyTorch."""
    speeds = {"eager": {}, "compiled": {}}
    for path in sorted(glob.glob(os.path.join(folder, f"torch-{model}-*.json"))):
        with open(path) as file:
            for line in file:
                row = json.loads(line)
                if "images_per_s" in row:
                    kind = "eager" if row["compile"] == "eager" else "compiled"
                    speeds[kind].setdefault((row["batch"], row["mode"], row["precision"]), []).append(row["images_per_s"])
    return speeds


def cell(values):
    return f"{statistics.median(values):,.0f}" if values else "-"


def ratio(ours, theirs):
    return f"{statistics.median(ours) / statistics.median(theirs):.2f}" if ours and theirs else "-"


def target(model, key, ours, eager, compiled):
    """What the issue asks for, of training steps."""
    batch, mode, _ = key
    if mode != "train":
        return ""
    if model == "lenet":
        factor, theirs, name = (3, eager, "eager") if batch == 64 else (0, None, "")
    else:
        factor, theirs, name = 1, compiled, "compiled"
    if not factor:
        return ""
    if not ours or not theirs:
        return f"{factor} x {name}: not measured"
    reached = statistics.median(ours) >= factor * statistics.median(theirs)
    return f"{factor} x {name}: " + ("reached" if reached else "NOT REACHED")


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = sys.argv[1]
    found = {re.match(r"(?:lamina|torch)-(\w+)-\d+\.json$", name) for name in os.listdir(folder)}
    models = sys.argv[2:] or sorted({m.group(1) for m in found if m})
    if not models:
        print(f"ratios.py: no results in {folder}", file=sys.stderr)
        return 1
    print(f"\n{'model':9} {'batch':>5} {'mode':5} {'numbers':8} {'Lamina':>12} {'eager':>12} {'ratio':>6} {'compiled':>12} {'ratio':>6}  target")
    for model in models:
        ours, theirs = lamina(folder, model), torch(folder, model)
        for key in sorted(set(ours) | set(theirs["eager"]) | set(theirs["compiled"]), key=lambda k: (k[1] == "infer", k[0], k[2] != "tf32")):
            mine, eager, compiled = ours.get(key), theirs["eager"].get(key), theirs["compiled"].get(key)
            batch, mode, precision = key
            print(f"{model:9} {batch:5} {mode:5} {precision:8} {cell(mine):>12} {cell(eager):>12} {ratio(mine, eager):>6} {cell(compiled):>12} "
                  f"{ratio(mine, compiled):>6}  {target(model, key, mine, eager, compiled)}".rstrip())
    print("samples/s, medians of the rounds; ratio: Lamina over PyTorch")
    return 0


if __name__ == "__main__":
    sys.exit(main())
