"""Loading what a training needs: TensorFlow and Keras, without their log and garbage collection, and the images.

`tests.bench.loading` measures what the garbage collection costs.
"""

import gc
import os
import sys
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from tui_cnn.data.dataset import Dataset, load

_ENVIRONMENT = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
"""What must be set before they are imported."""

images = lru_cache(maxsize=1)(load)
"""Read a data set as `load` does, or return the one that was read last: it may be read ahead."""


def load_tensorflow() -> None:
    """Import TensorFlow and Keras, once. Their objects stay, so they are excluded from garbage collection.

    Raises:
        ImportError: they cannot be loaded.
    """
    if "keras" in sys.modules:
        return
    os.environ |= _ENVIRONMENT
    gc.disable()
    try:
        import_module("tensorflow")
        import_module("keras")
    finally:
        gc.freeze()
        gc.enable()


def take_images(directory: Path | None) -> Dataset:
    """Return a data set, and drop it from the cache.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    data = images(directory)
    images.cache_clear()
    return data
