"""Loading TensorFlow and Keras: quietly, and without going through all that they make again and again as they make it.

`tests.bench.loading` measures the latter.
"""

import gc
import os
import sys
from importlib import import_module

_ENVIRONMENT = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
"""What must be set before they are imported."""


def load_tensorflow() -> None:
    """Import TensorFlow and Keras, once. What they have made by then stays, so garbage is not looked for in it.

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
