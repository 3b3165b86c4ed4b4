"""Time of `cnn-tui check fashion-cnn` against building the same network in Keras and printing its summary.

Run it from the checkout: `python -m tests.bench.check [PAIRS]`. The limit is a ratio of 0.1.
"""

import os
import subprocess
import sys
import tempfile
import time

from tests.bench.pairs import environment, report

LIMIT = 0.1
KERAS_SCRIPT = """\
import keras
from keras import layers

keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(64, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(64, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(64, activation="relu"),
    layers.Dense(10, activation="softmax"),
]).summary()
"""


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as directory:
        env = {**os.environ, **environment(directory), "TF_CPP_MIN_LOG_LEVEL": "3"}

        def wall_time(*args):
            begun = time.perf_counter()
            ended = subprocess.run([sys.executable, *args], capture_output=True, text=True, check=True, env=env)
            elapsed = time.perf_counter() - begun
            assert "93,322" in ended.stdout
            return elapsed

        report(
            "parameters of fashion-cnn",
            ("cnn-tui check", lambda: wall_time("-m", "tui_cnn", "check", "fashion-cnn")),
            ("Keras and summary()", lambda: wall_time("-c", KERAS_SCRIPT)),
            pairs,
            LIMIT,
        )


if __name__ == "__main__":
    main()
