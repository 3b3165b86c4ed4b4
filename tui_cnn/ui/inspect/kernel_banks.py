"""The kernels of a network as pictures: (height, width, inputs, filters) for every layer that has some."""

from math import prod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.core.layers import ALL_TYPES
from tui_cnn.runs.inspection.replies import LayerInfo, LayerWeights, OpenReply, WeightsReply

_KERNEL_AXES = 4
_MAP_AXES = 3


class Bank(NamedTuple):
    """The kernels of the layer at a place: `values` (height, width, inputs, filters)."""

    place: int
    info: LayerInfo
    values: npt.NDArray[np.float64]


def banks(opened: OpenReply, weights: WeightsReply) -> list[Bank]:
    """Find the kernels, in order.

    A Dense layer behind a Flatten has one weight for each pixel of each map: these are pictures, too.
    """
    by_name = {layer.name: layer for layer in weights.layers}
    found = []
    for place, info in enumerate(opened.layers):
        values = _kernels(opened, place, by_name[info.name]) if info.name in by_name else None
        if values is not None:
            found.append(Bank(place, info, values))
    return found


def nearest(found: list[Bank], layer: int) -> int:
    """Tell which bank belongs to a layer: its own, or the last one before it, or else the first."""
    return max(sum(bank.place <= layer for bank in found) - 1, 0)


def _kernels(opened: OpenReply, place: int, layer: LayerWeights) -> npt.NDArray[np.float64] | None:
    info = opened.layers[place]
    kernel_kind = ALL_TYPES[info.kind].kernel_kind
    for array in layer.weights.values():
        values = np.asarray(array.numpy(), np.float64)
        if values.ndim == _KERNEL_AXES:
            if kernel_kind in ("depthwise", "separable"):
                return values.reshape(*values.shape[:2], 1, -1)
            return values.swapaxes(2, 3) if kernel_kind == "transposed" else values
    kernel = layer.weights.get("kernel")
    if kernel_kind != "dense" or kernel is None or place == 0:
        return None
    before = ALL_TYPES[opened.layers[place - 1].kind]
    if not (before.flattens and before.is_reshaping):
        return None
    shape = opened.layers[place - 2].shape if place > 1 else (*opened.image_shape, 1)
    values = np.asarray(kernel.numpy(), np.float64)
    if len(shape) != _MAP_AXES or prod(shape) != len(values) or min(shape[:2]) == 1:
        return None
    return values.reshape(*shape, -1)
