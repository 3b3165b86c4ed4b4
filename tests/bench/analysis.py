"""Time of analysing a network of 100 layers after an edit, against building it in Keras and counting its parameters.

Both run in this process, with everything imported. Run it from the checkout: `python -m tests.bench.analysis [PAIRS]`.
The limit is a ratio of 0.01; the analysis itself is to take at most a millisecond of the processor. Beside an edit in
the middle stands the worst there is: an input of another size, which changes the numbers of every layer.
"""

import os
import sys
import time
from statistics import median

from tests.bench.pairs import report
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D
from tui_cnn.core.network import Network

LIMIT = 0.01
ROUNDS = 20


def deep(count=100):
    """Make a network of so many layers."""
    layers = []
    for stage, filters in enumerate((16, 32, 64, 128)):
        if stage:
            layers.append(MaxPooling2D())
        for _ in range(count // 8):
            conv = Conv2D(filters=filters, kernel_size=(3, 3), padding="same", activation="relu", use_bias=False)
            layers += [conv, BatchNormalization()]
    layers = [*layers[: count - 2], GlobalAveragePooling2D(), Dense(units=10, activation="softmax")]
    return Network("deep", (28, 28, 1), tuple(layers))


def seconds(networks):
    """Return the seconds of the processor for each of some networks."""
    begun = time.process_time()
    for network in networks:
        assert analyze(network).totals.complete
    return (time.process_time() - begun) / len(networks)


def main():
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    from tui_cnn.worker.build import build

    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    network = deep()
    assert len(network.layers) == 100
    analyze(network)
    filters = iter(range(200, 100_000))
    sides = iter(range(200, 60_000, 8))  # three pools of 2×2 keep them apart

    def analysed():
        """Edit a layer in the middle to what was never seen before, analyse, and so on."""
        return seconds([edits.change(network, (50,), filters=next(filters)) for _ in range(ROUNDS)])

    def all_new():
        """Give the network an image of a size that was never seen before, analyse, and so on."""
        return seconds([edits.set_input_shape(network, (next(sides), 28, 1)) for _ in range(ROUNDS)])

    def built():
        begun = time.process_time()
        assert build(network).count_params() == analyze(network).totals.params
        return time.process_time() - begun

    for said, work in (("an edit in the middle", analysed), ("another input", all_new)):
        print(f"{said}: {1000 * median(work() for _ in range(pairs)):.2f} ms of the processor")
    report("numbers of 100 layers", ("analysis after an edit", analysed), ("Keras", built), pairs, LIMIT)


if __name__ == "__main__":
    main()
