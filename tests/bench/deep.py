"""Time and memory of `cnn-tui check` for a file of a thousand layers, and for the large files of Keras.

Run it from the checkout: `python -m tests.bench.deep [TIMES]`. The limits are a second of the processor for the
thousand layers, so that other programs on the machine do not count, and 200 MB whatever the file.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.pairs import environment

SECONDS = 1.0
MEGABYTES = 200
DEEP = """
import keras, sys
sys.setrecursionlimit(100_000)  # Keras goes into each layer from the one before
layers = keras.layers
stack = [keras.Input((32, 32, 16))]
for number in range(500):
    stack += [layers.Conv2D(16, 3, padding="same"), layers.BatchNormalization()]
keras.Sequential(stack).save(sys.argv[1])
"""
LARGE = "import keras, sys; keras.applications.VGG19(weights=None).save(sys.argv[1])"


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    held = True
    with tempfile.TemporaryDirectory() as directory:
        env = {**os.environ, **environment(directory), "TF_CPP_MIN_LOG_LEVEL": "3"}
        for name, code, limit in (
            ("deep.keras", DEEP, SECONDS),
            ("deep.h5", DEEP, SECONDS),
            ("vgg19.h5", LARGE, None),
        ):
            file = Path(directory) / name
            subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, check=True, env=env)
            each = [measured(file, env) for _ in range(times)]
            waited, seconds = median(one[0] for one in each), median(one[1] for one in each)
            most, size = max(one[2] for one in each), file.stat().st_size / 1e6
            print(f"{name}, {size:.1f} MB: {seconds:.2f} s of the processor in {waited:.2f} s, {most:.0f} MB of memory")
            held &= most < MEGABYTES and (limit is None or seconds < limit)
    print(f"medians of {times}; limits: {SECONDS:.0f} s, {MEGABYTES} MB: {'held' if held else 'not held'}")
    sys.exit(not held)


def measured(file, env):
    """Return the seconds that a check takes, those of the processor, and the megabytes of memory at most."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "tui_cnn", "check", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)
    _pid, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
