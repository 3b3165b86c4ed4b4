"""Images of a data set as tiles: some of each class, as a network takes them, and pairs that look the same."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import zip_longest

import numpy as np

from tui_cnn.core.shape import Shape
from tui_cnn.data.examination import Alike, Examined
from tui_cnn.data.fitting import fit, fitted_shape, resized
from tui_cnn.data.input_options import Fit
from tui_cnn.data.source import PARTS, Pixels
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.pictures.gallery import Tile, Tiles

_SIDE = 28
"""Pixels of a tile's sides, as large as the images of Fashion-MNIST."""
_OF_EACH = 12
_MOST = 2000


def thumbnail(image: Pixels, side: int = _SIDE) -> Pixels:
    """Make an image fit into a square, (side, side, 3); a small one stays as it is, in the middle."""
    return resized(image, (side, side, 3), "pad")


def _kept(make: Callable[[int, int], Tile]) -> Callable[[int, int], Tile]:
    """Keep the last tiles. A sheet that held them would hold itself, and all images until garbage is collected."""
    return lru_cache(maxsize=256)(make)


class ContactSheet:
    """The images of one class, or some of each, as they were read."""

    def __init__(self, examined: Examined, label: int | None) -> None:
        self._examined = examined
        if label is None:
            rows = [_spread(examined.of_class(each), _OF_EACH) for each in range(len(examined.report.class_names))]
            self.places = [place for row in zip_longest(*rows) for place in row if place is not None]
        else:
            every = [place for part in PARTS for place in examined.of_class(label, part)]
            self.places = every[:_MOST]

    def tiles(self) -> Tiles:
        """Lay them out, each with its class and part."""
        return Tiles(len(self.places), (_SIDE, _SIDE), _kept(self._make), enough=12)

    def _make(self, number: int, _width: int) -> Tile:
        place = self.places[number]
        return Tile(thumbnail(self._examined.image(place)), (name_of(self._examined, place),))


class FittedSheet:
    """Images as they meet a network's input: size, border and channels."""

    def __init__(self, examined: Examined, places: Sequence[int], shape: Shape, how: Fit) -> None:
        self._examined = examined
        self._places = places
        self._shape = shape
        self._how: Fit = how
        self.size = (shape[0], shape[1]) if len(shape) > 1 else examined.image(places[0]).shape[:2]

    def tiles(self) -> Tiles:
        """Lay them out, each with its class and its size before."""
        return Tiles(len(self._places), self.size, _kept(self._make), enough=6)

    def _make(self, number: int, _width: int) -> Tile:
        place = self._places[number]
        image = self._examined.image(place)
        pixels = as_input(image, self._shape, self._how)
        words = f"{image.shape[0]}×{image.shape[1]}"
        return Tile(pixels, (f"{name_of(self._examined, place)} {words}",))


def as_input(image: Pixels, shape: Shape, how: Fit) -> Pixels:
    """Return an image as the network gets it: (height, width, channels), whole, not as a row of numbers.

    Raises:
        DataError: it cannot be fitted.
    """
    height, width, channels = image.shape
    wanted = fitted_shape((height, width, channels), shape, how)
    fitted = resized(image, wanted, how)
    fitting = fit(wanted, shape)
    padded = np.pad(fitted, (*fitting.padding, (0, 0)))
    return padded.repeat(fitting.channels, axis=-1)


class AugmentedSheet:
    """Images as a batch of them is changed while training, (n, height, width, channels), and their names."""

    def __init__(self, images: Pixels, names: Sequence[str]) -> None:
        self._images = images
        self._names = names

    def tiles(self) -> Tiles:
        """Lay them out."""
        height, width = self._images.shape[1:3]
        return Tiles(
            len(self._images), (height, width), lambda n, _width: Tile(self._images[n], (self._names[n],)), enough=6
        )


def batch_of(
    examined: Examined, label: int | None, shape: Shape, how: Fit, count: int
) -> tuple[Pixels, tuple[str, ...]]:
    """Return some images of a class, or of all, in one shape, as they are before they are augmented; and their names.

    Raises:
        DataError: they do not fit the network's input `shape`.
    """
    places = ContactSheet(examined, label).places[:count]
    shapes = {examined.image(place).shape for place in places}
    height, width, channels = next(iter(shapes))
    wanted = fitted_shape((height, width, channels) if len(shapes) == 1 else None, shape, how)
    images = np.stack([resized(examined.image(place), wanted, how) for place in places])
    return images, tuple(name_of(examined, place) for place in places)


class AlikeSheet:
    """Pairs of images that look the same, side by side."""

    def __init__(self, examined: Examined) -> None:
        self.pairs = sorted(examined.report.alike, key=lambda pair: (not pair.leaks, not pair.contradicts))
        self._examined = examined

    def tiles(self) -> Tiles:
        """Lay them out; those in different parts first."""
        size = _SIDE, 2 * _SIDE + 1
        return Tiles(len(self.pairs), size, _kept(self._make), self._describe, words=2, enough=6)

    def _make(self, number: int, _width: int) -> Tile:
        pair = self.pairs[number]
        one, other = (thumbnail(self._examined.image(place)) for place in pair.places)
        pixels = np.concatenate([one, np.zeros((_SIDE, 1, 3), np.uint8), other], axis=1)
        return Tile(pixels, _words(pair), "bad" if pair.leaks or pair.contradicts else "dim")

    def _describe(self, number: int) -> str:
        pair = self.pairs[number]
        return f"{pair.first} · {pair.second}"


def _words(pair: Alike) -> tuple[str, str]:
    parts = " · ".join(_part(part) for part in pair.parts)
    return " · ".join(dict.fromkeys(pair.classes)), parts


def _part(part: str) -> str:
    return {"train": _("train"), "validation": _("validation"), "test": _("test")}[part]


def name_of(examined: Examined, place: int) -> str:
    """Name the class of an image."""
    return examined.report.class_names[int(examined.labels[place])]


def _spread(places: list[int], count: int) -> list[int]:
    """Take so many, from the first to the last."""
    if len(places) <= count:
        return places
    return [places[number * len(places) // count] for number in range(count)]
