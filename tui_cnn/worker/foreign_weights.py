"""Weights of a model's file that anyone may have made, put into our own model by the names of its layers.

Nothing of the file is built or run: its tensors are read one by one, and each must have the shape of the weight that it
is for.
"""

from collections.abc import Mapping
from pathlib import Path

import keras

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.hdf5 import Tensor
from tui_cnn.formats.keras.notes import usable_name
from tui_cnn.formats.keras.weights import Address, StoredWeights, open_weights
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError


def assign_weights(model: keras.Model, path: Path) -> None:
    """Put the weights in an `.h5` or a `.keras` file into a model of the same layers, by their names.

    Raises:
        RunError: the file has no such layer, or weights of another shape; the text names the layer.
    """
    try:
        with open_weights(path) as stored:
            by_name = _by_name(stored.layers)
            for layer in model.layers:
                if layer.weights:
                    _assign(layer, by_name.get(layer.name), stored, path)
    except FormatError as error:
        raise RunError(str(error)) from None


def _by_name(layers: Mapping[Address, list[Tensor]]) -> dict[str, list[Tensor]]:
    """Return the tensors by the names that our layers have; a name that stands for several is none."""
    found: dict[str, list[Tensor]] = {}
    several: set[str] = set()
    for address, tensors in layers.items():
        name = usable_name(address[-1])
        if name in found:
            several.add(name)
        found[name] = tensors
    return {name: tensors for name, tensors in found.items() if name not in several}


def _assign(layer: keras.Layer, tensors: list[Tensor] | None, stored: StoredWeights, path: Path) -> None:
    if tensors is None:
        message = _("{file}: has no weights for layer “{name}”")
        raise RunError(message.format(file=path, name=layer.name))
    wanted = [tuple(weight.shape) for weight in layer.weights]
    found = [tuple(tensor.shape) for tensor in tensors]
    if wanted != found:
        message = _("{file}: layer “{name}” has weights of the shapes {found}, but needs {wanted}")
        raise RunError(
            message.format(file=path, name=layer.name, found=_listed(found), wanted=_listed(wanted)),
        )
    for weight, tensor in zip(layer.weights, tensors, strict=True):
        weight.assign(stored.read(tensor))
    if isinstance(layer, keras.layers.Normalization):
        layer.finalize_state()  # it computes with a copy of its mean and variance


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join("×".join(map(str, shape)) or "1" for shape in shapes)
