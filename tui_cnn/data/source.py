"""What a data set's files hold, before any image is decoded: its classes, and a label and a part for each image."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from threading import Lock
from typing import Literal, NamedTuple
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
UNASSIGNED = -1
"""The part of images that the files do not assign to one; they are split later, always in the same way."""

Pixels = npt.NDArray[np.uint8]
"""An image, (height, width, channels), or several, (n, height, width, channels), of one channel (grey) or three."""
Labels = npt.NDArray[np.int32]
Parts = npt.NDArray[np.int8]
ImageShape = tuple[int, int, int]
"""(height, width, channels)."""


class Skipped(NamedTuple):
    """A file or an entry that is not used, and why: `broken.jpg`, `is not a readable image`."""

    key: str
    reason: str


class ImageSource(ABC):
    """The files of a data set, listed.

    Attributes:
        name: what to call the data set: the name of its directory or file.
        class_names: one for each class, by its number.
        labels: (n,), the class of each image, from 0.
        parts: (n,), places in `PARTS`, or `UNASSIGNED`.
        image_shape: that of all images, where they are known to be alike before they are decoded; else None.
        skipped: what was found and is not used.
        fingerprint: hexadecimal digits that change when the files do; cheap, by names, sizes and times.
    """

    name: str
    class_names: tuple[str, ...]
    labels: Labels
    parts: Parts
    image_shape: ImageShape | None = None
    skipped: Sequence[Skipped] = ()
    fingerprint: str

    def __len__(self) -> int:
        return len(self.labels)

    @abstractmethod
    def key(self, number: int) -> str:
        """Return what a person finds an image by: its path in the directory, or `train[17]`."""

    @abstractmethod
    def read(self, number: int) -> Pixels:
        """Decode one image: (height, width, 1 or 3), uint8. It may be called in several threads at once.

        Raises:
            DataError: it cannot be decoded; the text says why, without the key.
        """


_READING = Lock()
"""Held while images are read: two threads that want the same ones share them."""


class ArraySource(ImageSource):
    """A data set whose images are arrays in a few files; images of all parts have one shape.

    `read_part` is what a kind of file defines; `images_of` is what others ask for. Images stand part by part, in the
    order of `PARTS`, those of no part before all others.
    """

    image_shape: ImageShape

    @abstractmethod
    def read_part(self, part: Part) -> Pixels:
        """Read all images of a part, in order: (n, height, width, channels), uint8.

        Raises:
            DataError: a file is damaged.
        """

    def images_of(self, part: Part) -> Pixels:
        """Return all images of a part as `read_part` does, not to be changed: all who hold them share them.

        Raises:
            DataError: a file is damaged.
        """
        with _READING:
            images = self._held.get(part)
            if images is None:
                images = self.read_part(part)
                images.setflags(write=False)
                self._held[part] = images
            return images

    @cached_property
    def _held(self) -> WeakValueDictionary[Part, Pixels]:
        return WeakValueDictionary()

    @cached_property
    def _begins(self) -> dict[int, int]:
        codes, begins = np.unique(self.parts, return_index=True)
        return dict(zip(codes.tolist(), begins.tolist(), strict=True))

    @cached_property
    def _read(self) -> dict[int, Pixels]:
        return {}

    def _place(self, number: int) -> tuple[int, int]:
        """Return the part of an image, and its place in it; images of a part stand together."""
        code = int(self.parts[number])
        return code, number - self._begins[code]

    def key(self, number: int) -> str:
        """Return the part and the place in it."""
        code, place = self._place(number)
        return f"{PARTS[code] if code >= 0 else 'images'}[{place}]"

    def read(self, number: int) -> Pixels:
        """Return one image."""
        code, place = self._place(number)
        if code not in self._read:
            self._read[code] = self.images_of(PARTS[code] if code >= 0 else "train")
        pixels: Pixels = self._read[code][place]
        return pixels


def part_code(part: Part | None) -> int:
    """Return the place of a part in `PARTS`; `UNASSIGNED` for none."""
    return UNASSIGNED if part is None else PARTS.index(part)


def part_codes(counts: Iterable[tuple[Part | None, int]]) -> Parts:
    """Return the parts of images that stand one part after the other, so many of each; None: not assigned."""
    codes = [np.full(count, part_code(part), np.int8) for part, count in counts if count]
    return np.concatenate(codes) if codes else np.zeros(0, np.int8)
