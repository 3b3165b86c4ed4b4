"""What `tui_cnn.keras.Recorder` costs: `fit` of Keras with it and without, in turns, in one process.

The tutorial's network is trained for two epochs on the 60,000 images of Fashion-MNIST in batches of 32, and validated
on the 10,000 test images, as in a script without a progress bar. Both sides train the same compiled model on. Printed
are the medians of each side and the median of the ratios within a pair; it fails above 1.02. Run it from the checkout:
`python -m tests.bench.recorder [PAIRS]`.
"""

import os
import sys
import tempfile
import time
from statistics import median

from tests.bench.pairs import in_turns

LIMIT = 1.02
EPOCHS = 2


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        ratio = measure(pairs)
    sys.exit(ratio > LIMIT)


def measure(pairs):
    import numpy as np

    import tui_cnn.keras
    from tui_cnn.data.dataset import load
    from tui_cnn.formats.presets import preset
    from tui_cnn.worker.build import build

    data = load()
    train, test = (images.astype(np.float32) / 255 for images in (data.train_images, data.test_images))
    model = build(preset("fashion-cnn"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def fit(*callbacks):
        began = time.perf_counter()
        validation = test, data.test_labels
        given = {"epochs": EPOCHS, "batch_size": 32, "validation_data": validation, "verbose": 0}
        model.fit(train, data.train_labels, callbacks=list(callbacks), **given)
        return time.perf_counter() - began

    sides = [("recorded", lambda: fit(tui_cnn.keras.Recorder("bench"))), ("plain", fit)]
    times = {name: measured[1:] for name, measured in in_turns(sides, pairs + 1).items()}
    print(f"{EPOCHS} epochs of Fashion-MNIST, {pairs} pairs")
    for name, measured in times.items():
        print(f"  {name:9} median {median(measured):.2f} s  ({min(measured):.2f} to {max(measured):.2f})")
    ratios = sorted(ours / theirs for ours, theirs in zip(times["recorded"], times["plain"], strict=True))
    ratio = median(ratios)
    print(f"  ratio {ratio:.3f}  ({ratios[0]:.3f} to {ratios[-1]:.3f}), limit {LIMIT}")
    return ratio


if __name__ == "__main__":
    main()
