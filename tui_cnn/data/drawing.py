"""Strokes of a pen on a grey image (height, width), uint8, light on black as the clothes of Fashion-MNIST."""

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Cell = tuple[int, int]
"""Row and column; it may lie beyond the image."""


def stroke(image: Image, begin: Cell, end: Cell, width: float, *, erase: bool = False) -> Image:
    """Draw a line with round ends between the middles of two pixels, `width` pixels wide, or wipe it out.

    A pixel takes as much of the ink as it is deep in the line, from half a pixel outside to half a pixel inside; what
    is lighter already stays so, and where it is wiped what is darker does.
    """
    ink = np.round(255 * np.clip(width / 2 + 0.5 - _distance(image.shape, begin, end), 0, 1)).astype(np.uint8)
    drawn = np.minimum(image, 255 - ink) if erase else np.maximum(image, ink)
    return np.asarray(drawn, np.uint8)


def _distance(shape: tuple[int, ...], begin: Cell, end: Cell) -> npt.NDArray[np.float64]:
    """Measure how far each pixel is from the line between two, (height, width)."""
    across = np.moveaxis(np.indices(shape[:2], np.float64), 0, -1) - begin
    along = np.subtract(end, begin).astype(np.float64)
    length = float(along @ along)
    share = np.clip(across @ along / length, 0, 1) if length else np.zeros(across.shape[:2])
    return np.asarray(np.linalg.norm(across - share[..., np.newaxis] * along, axis=-1), np.float64)
