"""Small transforms of grey images (height, width), uint8, that leave them recognizable.

Pixels from outside are black, as around the clothes of Fashion-MNIST.
"""

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


def shift(images: npt.NDArray[np.uint8], dx: int, dy: int) -> npt.NDArray[np.uint8]:
    """Move images (..., height, width) by `dx` pixels to the right and `dy` down; below 0: to the left, up."""
    height, width = images.shape[-2:]
    moved = np.zeros_like(images)
    if abs(dx) < width and abs(dy) < height:
        rows, columns = _overlap(dy, height), _overlap(dx, width)
        moved[..., rows[0], columns[0]] = images[..., rows[1], columns[1]]
    return moved


def rotate(image: Image, degrees: float) -> Image:
    """Rotate an image around its middle, counter-clockwise, between pixels by bilinear interpolation."""
    from PIL import Image as Pillow

    return np.asarray(Pillow.fromarray(image).rotate(degrees, Pillow.Resampling.BILINEAR))


def zoom(image: Image, factor: float) -> Image:
    """Magnify an image around its middle by a factor above 0; below 1 it shrinks."""
    from PIL import Image as Pillow

    height, width = image.shape
    # A black frame, wide enough for what shows of the outside, and for the pixels that the edge is interpolated with.
    frame = 2 + max(0, round(max(height, width) * (1 / factor - 1) / 2))
    source_height, source_width = height / factor, width / factor
    left, top = frame + (width - source_width) / 2, frame + (height - source_height) / 2
    framed = Pillow.fromarray(np.pad(image, frame))
    box = (left, top, left + source_width, top + source_height)
    return np.asarray(framed.resize((width, height), Pillow.Resampling.BILINEAR, box))


def flip(image: Image, *, upside_down: bool = False) -> Image:
    """Mirror an image, left to right or upside down."""
    return np.ascontiguousarray(image[::-1] if upside_down else image[:, ::-1])


def add_noise(image: Image, deviation: float, seed: int = 0) -> Image:
    """Add normal noise of a standard deviation in levels of grey, the same for the same seed."""
    noise = np.random.default_rng(seed).normal(0.0, deviation, image.shape)
    return np.clip(np.round(image + noise), 0, 255).astype(np.uint8)


def _overlap(distance: int, length: int) -> tuple[slice, slice]:
    """Return where to, and where from, along an axis."""
    return slice(max(0, distance), length + min(0, distance)), slice(max(0, -distance), length - max(0, distance))
