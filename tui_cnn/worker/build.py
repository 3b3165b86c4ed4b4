"""A network as a Keras model."""

import re
from typing import Any

import keras

from tui_cnn.core.layers import Block, Branches, Layer
from tui_cnn.core.layers.base import ConstantKernels, KerasCall
from tui_cnn.core.layers.fields import parse_regularizer
from tui_cnn.core.network import Network, Path, keras_name, names, without_muted

_MERGES = {
    "add": keras.layers.Add,
    "concatenate": keras.layers.Concatenate,
    "multiply": keras.layers.Multiply,
    "average": keras.layers.Average,
    "maximum": keras.layers.Maximum,
}

_Common = dict[Path, dict[str, str]]
"""Arguments of every layer of Keras: its name and its dtype policy."""


def build(network: Network, precision: str = "float32") -> keras.Model:
    """Build a functional model of `network`. Its layers have the names that the screen shows.

    Blocks are dissolved, and muted layers are left out.

    `precision` is a dtype policy of Keras; the last layer has float32 whatever it is, and with it the loss.

    Raises:
        ValueError: Keras refuses the network.
    """
    network = without_muted(network)
    named = names(network)
    end = _end(network.layers)
    common = {path: {"name": name, "dtype": "float32" if path == end else precision} for path, name in named.items()}
    inputs = keras.Input(network.input_shape, name="input_layer")
    outputs = _stack(network.layers, (), inputs, common)
    return keras.Model(inputs, outputs, name=re.sub(r"\W+", "_", network.name, flags=re.ASCII))


def _end(layers: tuple[Layer, ...], prefix: Path = ()) -> Path:
    """Return the path of the layer that the output comes from."""
    path = (*prefix, len(layers) - 1)
    last = layers[-1] if layers else None
    return _end(last.layers, path) if isinstance(last, Block) and last.layers else path


def _stack(layers: tuple[Layer, ...], prefix: Path, value: Any, common: _Common) -> Any:
    for index, layer in enumerate(layers):
        value = _apply(layer, (*prefix, index), value, common)
    return value


def _apply(layer: Layer, path: Path, value: Any, common: _Common) -> Any:
    if isinstance(layer, Block):
        return _stack(layer.layers, path, value, common)
    if isinstance(layer, Branches):
        ends = [_stack(branch, (*path, number), value, common) for number, branch in enumerate(layer.branches)]
        return _MERGES[layer.merge](**common[path])(ends)
    for call in layer.keras_calls(tuple(value.shape[1:])):
        name = keras_name(common[path]["name"], call.suffix)
        value = keras_layer(call, **common[path] | {"name": name})(value)
    return value


def keras_layer(call: KerasCall, **common: str) -> keras.Layer:
    """Make the layer of Keras that is called for."""
    arguments = {name: _argument(name, value) for name, value in call.arguments.items()}
    return getattr(keras.layers, call.class_name)(**arguments, **common)


def _argument(name: str, value: Any) -> Any:
    """Turn an argument into Keras' own: only penalties on weights and given kernels are not."""
    if name.endswith("_regularizer") and value:
        return _regularizer(value)
    return keras.initializers.Constant(value.nested()) if isinstance(value, ConstantKernels) else value


def _regularizer(text: str) -> keras.regularizers.Regularizer:
    l1, l2 = parse_regularizer(text)
    return keras.regularizers.L1L2(l1=l1, l2=l2)
