"""The kernels of a network as pictures: (height, width, inputs, filters) for every layer that has some."""

from math import prod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.core.layers import ALL_TYPES
from tui_cnn.runs.inspection.replies import LayerInfo, OpenReply, WeightsReply

_KERNEL_AXES = 4
_MAP_AXES = 3
_COLOURS = 3


class Bank(NamedTuple):
    """The kernels of the layer at a place.

    Attributes:
        values: (height, width, inputs, filters).
        coloured: whether its inputs are the red, green and blue of an image, in this order or the other way round.
    """

    place: int
    info: LayerInfo
    values: npt.NDArray[np.float64]
    coloured: bool = False

    def colours_of(self, number: int, *, blue_first: bool) -> npt.NDArray[np.float64]:
        """Return what a filter has for red, green and blue: (height, width, 3)."""
        kernel = self.values[..., number]
        return kernel[..., ::-1] if blue_first else kernel


def kernel_places(opened: OpenReply) -> list[int]:
    """Find the layers that have kernels, in order.

    A Dense layer behind a Flatten has one weight for each pixel of each map: these are pictures, too.
    """
    return [place for place, info in enumerate(opened.layers) if info.has_kernels or _flattened(opened, place)]


def nearest(places: list[int], layer: int) -> int:
    """Tell which of the layers with kernels belongs to a layer: itself, or the last one before it, or the first."""
    return max(sum(place <= layer for place in places) - 1, 0)


def bank_near(opened: OpenReply, weights: WeightsReply, layer: int) -> Bank | None:
    """Return the kernels that belong to a layer; None: the network has none."""
    places = kernel_places(opened)
    if not places:
        return None
    place = places[nearest(places, layer)]
    info = opened.layers[place]
    named = next(each.weights for each in weights.layers if each.name == info.name)
    kernel_kind = ALL_TYPES[info.kind].kernel_kind
    if shape := _flattened(opened, place):
        values = np.asarray(named["kernel"].numpy(), np.float64).reshape(*shape, -1)
        return Bank(place, info, values, _is_coloured(opened, info.source, shape[-1]))
    packed = next(array for array in named.values() if len(array.shape) == _KERNEL_AXES)
    values = np.asarray(packed.numpy(), np.float64)
    if kernel_kind in ("depthwise", "separable"):
        values = values.reshape(*values.shape[:2], 1, -1)
    values = values.swapaxes(2, 3) if kernel_kind == "transposed" else values
    return Bank(place, info, values, _is_coloured(opened, info.source, values.shape[2]))


def _is_coloured(opened: OpenReply, source: int | None, channels: int) -> bool:
    """Tell whether what goes into a layer is an image in colour, perhaps padded, scaled or flattened."""
    while source is not None:
        info = opened.layers[source]
        if info.has_kernels or (len(info.shape) == _MAP_AXES and info.shape[-1] != channels):
            return False
        source = info.source
    return channels == _COLOURS == opened.input_shape[-1]


def _flattened(opened: OpenReply, place: int) -> tuple[int, ...]:
    """Return (height, width, channels) of the maps that the weights of a Dense layer look at; empty: at none."""
    if ALL_TYPES[opened.layers[place].kind].kernel_kind != "dense" or place == 0:
        return ()
    before = opened.layers[place - 1]
    if not (ALL_TYPES[before.kind].flattens and ALL_TYPES[before.kind].is_reshaping):
        return ()
    shape = opened.layers[place - 2].shape if place > 1 else opened.input_shape
    fits = len(shape) == _MAP_AXES and (prod(shape),) == before.shape and min(shape[:2]) > 1
    return shape if fits else ()
