"""The images of a data set, read ahead by a prewarmed worker."""

from functools import lru_cache
from pathlib import Path

from tui_cnn.data.dataset import Dataset, load

images = lru_cache(maxsize=1)(load)
"""Read a data set as `load` does, or give the one that was read last."""


def take_images(directory: Path | None) -> Dataset:
    """Read a data set, and keep none of it back.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    taken = images(directory)
    images.cache_clear()
    return taken
