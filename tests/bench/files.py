"""Time of `cnn-tui check resnet50.h5` against loading that file in Keras and printing its summary.

Run it from the checkout: `python -m tests.bench.files [PAIRS]`. The limit is a ratio of 0.15.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.pairs import environment, report

LIMIT = 0.15
PARAMETERS = "25,636,712"
WRITE = "import keras, sys; keras.applications.ResNet50(weights=None).save(sys.argv[1])"
LOAD = "import keras, sys; keras.models.load_model(sys.argv[1]).summary()"


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as directory:
        file = str(Path(directory) / "resnet50.h5")
        env = {**os.environ, **environment(directory), "TF_CPP_MIN_LOG_LEVEL": "3"}
        subprocess.run([sys.executable, "-c", WRITE, file], capture_output=True, check=True, env=env)

        def wall_time(*args):
            begun = time.perf_counter()
            ended = subprocess.run([sys.executable, *args, file], capture_output=True, text=True, check=True, env=env)
            elapsed = time.perf_counter() - begun
            assert PARAMETERS in ended.stdout
            return elapsed

        report(
            "parameters of resnet50.h5, 103 MB",
            ("cnn-tui check", lambda: wall_time("-m", "tui_cnn", "check")),
            ("Keras and summary()", lambda: wall_time("-c", LOAD)),
            pairs,
            LIMIT,
        )


if __name__ == "__main__":
    main()
