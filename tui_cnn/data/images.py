"""Images (height, width, channels), uint8, of one channel (grey) or three: read, changed, drawn on.

Pixels from outside of an image are black.
"""

from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from tui_cnn.data.decoding import decode
from tui_cnn.data.files import naming
from tui_cnn.data.fitting import resized
from tui_cnn.data.input_options import Fit
from tui_cnn.data.source import ImageShape

Image = npt.NDArray[np.uint8]
_Value = TypeVar("_Value", bound=np.generic)
Cell = tuple[int, int]
"""Row and column; it may lie beyond the image."""

_LOOKED_AT = 100
_NEARLY_BLACK = 32


def read_image(path: Path, channels: int) -> Image:
    """Read an image file of any common format as grey or as colour: (height, width, channels), 0 to 255.

    Transparent pixels become black, or white behind what is dark, so that it can be seen.

    Raises:
        DataError: it cannot be read or is no image.
    """
    image = _decoded(path, "L" if channels == 1 else "RGB")
    return image.reshape(*image.shape[:2], channels)


def read_small(path: Path, grey_side: int, colour_side: int) -> Image:
    """Read an image file, shrunk so that it is nowhere longer than a side: (height, width, channels), 0 to 255.

    It has one channel if it is grey all over, else three; grey and colour have limits of their own.

    Raises:
        DataError: it cannot be read or is no image.
    """
    from PIL import Image as Pillow

    image = _decoded(path, "RGB")
    grey = bool((image == image[..., :1]).all())
    scale = min(1.0, (grey_side if grey else colour_side) / max(image.shape[:2]))
    rows, columns = (max(1, round(length * scale)) for length in image.shape[:2])
    small = np.asarray(Pillow.fromarray(image).resize((columns, rows), Pillow.Resampling.LANCZOS))
    return small[..., :1] if grey else small


def _decoded(path: Path, mode: Literal["L", "RGB"]) -> Image:
    """Decode an image file; an error names it."""
    with naming(path):
        return decode(path, mode)


def fit_image(image: Image, shape: ImageShape, how: Fit, *, invert: bool = False) -> Image:
    """Bring an image to the shape that a network's images have, as they were; `invert` one that is dark on light."""
    return resized(255 - image if invert else image, shape, how)


def background(image: Image) -> tuple[int, ...]:
    """Return the background of an image, 0 to 255 in each channel: the median of its border."""
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return tuple(int(level) for level in np.median(border, axis=0))


def has_light_background(image: Image) -> bool:
    """Return whether most of the border of an image is light, so that it should be inverted."""
    return bool(np.mean(background(image)) > 127)


def are_light_on_black(images: Image) -> bool:
    """Tell whether images (n, height, width, channels) are grey, and most of their borders nearly black.

    The clothes of Fashion-MNIST and the digits of MNIST are; then a person's own image that is dark on light is
    inverted, so that it is like them. Photographs, grey or in colour, are not. Some of the images are looked at.
    """
    images = images[:_LOOKED_AT]
    edges = images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]
    border = np.concatenate([edge.ravel() for edge in edges])
    return images.shape[-1] == 1 and bool((border < _NEARLY_BLACK).mean() > 0.5)


def shift(images: npt.NDArray[_Value], dx: int, dy: int) -> npt.NDArray[_Value]:
    """Move images (..., height, width, channels) by `dx` pixels to the right and `dy` down; below 0: left, up."""
    height, width = images.shape[-3:-1]
    moved = np.zeros_like(images)
    if abs(dx) < width and abs(dy) < height:
        rows, columns = _overlap(dy, height), _overlap(dx, width)
        moved[..., rows[0], columns[0], :] = images[..., rows[1], columns[1], :]
    return moved


def rotate(image: Image, degrees: float) -> Image:
    """Rotate an image around its middle, counter-clockwise, between pixels by bilinear interpolation."""
    from PIL import Image as Pillow

    rotated = _as_pillow(image).rotate(degrees, Pillow.Resampling.BILINEAR)
    return np.asarray(rotated).reshape(image.shape)


def zoom(image: Image, factor: float) -> Image:
    """Magnify an image around its middle by a factor above 0; below 1 it shrinks."""
    from PIL import Image as Pillow

    height, width, _channels = image.shape
    # A black frame, wide enough for what shows of the outside, and for the pixels that the edge is interpolated with.
    frame = 2 + max(0, round(max(height, width) * (1 / factor - 1) / 2))
    source_height, source_width = height / factor, width / factor
    left, top = frame + (width - source_width) / 2, frame + (height - source_height) / 2
    framed = _as_pillow(np.pad(image, ((frame, frame), (frame, frame), (0, 0))))
    box = (left, top, left + source_width, top + source_height)
    return np.asarray(framed.resize((width, height), Pillow.Resampling.BILINEAR, box)).reshape(image.shape)


def flip(image: Image, *, upside_down: bool = False) -> Image:
    """Mirror an image, left to right or upside down."""
    return np.ascontiguousarray(image[::-1] if upside_down else image[:, ::-1])


def add_noise(image: Image, deviation: float, seed: int = 0) -> Image:
    """Add normal noise of a standard deviation in levels of 0 to 255, the same for the same seed."""
    noise = np.random.default_rng(seed).normal(0.0, deviation, image.shape)
    return np.clip(np.round(image + noise), 0, 255).astype(np.uint8)


def stroke(image: Image, begin: Cell, end: Cell, width: float, *, erase: bool = False) -> Image:
    """Draw a white line with round ends between the middles of two pixels, `width` pixels wide, or wipe it out.

    A pixel takes as much of the ink as it is deep in the line, from half a pixel outside to half a pixel inside; what
    is lighter already stays so, and where it is wiped what is darker does.
    """
    depth = np.clip(width / 2 + 0.5 - _distance(image.shape, begin, end), 0, 1)
    ink = np.round(255 * depth).astype(np.uint8)[..., np.newaxis]
    drawn = np.minimum(image, 255 - ink) if erase else np.maximum(image, ink)
    return np.asarray(drawn, np.uint8)


def _distance(shape: tuple[int, ...], begin: Cell, end: Cell) -> npt.NDArray[np.float64]:
    """Measure how far each pixel is from the line between two, (height, width)."""
    across = np.moveaxis(np.indices(shape[:2], np.float64), 0, -1) - begin
    along = np.subtract(end, begin).astype(np.float64)
    length = float(along @ along)
    share = np.clip(across @ along / length, 0, 1) if length else np.zeros(across.shape[:2])
    return np.asarray(np.linalg.norm(across - share[..., np.newaxis] * along, axis=-1), np.float64)


def _as_pillow(image: Image) -> Any:
    from PIL import Image as Pillow

    return Pillow.fromarray(image[..., 0] if image.shape[2] == 1 else image)


def _overlap(distance: int, length: int) -> tuple[slice, slice]:
    """Return where to, and where from, along an axis."""
    return slice(max(0, distance), length + min(0, distance)), slice(max(0, -distance), length - max(0, distance))
