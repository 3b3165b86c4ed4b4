"""Weights of a model's file that anyone may have made, put into our own model by the names of its layers.

Nothing of the file is built or run: its tensors are read one by one, and each must have the shape of the weight that it
is for.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import keras

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.notes import usable_name
from tui_cnn.formats.keras.weights import Address, open_weights
from tui_cnn.formats.kinds import Kind, kind_of
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import NotLoaded
from tui_cnn.worker.weights import load_weights


def assign_weights(model: keras.Model, path: Path) -> None:
    """Put the weights in an `.h5`, a `.keras` or an `.onnx` file into a model of the same layers, by their names.

    Raises:
        RunError: the file has no such layer, or weights of another shape; the text names the layer.
    """
    try:
        with _opened(path) as stored:
            by_name = _by_name(stored.layers)
            for layer in model.layers:
                if layer.weights:
                    _assign(layer, by_name.get(layer.name), stored, path)
    except FormatError as error:
        raise RunError(str(error)) from None


def load_run_weights(model: keras.Model, run: RunDirectory, path: Path, missing: str) -> None:
    """Put the weights in a file of a run into a model of its network, whoever wrote it: our worker, or another program.

    Raises:
        RunError: the file is not there (then the text is `missing`), is damaged, or is of another network.
    """
    if not run.origin_file.exists():
        load_weights(model, path, missing)
    elif path.exists():
        assign_weights(model, path)
    else:
        raise RunError(missing)


def assign_fitting(model: keras.Model, path: Path) -> tuple[tuple[str, ...], tuple[NotLoaded, ...]]:
    """Put the weights in an `.h5`, a `.keras` or an `.onnx` file into the layers that they fit by name and shape.

    Returns the names of those layers, and the other layers with weights.

    Raises:
        RunError: the file cannot be read.
    """
    layers, others = [], []
    try:
        with _opened(path) as stored:
            by_name = _by_name(stored.layers)
            for layer in model.layers:
                if not layer.weights:
                    continue
                tensors = by_name.get(layer.name)
                if tensors is None:
                    others.append(NotLoaded(layer.name))
                elif (found := _shapes(tensors)) != (wanted := _shapes(layer.weights)):
                    pairs = zip(found, wanted, strict=False)
                    differing = next((pair for pair in pairs if pair[0] != pair[1]), None)
                    given, needed = ([shape] for shape in differing) if differing else (found, wanted)
                    reason = _("{found} instead of {wanted}").format(found=_listed(given), wanted=_listed(needed))
                    others.append(NotLoaded(layer.name, reason))
                else:
                    _fill(layer, tensors, stored)
                    layers.append(layer.name)
    except FormatError as error:
        raise RunError(str(error)) from None
    return tuple(layers), tuple(others)


class _Shaped(Protocol):
    @property
    def shape(self) -> tuple[int, ...]: ...


class _Stored(Protocol):
    """The weights in an open file: the tensors of each layer, and a way to read one."""

    @property
    def layers(self) -> Mapping[Address, Sequence[_Shaped]]: ...

    def read(self, tensor: Any) -> Any: ...


def _opened(path: Path) -> AbstractContextManager[_Stored]:
    if kind_of(path) is Kind.ONNX:
        from tui_cnn.formats.onnx.weights import open_onnx_weights

        return open_onnx_weights(path)
    return open_weights(path)


def _by_name(layers: Mapping[Address, Sequence[_Shaped]]) -> dict[str, Sequence[_Shaped]]:
    """Return the tensors by the names that our layers have; a name that stands for several is none."""
    found: dict[str, Sequence[_Shaped]] = {}
    several: set[str] = set()
    for address, tensors in layers.items():
        name = usable_name(address[-1])
        if name in found:
            several.add(name)
        found[name] = tensors
    return {name: tensors for name, tensors in found.items() if name not in several}


def _assign(layer: keras.Layer, tensors: Sequence[_Shaped] | None, stored: _Stored, path: Path) -> None:
    if tensors is None:
        message = _("{file}: has no weights for layer “{name}”")
        raise RunError(message.format(file=path, name=layer.name))
    wanted, found = _shapes(layer.weights), _shapes(tensors)
    if wanted != found:
        message = _("{file}: layer “{name}” has weights of the shapes {found}, but needs {wanted}")
        raise RunError(
            message.format(file=path, name=layer.name, found=_listed(found), wanted=_listed(wanted)),
        )
    _fill(layer, tensors, stored)


def _shapes(arrays: Sequence[Any]) -> list[tuple[int, ...]]:
    return [tuple(array.shape) for array in arrays]


def _fill(layer: keras.Layer, tensors: Sequence[_Shaped], stored: _Stored) -> None:
    for weight, tensor in zip(layer.weights, tensors, strict=True):
        weight.assign(stored.read(tensor))
    finalize(layer)


def finalize(layer: keras.Layer) -> None:
    """Let a layer know that it has other weights now."""
    if isinstance(layer, keras.layers.Normalization):
        layer.finalize_state()  # it computes with a copy of its mean and variance


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join("×".join(map(str, shape)) or "1" for shape in shapes)
