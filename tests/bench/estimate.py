"""How far off the predictions are: seconds for an epoch of each preset that trains on 28×28, told beforehand and taken.

The machine is probed first, in a home of its own, which takes a minute and a half; then each preset is trained for a
few seconds, and knows nothing of the others. Compared are the speeds once TensorFlow has compiled. Run it from
the checkout: `python -m tests.bench.estimate [BATCH_SIZE] [PRECISION]`. The mean error is to be at most 15 %.
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
SECONDS = 4.0


def train(network, recipe):
    """Train for an epoch; return how it ended."""
    follower = Follower(start(network, recipe))
    while follower.poll().state in ACTIVE:
        time.sleep(0.1)
    (epoch,) = follower.poll().epochs
    return epoch, follower.poll()


def main():
    batch_size = int(sys.argv[1]) if len(sys.argv) > 1 else 32
    precision = sys.argv[2] if len(sys.argv) > 2 else "float32"
    recipe = Recipe(epochs=1, batch_size=batch_size, precision=precision, validation=0)
    errors = []
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
            told = estimate(analysis, recipe, recipe.image_counts(60_000), read_machine())
            images = min(60_000, max(3200, round(60_000 * SECONDS / told.seconds_per_epoch)))
            epoch, ended = train(network, msgspec.structs.replace(recipe, limit=images))
            taken = 60_000 / epoch.images_per_second
            error = told.seconds_per_epoch / taken - 1
            errors.append(abs(error))
            print(
                f"  {name:20} told {told.seconds_per_epoch:6.1f} s, took {taken:6.1f} s  {error:+5.0%}"
                f"   memory told {(told.memory or 0) / 1e9:.2f} GB, peak {ended.finished.peak_memory / 1e9:.2f} GB"
            )
    print(f"mean error {mean(errors):.0%}, largest {max(errors):.0%}, limit {LIMIT:.0%}")
    sys.exit(mean(errors) > LIMIT)


if __name__ == "__main__":
    main()
