"""What each way of training is worth: accuracies in validation of small networks, with it and without it.

    python -m tests.bench.ablation EPOCHS SEEDS RESULTS.json [CHANGE...]

Each network is trained with the recipe to begin with, and with that and one change at a time, over the same seeds,
two runs at a time on one thread each. Nothing is tested, so that a recipe may be chosen by this. Printed for each
change: the mean difference in the best validation accuracy over networks and seeds, paired by both, in points, with its
standard error; that of each network; and the time of an epoch, as a ratio. What is in the results already is not
trained again.
"""

import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from math import sqrt
from pathlib import Path
from statistics import fmean, median, stdev

import msgspec

from tests.bench.search_gain import trained
from tui_cnn.formats.presets import preset
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower

NETWORKS = ("fashion-cnn", "small-mobile", "small-resnet")
START = Recipe(batch_size=128, learning_rate=0.005, schedule="one-cycle", threads=1, validation=0.1)
CHANGES = {
    "smoothing": {"label_smoothing": 0.1},
    "flip": {"augmentation": "flip"},
    "shift": {"augmentation": "shift"},
    "flip+shift": {"augmentation": "flip+shift"},
    "erase": {"augmentation": "erase"},
    "mixup": {"augmentation": "mixup"},
    "decay": {"optimizer": "adamw", "weight_decay": 0.05},
    "muon": {"optimizer": "muon"},
    "average": {"ema": 0.99},
    "smaller batches": {"batch_size": 64, "learning_rate": 0.0035},
    "larger batches": {"batch_size": 256, "learning_rate": 0.007},
    "twice the rate": {"learning_rate": 0.01},
    "half the rate": {"learning_rate": 0.0025},
}


def train(name, recipe):
    """Train a preset to its end; return its best validation accuracy and the seconds of an epoch."""
    snapshot = Follower(trained(preset(name), recipe)).poll()
    return snapshot.best_accuracy, median(epoch.seconds for epoch in snapshot.epochs)


def main():
    epochs, seeds, results = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    changes = {"": {}} | {name: CHANGES[name] for name in sys.argv[4:] or CHANGES}
    known = json.loads(results.read_text()) if results.exists() else {}

    def measure(wanted):
        key, name, recipe = wanted
        known[key] = train(name, recipe)
        results.write_text(json.dumps(known, indent=1))
        print(f"  {key}  {known[key][0]:.4f}  {known[key][1]:.1f} s an epoch", flush=True)

    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(2) as pool:
        os.environ |= {"CNN_TUI_HOME": home, "TF_CPP_MIN_LOG_LEVEL": "3"}
        wanted = [
            (
                key_of(name, change, epochs, seed),
                name,
                msgspec.structs.replace(START, epochs=epochs, seed=seed, **fields),
            )
            for seed in range(seeds)
            for change, fields in changes.items()
            for name in NETWORKS
        ]
        list(pool.map(measure, [each for each in wanted if each[0] not in known]))
    for change in changes:
        print(line_of(change, epochs, seeds, known))


def key_of(name, change, epochs, seed):
    """Name a training in the results."""
    return f"{name}, {change or 'as it is'}, {epochs} epochs, seed {seed}"


def line_of(change, epochs, seeds, known):
    """Write what a change is worth."""
    pairs = {
        name: [
            (known[key_of(name, change, epochs, seed)], known[key_of(name, "", epochs, seed)]) for seed in range(seeds)
        ]
        for name in NETWORKS
    }
    if not change:
        means = [f"{name} {fmean(start[0] for _with, start in each):.4f}" for name, each in pairs.items()]
        return f"{'as it is':16} {'  '.join(means)}"
    gains = {name: [100 * (of[0] - start[0]) for of, start in each] for name, each in pairs.items()}
    every = [gain for each in gains.values() for gain in each]
    error = stdev(every) / sqrt(len(every)) if len(every) > 1 else float("nan")
    slower = fmean(of[1] / start[1] for each in pairs.values() for of, start in each)
    of_each = "  ".join(f"{name} {fmean(each):+.2f}" for name, each in gains.items())
    return f"{change:16} {fmean(every):+.2f} ± {error:.2f} points   time x {slower:.2f}   {of_each}"


if __name__ == "__main__":
    main()
