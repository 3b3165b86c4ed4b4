"""A network as a Keras model."""

import re
from typing import Any

import keras
import msgspec

from tui_cnn.core.layers import Block, Branches, Layer
from tui_cnn.core.naming import names
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path

_MERGES = {
    "add": keras.layers.Add,
    "concatenate": keras.layers.Concatenate,
    "multiply": keras.layers.Multiply,
    "average": keras.layers.Average,
    "maximum": keras.layers.Maximum,
}


def build(network: Network) -> keras.Model:
    """Build a functional model of `network`. Its layers have the names that the screen shows; blocks are dissolved.

    Raises:
        ValueError: Keras refuses the network.
    """
    named = names(network)
    inputs = keras.Input(network.input_shape)
    outputs = _stack(network.layers, (), inputs, named)
    return keras.Model(inputs, outputs, name=re.sub(r"\W+", "_", network.name, flags=re.ASCII))


def _stack(layers: tuple[Layer, ...], prefix: Path, value: Any, named: dict[Path, str]) -> Any:
    for index, layer in enumerate(layers):
        value = _apply(layer, (*prefix, index), value, named)
    return value


def _apply(layer: Layer, path: Path, value: Any, named: dict[Path, str]) -> Any:
    if isinstance(layer, Block):
        return _stack(layer.layers, path, value, named)
    if isinstance(layer, Branches):
        ends = [_stack(branch, (*path, number), value, named) for number, branch in enumerate(layer.branches)]
        return _MERGES[layer.merge](name=named[path])(ends)
    fields = msgspec.structs.asdict(layer) | {"name": named[path]}
    return getattr(keras.layers, type(layer).__name__)(**fields)(value)
