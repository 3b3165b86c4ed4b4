"""The tutorial's training by our worker and by a plain Keras script, and our `quick` recipe, in turns, on equal work.

All 60,000 images are trained on, none held out, and the test images are evaluated at the end. Each side is a process
of its own, from its first line to its last, and our workers know nothing of this machine beforehand: what they
measure to choose their precision counts each time. Printed are the medians of each side and the median of the ratios of
wall time, CPU time and peak memory within a pair; the mean test accuracy over the pairs, each of which has a seed of
its own; and the share of the processor's measured peak of matrix products that training reaches. A mean accuracy counts
as a loss when it is below the script's by more than two standard errors of their difference. Run it from the checkout:
`python -m tests.bench.training [PAIRS]`.
"""

import os
import subprocess
import sys
import tempfile
import time
from math import sqrt
from statistics import mean, median, variance
from typing import NamedTuple

import msgspec

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.recipe import QUICK, TUTORIAL
from tui_cnn.runs.snapshot import Follower

LIMITS = {"time": 0.45, "memory": 0.6, "quick": 0.18}
MODEL = "fashion-cnn"
KERAS_SCRIPT = """
import gzip, sys
from pathlib import Path

import keras
import numpy as np
from keras import layers

folder, seed = Path(sys.argv[1]), int(sys.argv[2])


def read(name, offset):
    return np.frombuffer(gzip.decompress((folder / name).read_bytes()), np.uint8, offset=offset)


train_images = read("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1) / 255.0
train_labels = read("train-labels-idx1-ubyte.gz", 8)
test_images = read("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1) / 255.0
test_labels = read("t10k-labels-idx1-ubyte.gz", 8)

keras.utils.set_random_seed(seed)
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(32, (3, 3), activation="relu"),
    layers.MaxPooling2D((2, 2)),
    layers.Conv2D(64, (3, 3), activation="relu"),
    layers.MaxPooling2D((2, 2)),
    layers.Conv2D(64, (3, 3), activation="relu"),
    layers.Flatten(),
    layers.Dense(64, activation="relu"),
    layers.Dense(10),
])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train_images, train_labels, batch_size=32, epochs=5, verbose=0)
print("accuracy", model.evaluate(test_images, test_labels, verbose=0)[1])
"""
PEAK_SCRIPT = """
import time
import tensorflow as tf

a = tf.random.normal((2048, 2048))
for dtype in (tf.float32, tf.bfloat16):
    b = tf.cast(a, dtype)
    tf.matmul(b, b)
    best = 0.0
    for _ in range(5):
        began = time.perf_counter()
        tf.reduce_sum(tf.matmul(b, b)).numpy()
        best = max(best, 2 * 2048**3 / (time.perf_counter() - began))
    print(dtype.name, best)
"""


class Cost(NamedTuple):
    """Wall and CPU seconds, the most bytes held in RAM, and the test accuracy."""

    wall: float
    cpu: float
    memory: float
    accuracy: float


def run(*command):
    """Run a process to its end; return what it wrote, its wall and CPU seconds, and the most bytes that it held."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0, command
    return output, time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def keras_script(seed):
    from tui_cnn.assets import ROOT

    output, *costs = run(sys.executable, "-c", KERAS_SCRIPT, str(ROOT / "fashion-mnist"), str(seed))
    return Cost(*costs, float(output.split()[-1]))


def worker(recipe):
    """Train in a worker; it is asked to be as eager as the script, which is not polite to others either."""

    def measure(seed):
        directory = make_run(preset(MODEL), msgspec.structs.replace(recipe, seed=seed, validation=0.0))
        _output, *costs = run(sys.executable, "-m", "tui_cnn.worker", "train", str(directory.path))
        snapshot = Follower(directory).poll()
        speeds.setdefault(snapshot.started.precision, []).append(snapshot.epochs[-1].images_per_second)
        return Cost(*costs, snapshot.finished.test_accuracy)

    return measure


speeds = {}


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    sides = {"Keras script": keras_script, "tutorial": worker(TUTORIAL), "quick": worker(QUICK)}
    costs = {name: [] for name in sides}
    for seed in range(pairs):
        with tempfile.TemporaryDirectory() as home:
            os.environ["CNN_TUI_HOME"] = home
            for name in list(sides) if seed % 2 else reversed(sides):
                costs[name].append(sides[name](seed))
                print(f"  seed {seed}  {name:12}  {costs[name][-1]}", flush=True)
    held = report(costs)
    peak()
    sys.exit(not held)


def report(costs):
    """Print the sides, their ratios and what was to be reached; tell whether all of it was."""
    theirs = costs["Keras script"]
    ratios, losses = {}, {}
    for name, ours in costs.items():
        middle = Cost(*map(median, zip(*ours, strict=True)))
        pairs = [[a / b for a, b in zip(*pair, strict=True)] for pair in zip(ours, theirs, strict=True)]
        ratios[name] = Cost(*map(median, zip(*pairs, strict=True)))
        accuracy, losses[name] = compared([cost.accuracy for cost in ours], [cost.accuracy for cost in theirs])
        print(
            f"{name:12}  {middle.wall:5.1f} s wall ({ratios[name].wall:.2f})"
            f"  {middle.cpu:6.1f} s CPU ({ratios[name].cpu:.2f})"
            f"  {middle.memory / 1e9:.2f} GB ({ratios[name].memory:.2f})  mean accuracy {accuracy}"
        )
    reached = {
        "tutorial: time": (ratios["tutorial"].wall, LIMITS["time"]),
        "tutorial: memory": (ratios["tutorial"].memory, LIMITS["memory"]),
        "quick: time": (ratios["quick"].wall, LIMITS["quick"]),
    }
    for name, (ratio, limit) in reached.items():
        print(f"{name} {ratio:.2f} of the script's, limit {limit}: {'reached' if ratio <= limit else 'MISSED'}")
    for name in ("tutorial", "quick"):
        print(f"{name}: {'LOSES' if losses[name] else 'no loss of'} accuracy")
    return all(ratio <= limit for ratio, limit in reached.values()) and not losses["tutorial"] and not losses["quick"]


def compared(ours, theirs):
    """Write the mean of our accuracies and its difference to theirs; tell whether it is a loss."""
    difference = mean(ours) - mean(theirs)
    error = sqrt((variance(ours) + variance(theirs)) / len(ours)) if len(ours) > 1 else float("inf")
    return f"{mean(ours):.4f} ({difference:+.4f} ± {error:.4f})", difference < -2 * error


def peak():
    """Say how near training comes to what the processor can do: three times the forward pass, two FLOPs a MAC."""
    flops = 3 * 2 * analyze(preset(MODEL)).totals.macs
    peaks = dict(line.split() for line in run(sys.executable, "-c", PEAK_SCRIPT)[0].splitlines())
    for precision, measured in speeds.items():
        most = float(peaks["bfloat16" if "bfloat16" in precision else "float32"])
        reached = flops * median(measured)
        print(f"{precision}: {reached / 1e9:.0f} of {most / 1e9:.0f} GFLOP/s, {reached / most:.0%} of the peak")


if __name__ == "__main__":
    main()
