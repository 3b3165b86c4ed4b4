"""Loading TensorFlow and Keras as the worker does, against importing them, in processes of their own, in turns.

Run it from the checkout: `python -m tests.bench.loading [PAIRS]`.
"""

import subprocess
import sys
import time
from functools import partial

from tests.bench.pairs import report

LIMIT = 1.0
SIDES = {
    "loaded": "from tui_cnn.worker.loading import load_tensorflow; load_tensorflow()",
    "imported": "import os; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '2'; import tensorflow, keras",
}


def measure(code):
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"{code}\nimport os; os._exit(0)"], check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    ours, theirs = ((name, partial(measure, code)) for name, code in SIDES.items())
    report("loading TensorFlow and Keras", ours, theirs, pairs, LIMIT)


if __name__ == "__main__":
    main()
