"""Pictures (height, width, 3) before they become cells: larger, smaller, framed, side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tui_cnn.ui.toolkit.pictures.canvas import Pixels, colours

Region = tuple[int, int, int, int]
"""`(top, left, bottom, right)`, all included."""


def magnify(pixels: npt.NDArray[Any], times: int) -> npt.NDArray[Any]:
    """Make every pixel a square of `times` by `times`."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def shrink(values: npt.NDArray[Any], times: int) -> npt.NDArray[Any]:
    """Take the mean of every square of `times` by `times` of values (height, width, ...); the last may be cut off."""
    if times == 1:
        return values
    for axis in (0, 1):
        begins = np.arange(0, values.shape[axis], times)
        sizes = np.diff(np.append(begins, values.shape[axis]))
        shape = [1] * values.ndim
        shape[axis] = len(sizes)
        values = np.add.reduceat(np.asarray(values, np.float64), begins, axis=axis) / sizes.reshape(shape)
    return values


def fit_into(size: tuple[int, int], room: tuple[int, int]) -> int:
    """Tell how many times a picture of (height, width) can be magnified in `room` (lines, cells); at least once."""
    return max(1, min(2 * room[0] // max(1, size[0]), room[1] // max(1, size[1])))


def frame(pixels: Pixels, region: Region, colour: tuple[int, int, int], times: int = 1) -> Pixels:
    """Frame a region of a picture that was magnified so many times, around it where there is room."""
    framed = pixels.copy()
    height, width = pixels.shape[:2]
    top, left = (max(0, edge * times - 1) for edge in region[:2])
    bottom, right = min(height - 1, (region[2] + 1) * times), min(width - 1, (region[3] + 1) * times)
    framed[[top, bottom], left : right + 1] = colour
    framed[top : bottom + 1, [left, right]] = colour
    return framed


def sheet(pictures: Sequence[npt.NDArray[Any]], columns: int = 8, gap: int = 1) -> Pixels:
    """Lay pictures of one size out in rows, on grey."""
    height, width = pictures[0].shape[:2]
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    laid = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, 3), 96, np.uint8)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, columns)
        top, left = row * (height + gap), column * (width + gap)
        laid[top : top + height, left : left + width] = colours(picture)
    return laid
