"""What is done to an image before a network sees it: made larger, rotated, flipped, shifted, with noise."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
from msgspec import Meta

from tui_cnn.data import images

ZOOM_STEPS = 7
"""Steps that double the size of an image, or halve it."""

_Pixels = Annotated[int, Meta(ge=-100_000, le=100_000)]


@dataclass(frozen=True)
class ImageTransform:
    """What is done to an image, in this order: zoom, rotate, flip, shift, noise.

    Attributes:
        dx, dy: pixels to the right and down.
        degrees: counter-clockwise.
        zoom: steps of about a tenth, `ZOOM_STEPS` of which double it; below 0 it shrinks.
        noise: standard deviation in levels of 0 to 255.
    """

    dx: _Pixels = 0
    dy: _Pixels = 0
    degrees: Annotated[int, Meta(ge=-180, le=180)] = 0
    zoom: Annotated[int, Meta(ge=-ZOOM_STEPS, le=ZOOM_STEPS)] = 0
    flipped: bool = False
    noise: Annotated[int, Meta(ge=0, le=255)] = 0

    @property
    def factor(self) -> float:
        """How many times larger it is, 0.5 to 2."""
        return factor_of(self.zoom)

    def apply(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Transform an image (height, width, channels)."""
        if self.zoom:
            image = images.zoom(image, self.factor)
        if self.degrees:
            image = images.rotate(image, self.degrees)
        if self.flipped:
            image = images.flip(image)
        if self.dx or self.dy:
            image = images.shift(image, self.dx, self.dy)
        return images.add_noise(image, self.noise) if self.noise else image


UNCHANGED = ImageTransform()


def factor_of(zoom: int) -> float:
    """Return how many times larger an image is after so many steps."""
    return float(2 ** (zoom / ZOOM_STEPS))
