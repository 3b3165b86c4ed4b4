"""Loading TensorFlow and Keras: without their log, and without garbage collection meanwhile.

`tests.bench.loading` measures the latter.
"""

import gc
import os
import sys
from importlib import import_module

_ENVIRONMENT = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
"""What must be set before they are imported."""


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
