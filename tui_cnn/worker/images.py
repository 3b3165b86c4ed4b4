"""The images of a data set, read ahead by a prewarmed worker."""

from functools import lru_cache
from pathlib import Path

from tui_cnn.data.dataset import Dataset, load

images = lru_cache(maxsize=1)(load)
"""Read a data set as `load` does, or return the one that was read last."""


def take_images(directory: Path | None) -> Dataset:
    """Return a data set, and drop it from the cache.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    data = images(directory)
    images.cache_clear()
    return data
