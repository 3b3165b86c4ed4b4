"""Set-ups of layers out of Keras' own tests of its layers, which its package ships: the measure of what we read.

Those tests name a class, its arguments and the shape of an input, and hand them to one function. Here that function
only takes them down, so no test runs; of each set-up whose class has a data format there is the other one too.
"""

import contextlib
import importlib
import inspect
import io
import unittest
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

FAMILIES = (
    "convolutional",
    "pooling",
    "normalization",
    "reshaping",
    "regularization",
    "core",
    "preprocessing/image_preprocessing",
    "preprocessing",
    "activations",
    "rnn",
    "attention",
)


class Setup(NamedTuple):
    """A class, the arguments that make a layer of it, and the shape of its input with the batch."""

    kind: type
    arguments: dict
    shape: tuple

    def __str__(self):
        return f"{self.kind.__name__}({self.arguments}) on {self.shape}"


def harvest():
    """Return every set-up once."""
    import keras
    from keras.src.testing import test_case

    found = []

    def take_down(_self, layer_cls, init_kwargs, input_shape=None, input_data=None, **_expected):
        shape = input_shape if input_shape is not None else getattr(input_data, "shape", None)
        if isinstance(shape, tuple) and all(isinstance(axis, int) for axis in shape):
            found.append(Setup(layer_cls, init_kwargs, shape))

    root = Path(keras.__file__).parent / "src" / "layers"
    with patch.object(test_case.TestCase, "run_layer_test", take_down), contextlib.redirect_stdout(io.StringIO()):
        for family in FAMILIES:
            for file in sorted((root / family).glob("*_test.py")):
                _go_through(f"keras.src.layers.{family.replace('/', '.')}.{file.stem}")
    both = [one for setup in found for one in (setup, *_other_format(setup))]
    return list({str(setup): setup for setup in both}.values())


def _go_through(module):
    """Call every test of a module that hands a set-up on; what else it does, it may fail at."""
    try:
        cases = vars(importlib.import_module(module)).values()
    except ImportError:  # it needs a library that only Keras' developers have
        return
    for case in cases:
        if not isinstance(case, type) or not issubclass(case, unittest.TestCase) or case.__module__ != module:
            continue
        for name in filter(lambda name: name.startswith("test"), dir(case)):
            if _hands_on(getattr(case, name)):
                with contextlib.suppress(BaseException):  # pytest's skip is no Exception
                    getattr(case(name), name)()


def _hands_on(test):
    inner = [cell.cell_contents for cell in test.__closure__ or () if callable(cell.cell_contents)]
    codes = [getattr(function, "__code__", None) for function in (test, inspect.unwrap(test), *inner)]
    return any(code and "run_layer_test" in code.co_names for code in codes)


def _other_format(setup):
    if len(setup.shape) < 3 or "data_format" not in inspect.signature(setup.kind.__init__).parameters:
        return
    batch, *axes = setup.shape
    if setup.arguments.get("data_format", "channels_last") == "channels_last":
        other, axes = "channels_first", (axes[-1], *axes[:-1])
    else:
        other, axes = "channels_last", (*axes[1:], axes[0])
    yield Setup(setup.kind, {**setup.arguments, "data_format": other}, (batch, *axes))
