"""Loading TensorFlow and Keras as the worker does, against importing them, in processes of their own, in turns.

Run it from the checkout: `python -m tests.bench.loading [PAIRS]`.
"""

import subprocess
import sys
import time
from statistics import median

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
    taken = {side: [] for side in SIDES}
    for number in range(pairs):
        for side in list(SIDES) if number % 2 else reversed(SIDES):
            taken[side].append(measure(SIDES[side]))
    ratio = median(a / b for a, b in zip(*taken.values(), strict=True))
    print(f"loaded {median(taken['loaded']):.2f} s, imported {median(taken['imported']):.2f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
