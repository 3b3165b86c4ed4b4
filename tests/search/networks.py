"""A base network small enough to count by hand, and to train in a second."""

from tui_cnn.core.layers import Block, Conv2D, Dense, Dropout, Flatten
from tui_cnn.core.network import Network

TINY = Network(
    "tiny",
    (28, 28, 1),
    (
        Conv2D(filters=2, kernel_size=(3, 3), strides=(2, 2), activation="relu"),
        Block(name="body", layers=(Conv2D(filters=2, kernel_size=(3, 3), padding="same", activation="relu"),)),
        Dropout(rate=0.2),
        Flatten(),
        Dense(units=10, activation="softmax"),
    ),
)


def params_by_hand(filters, repeats):
    """Of TINY with so many filters in the first layer, and so many copies of the block behind it.

    28 pixels, a kernel of 3 and a stride of 2 leave 13; the last copy always gives two channels.
    """
    first = (3 * 3 * 1 + 1) * filters
    blocks = (3 * 3 * filters + 1) * 2 + (repeats - 1) * (3 * 3 * 2 + 1) * 2
    return first + blocks + (13 * 13 * 2 + 1) * 10


def macs_by_hand(filters, repeats):
    """Kernel values times the cells of the output, 13 × 13."""
    cells = 13 * 13
    return cells * 9 * filters + cells * 9 * filters * 2 + (repeats - 1) * cells * 9 * 2 * 2 + cells * 2 * 10
