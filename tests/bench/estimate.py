"""How far off the predictions are, for each preset that trains on 28×28: what was told beforehand, and what it took.

The machine is probed first, in a home of its own, which takes two minutes; then each preset is trained for a few
seconds, and knows nothing of the others. Compared are the seconds for an epoch of all images, by the speed once
TensorFlow has compiled, and those of that small run as a whole: compiling, training, validation, files and the test of
10,000 images. Run it from the checkout: `python -m tests.bench.estimate [BATCH_SIZE] [PRECISION]`. The mean error of
either is to be at most 15 %.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

import msgspec

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.runs.estimate import estimate
from tui_cnn.runs.launch import start
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import ACTIVE, Follower

LIMIT = 0.15
SECONDS = 3.0
EPOCHS = 2
TRAINED, TESTED = 60_000, 10_000


def train(network, recipe):
    """Train; return how it ended."""
    follower = Follower(start(network, recipe))
    while follower.poll().state in ACTIVE:
        time.sleep(0.1)
    return follower.poll()


def main():
    batch_size = int(sys.argv[1]) if len(sys.argv) > 1 else 32
    precision = sys.argv[2] if len(sys.argv) > 2 else "float32"
    recipe = Recipe(epochs=EPOCHS, batch_size=batch_size, precision=precision, validation=0)
    errors, of_runs = [], []
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "tui_cnn.worker", "probe"], check=True, stderr=subprocess.DEVNULL)
        print(f"probed in {time.perf_counter() - began:.0f} s; batches of {batch_size}, {precision}")
        known = Path(home, "machine.json")
        kept = known.with_suffix(".kept")
        shutil.copy(known, kept)
        for name in preset_names():
            network = preset(name)
            if network.input_shape[:2] not in ((28, 28), (32, 32), (784,)):
                continue
            shutil.copy(kept, known)
            analysis = analyze(network)
            told = estimate(analysis, recipe, recipe.image_counts(TRAINED), read_machine())
            images = min(TRAINED, max(3200, round(TRAINED * SECONDS / told.seconds_per_epoch)))
            small = msgspec.structs.replace(recipe, limit=images, validation=0.1)
            whole = estimate(analysis, small, small.image_counts(TRAINED), read_machine(), TESTED).seconds(small)
            ended = train(network, small)
            taken, took = TRAINED / ended.epochs[-1].images_per_second, ended.finished.seconds
            errors.append(told.seconds_per_epoch / taken - 1)
            of_runs.append(whole / took - 1)
            print(
                f"  {name:20} told {told.seconds_per_epoch:6.1f} s, took {taken:6.1f} s  {errors[-1]:+5.0%}"
                f"   run told {whole:5.1f} s, took {took:5.1f} s  {of_runs[-1]:+5.0%}"
                f"   memory told {(told.memory or 0) / 1e9:.2f} GB, peak {ended.finished.peak_memory / 1e9:.2f} GB",
                flush=True,
            )
    means = [mean(map(abs, each)) for each in (errors, of_runs)]
    for what, off, each in zip(("an epoch", "a run"), means, (errors, of_runs), strict=True):
        print(f"{what}: mean error {off:.0%}, largest {max(map(abs, each)):.0%}, limit {LIMIT:.0%}")
    sys.exit(max(means) > LIMIT)


if __name__ == "__main__":
    main()
