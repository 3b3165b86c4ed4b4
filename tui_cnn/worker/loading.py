"""Loading what a training needs: TensorFlow and Keras, without their log and garbage collection, and the images.

`tests.bench.loading` measures what the garbage collection costs.
"""

import gc
import os
import sys
from importlib import import_module

from tui_cnn.core.shape import Shape
from tui_cnn.data.dataset import Dataset, check_parts, load
from tui_cnn.data.fitting import fitted_shape
from tui_cnn.data.store import Progress
from tui_cnn.runs.recipe import Recipe

_ENVIRONMENT = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
"""What must be set before they are imported."""

_NOT_NEEDED = ("sklearn",)
"""Keras loads it for its wrappers, which nothing here uses, where it is installed: a sixth of the time of loading."""

_read_ahead: dict[str, Dataset] = {}
"""The data set that was read last, by its path in the recipe."""


def load_tensorflow() -> None:
    """Import TensorFlow and Keras, once. Their objects stay, so they are excluded from garbage collection.

    Raises:
        ImportError: they cannot be loaded.
    """
    if "keras" in sys.modules:
        return
    os.environ |= _ENVIRONMENT
    gc.disable()
    hidden = [name for name in _NOT_NEEDED if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        import_module("tensorflow")
        import_module("keras")
    finally:
        for name in hidden:
            del sys.modules[name]
        gc.freeze()
        gc.enable()


def read_ahead(recipe: Recipe, shape: Shape, progress: Progress | None = None) -> Dataset:
    """Read the images of a recipe for a network's input `shape`, and keep them until they are taken.

    Raises:
        DataError: as `load`.
    """
    data = _read_ahead.get(recipe.data)
    if data is None or data.store or fitted_shape(data.image_shape, shape, recipe.fit) != data.image_shape:
        data = load(recipe.directory, shape, recipe.fit, progress)
    _read_ahead.clear()
    _read_ahead[recipe.data] = data
    return data


def take_images(recipe: Recipe, shape: Shape, progress: Progress | None = None) -> Dataset:
    """Return what was read ahead, or read it now; it is kept no longer.

    Raises:
        DataError: as `load`; or no image to train on, or none to test on, can be read.
    """
    data = read_ahead(recipe, shape, progress)
    _read_ahead.clear()
    check_parts(data.name, len(data.train_labels) - data.validation_count, len(data.test_labels))
    return data
