"""Time of analysing a network of 100 layers after an edit, against building it in Keras and counting its parameters.

Both run in this process, with everything imported. Run it from the checkout: `python -m tests.bench.analysis [PAIRS]`.
The limit is a ratio of 0.01; the analysis itself is to take at most a millisecond.
"""

import os
import sys
import time

from tests.bench.pairs import report
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D
from tui_cnn.core.network import Network

LIMIT = 0.01
ROUNDS = 20


def deep():
    """Make a network of 100 layers."""
    layers = []
    for stage, filters in enumerate((16, 32, 64, 128)):
        if stage:
            layers.append(MaxPooling2D())
        for _ in range(12):
            conv = Conv2D(filters=filters, kernel_size=(3, 3), padding="same", activation="relu", use_bias=False)
            layers += [conv, BatchNormalization()]
    layers = [*layers[:98], GlobalAveragePooling2D(), Dense(units=10, activation="softmax")]
    return Network("deep", (28, 28, 1), tuple(layers))


def main():
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    from tui_cnn.worker.build import build

    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    network = deep()
    assert len(network.layers) == 100
    analyze(network)
    filters = iter(range(200, 100_000))

    def analysed():
        """Edit a layer in the middle to what was never seen before, analyse, and so on."""
        edited = [edits.change(network, (50,), filters=next(filters)) for _ in range(ROUNDS)]
        begun = time.perf_counter()
        for one in edited:
            assert analyze(one).totals.complete
        return (time.perf_counter() - begun) / ROUNDS

    def built():
        begun = time.perf_counter()
        assert build(network).count_params() == analyze(network).totals.params
        return time.perf_counter() - begun

    report("numbers of 100 layers", ("analysis after an edit", analysed), ("Keras", built), pairs, LIMIT)


if __name__ == "__main__":
    main()
