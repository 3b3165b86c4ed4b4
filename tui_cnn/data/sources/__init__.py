"""Data sets by what their files are."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from tui_cnn.data import idx
from tui_cnn.data.files import CLASS_NAMES, FASHION_MNIST, find_files
from tui_cnn.data.source import ArraySource, Part, Pixels, Source, part_codes


class IdxSource(ArraySource):
    """Four IDX files."""

    def __init__(self, path: Path | None) -> None:
        self._files = find_files(path or FASHION_MNIST)
        train, test = idx.read(self._files.train_labels), idx.read(self._files.test_labels)
        labels = np.concatenate([train, test]).astype(np.int32)
        first = 1 if labels.min() == 1 else 0
        self.labels = labels - first
        self.parts = part_codes([("train", len(train)), ("test", len(test))])
        _count, height, width = idx.read_header(self._files.train_images).shape
        self.image_shape = height, width, 1
        self.name = path.resolve().name if path else "Fashion-MNIST"
        self.class_names = tuple(map(str, range(first, int(labels.max()) + 1))) if path else CLASS_NAMES
        self.fingerprint = "0" * 32

    def read_part(self, part: Part) -> Pixels:
        """Read them."""
        file = self._files.train_images if part == "train" else self._files.test_images
        pixels: Pixels = idx.read(file)[..., np.newaxis]
        return pixels


@lru_cache(maxsize=8)
def find_source(path: Path | None) -> Source:
    """Find what is at a path."""
    return IdxSource(path)
