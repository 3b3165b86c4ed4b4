"""A network as a Keras model."""

import re
from typing import Any

import keras

from tui_cnn.core.layers import Block, Branches, DepthMaxPooling2D, Layer, keras_fields
from tui_cnn.core.layers.fields import parse_regularizer
from tui_cnn.core.layers.fixed import FixedConv2D, nested
from tui_cnn.core.muting import without_muted
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
    if isinstance(layer, DepthMaxPooling2D):
        return _depth_max_pooling(layer, value, **common[path])
    if isinstance(layer, FixedConv2D):
        fixed = {"kernel_initializer": keras.initializers.Constant(nested(layer.bank)), "trainable": False}
        return keras.layers.Conv2D(**arguments(layer.convolution) | fixed, **common[path])(value)
    return getattr(keras.layers, type(layer).__name__)(**arguments(layer), **common[path])(value)


def arguments(layer: Layer) -> dict[str, Any]:
    """Turn the fields into Keras' arguments: all have Keras' own names and values but the penalties on weights."""
    fields = {name: value for name, value in keras_fields(layer).items() if name != "name"}
    penalties = {name: _regularizer(text) for name, text in fields.items() if name.endswith("_regularizer") and text}
    return fields | penalties


def _regularizer(text: str) -> keras.regularizers.Regularizer:
    l1, l2 = parse_regularizer(text)
    return keras.regularizers.L1L2(l1=l1, l2=l2)


def _depth_max_pooling(layer: DepthMaxPooling2D, value: Any, name: str, dtype: str) -> Any:
    """Pool over channels with layers that Keras has, so that the saved model needs none of our code."""
    height, width, channels = value.shape[1:]
    if channels % layer.pool_size:
        raise ValueError(f"{channels} channels cannot be pooled by {layer.pool_size}")
    volume = keras.layers.Reshape((height, width, channels, 1), name=f"{name}_volume", dtype=dtype)(value)
    pooled = keras.layers.MaxPooling3D((1, 1, layer.pool_size), name=f"{name}_pool", dtype=dtype)(volume)
    return keras.layers.Reshape((height, width, channels // layer.pool_size), name=name, dtype=dtype)(pooled)
