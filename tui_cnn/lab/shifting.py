"""How shifting an image changes the results of pooling, and of strides that only skip pixels."""

from typing import NamedTuple

import numpy as np

from tui_cnn.lab.pooling import Kind, Pooling, shifted, subsampled
from tui_cnn.lab.scene import LabArrays, image_of
from tui_cnn.lab.settings import PoolingSettings
from tui_cnn.lab.windows import Image

_KINDS: dict[str, Kind] = {
    "max": "max",
    "average": "average",
    "global-max": "global max",
    "global-average": "global average",
    "depth-max": "depth max",
}


class ShiftedPooling(NamedTuple):
    """The results for a shifted image.

    Attributes:
        pooling: the pooling of the shifted image.
        pooled, strided: (rows, columns, channels); `strided` is None where the kind of pooling has no strides.
        pooled_changed, strided_changed: which values differ from those of the image before.
    """

    pooling: Pooling
    pooled: Image
    strided: Image | None
    pooled_changed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    strided_changed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None


def moved(settings: PoolingSettings, arrays: LabArrays) -> ShiftedPooling:
    """Pool the image before and after it is shifted.

    Raises:
        WindowError: the window has no place.
    """
    before = _pooling(settings, image_of(settings, arrays))
    after = before._replace(image=shifted(before.image, settings.down, settings.right))
    pooled = after.output()
    changed = pooled != before.output()
    if settings.kind not in ("max", "average"):
        return ShiftedPooling(after, pooled, None, changed, None)
    strided = subsampled(after.image, settings.strides)
    return ShiftedPooling(after, pooled, strided, changed, strided != subsampled(before.image, settings.strides))


def kept_pixels(pooling: Pooling, places: int) -> tuple[Image, Image]:
    """Return which pixels the first so many positions of the window covered, and which of these they kept.

    Both are 1 or 0, of the shape of the image with the padding around it.
    """
    laid = pooling.windows
    padded = laid.padded(pooling.image, np.nan)
    covered, selected = np.zeros_like(padded), np.zeros_like(padded)
    for place in range(places):
        row, column = divmod(place, laid.shape[1])
        taps = np.ix_(laid.down.taps(row), laid.across.taps(column))
        for channel in range(pooling.channels):
            step = pooling.step(place, channel)
            if pooling.kind == "depth max":
                under = slice(channel * pooling.depth, (channel + 1) * pooling.depth)
                covered[row, column, under] = 1
                selected[row, column, under] = step.kept[0]
            else:
                covered[..., channel][taps] = 1
                selected[..., channel][taps] = np.maximum(selected[..., channel][taps], step.kept)
    return covered, selected


def _pooling(settings: PoolingSettings, image: Image) -> Pooling:
    depth = min(settings.depth, image.shape[2])
    return Pooling(image, _KINDS[settings.kind], settings.pool_size, settings.strides, settings.padding, depth)
