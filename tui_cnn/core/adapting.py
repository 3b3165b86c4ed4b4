"""Networks for other images and other classes than those that they were made for."""

from collections.abc import Callable

from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.layers import (
    AnyLayer,
    Conv1D,
    Conv2D,
    Conv3D,
    Dense,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape

_LEAST_SIDE, _FEWEST, _MOST = 8, 32, 256
"""Pixels along a side from which on it is halved once more; filters of the first convolution, and of any."""

_UNITS = 64


def adapted(network: Network, shape: Shape, classes: int) -> Network:
    """Give a network an input shape, and as many outputs as there are classes, where that can be done."""
    resized = edits.set_input_shape(network, shape)
    checks = analyze(resized, TrainingContext(classes=classes)).checks
    fix = next((check.fix for check in checks if check.code == "classes" and check.fix), None)
    return fix.apply(resized) if fix else resized


def simple_cnn(name: str, shape: Shape, classes: int) -> Network:
    """Make a network to begin with: convolutions and poolings until little is left of the image, then a classifier.

    For an image, a sequence or a volume; for a row of numbers a hidden layer.
    """
    last = Dense(units=classes, activation="softmax")
    if len(shape) == 1:
        return Network(name, shape, (Dense(units=_UNITS, activation="relu"), last))
    convolution, pooling, ending = _OF_RANK[len(shape)]
    sides, filters = list(shape[:-1]), _FEWEST
    layers: list[AnyLayer] = []
    while True:
        layers.append(convolution(filters))
        if min(sides) < _LEAST_SIDE:
            break
        layers.append(pooling)
        sides, filters = [side // 2 for side in sides], min(_MOST, 2 * filters)
    return Network(name, shape, (*layers, ending, last))


def _on_sequences(filters: int) -> Conv1D:
    return Conv1D(filters=filters, kernel_size=(3,), padding="same", activation="relu")


def _on_images(filters: int) -> Conv2D:
    return Conv2D(filters=filters, kernel_size=(3, 3), padding="same", activation="relu")


def _on_volumes(filters: int) -> Conv3D:
    return Conv3D(filters=filters, kernel_size=(3, 3, 3), padding="same", activation="relu")


_OF_RANK: dict[int, tuple[Callable[[int], AnyLayer], AnyLayer, AnyLayer]] = {
    2: (_on_sequences, MaxPooling1D(), GlobalAveragePooling1D()),
    3: (_on_images, MaxPooling2D(), GlobalAveragePooling2D()),
    4: (_on_volumes, MaxPooling3D(), GlobalAveragePooling3D()),
}
