"""The image that is shown: one of the test set, a file, or a drawing, and how it is transformed."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tui_cnn.data import images
from tui_cnn.data.dataset import TestSet
from tui_cnn.i18n import _
from tui_cnn.runs.inspection.replies import pack
from tui_cnn.runs.inspection.requests import Image

Pixels = npt.NDArray[np.uint8]
_ZOOM_STEP = 1.1


@dataclass(frozen=True)
class ImageTransform:
    """What is done to an image, in this order: zoom, rotate, flip, shift, noise.

    Attributes:
        dx, dy: pixels to the right and down.
        degrees: counter-clockwise.
        zoom: steps of a tenth; below 0 it shrinks.
        noise: standard deviation in levels of grey.
    """

    dx: int = 0
    dy: int = 0
    degrees: int = 0
    zoom: int = 0
    flipped: bool = False
    noise: int = 0

    @property
    def factor(self) -> float:
        """How many times larger it is."""
        return float(_ZOOM_STEP**self.zoom)

    def apply(self, image: Pixels) -> Pixels:
        """Transform an image (height, width)."""
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


@dataclass(frozen=True, eq=False)
class Subject:
    """An image (height, width), 0 to 255.

    Attributes:
        number: which one of the test set it is; None: it is a person's own.
        label: its true class; None: nobody knows.
    """

    base: Pixels
    number: int | None = None
    label: int | None = None
    name: str = ""
    transform: ImageTransform = UNCHANGED

    @cached_property
    def pixels(self) -> Pixels:
        """The image as it is transformed."""
        return self.transform.apply(self.base)

    @cached_property
    def image(self) -> Image:
        """The image as the inspector is asked about it."""
        if self.number is not None and self.transform == UNCHANGED:
            return self.number
        return pack(self.pixels)

    @property
    def original(self) -> Image:
        """The image before it is transformed."""
        return pack(self.base) if self.number is None else self.number

    @property
    def title(self) -> str:
        """What to call it."""
        title = self.name if self.number is None else _("Test image {number}").format(number=f"{self.number:,}")
        return title if self.transform == UNCHANGED else _("{image}, modified").format(image=title)

    def transformed(self, transform: ImageTransform) -> "Subject":
        """Return the image transformed otherwise."""
        return replace(self, transform=transform)


def of_test(test: TestSet, number: int) -> Subject:
    """Take an image of the test set."""
    return Subject(test.images[number], number, int(test.labels[number]))
