"""Networks to train."""

from tui_cnn.core.layers import BatchNormalization, Branches, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tui_cnn.core.network import Network

_SAME = Conv2D(filters=8, kernel_size=(3, 3), padding="same", activation="relu")

SMALL_CNN = Network(
    "small-cnn",
    (28, 28, 1),
    (
        Conv2D(filters=8, kernel_size=(5, 5), strides=(2, 2), activation="relu"),
        Branches(branches=((_SAME, BatchNormalization(momentum=0.9)), ()), merge="add"),
        MaxPooling2D(),
        Flatten(),
        Dropout(rate=0.2),
        Dense(units=32, activation="relu"),
        Dropout(rate=0.2),
        Dense(units=10, activation="softmax"),
    ),
)
"""Every kind of state that a training has: kernels, moving averages, dropout; and a skip connection."""

IN_LANES = Network(
    "in-lanes",
    (28, 28, 1),
    (
        Conv2D(filters=8, kernel_size=(5, 5), strides=(2, 2), activation="relu", kernel_regularizer="l2(0.001)"),
        Branches(branches=((_SAME, Dropout(rate=0.2)), ()), merge="add"),
        MaxPooling2D(),
        Flatten(),
        Dropout(rate=0.2),
        Dense(units=10, activation="softmax"),
    ),
)
"""As SMALL_CNN, but no image of a batch needs to know of the others."""
