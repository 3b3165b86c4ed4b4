"""A network as a Keras model; to train it, with its loss, its optimizer, and all that is random in it seeded."""

import re
from typing import Any

import keras
import numpy as np

from tui_cnn.core.layers import Block, Branches, Layer
from tui_cnn.core.layers.base import ConstantKernels, KerasCall
from tui_cnn.core.layers.fields import parse_regularizer
from tui_cnn.core.network import Network, Path, keras_name, names, without_muted
from tui_cnn.runs.recipe import SGD_MOMENTUM, Precision, Recipe

_ADAMW_DECAY = 0.004
"""The default of Keras' AdamW."""
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


def make_model(network: Network, recipe: Recipe, precision: Precision = "float32") -> keras.Model:
    """Build a model with fresh weights, drawn by the recipe's seed, and compile it."""
    keras.utils.set_random_seed(recipe.seed)
    model = build(network, precision)
    optimizer = _optimizer(recipe)
    if precision == "mixed_float16":  # its gradients are so small that they vanish unless the loss is made larger
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer, _loss(model, recipe.label_smoothing), metrics=["accuracy"], auto_scale_loss=False)
    model.optimizer.build(model.trainable_variables)
    return model


def seed_dropout(model: keras.Model, seed: int, calls: int) -> None:
    """Set what the layers draw from to where it is after so many calls: one a step, in each lane.

    Keras does not save this. Each such layer has a seed and a counter that goes up by one a call, so both follow
    from the recipe's seed, the layer's place in the model and the number of calls.
    """
    for place, layer in enumerate(model.layers):
        # Dropout and its kin name it one way, the layers that change images another.
        if generator := getattr(layer, "seed_generator", None) or getattr(layer, "generator", None):
            (own,) = np.random.SeedSequence([seed, place]).generate_state(1)
            generator.state.assign(np.array([own, calls], "uint32"))


def _end(layers: tuple[Layer, ...], prefix: Path = ()) -> Path:
    """Return the path of the layer that the output comes from."""
    path = (*prefix, len(layers) - 1)
    last = layers[-1] if layers else None
    return _end(last.layers, path) if isinstance(last, Block) and last.layers else path


def _stack(layers: tuple[Layer, ...], prefix: Path, value: Any, common: _Common) -> Any:
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        if isinstance(layer, Block):
            value = _stack(layer.layers, path, value, common)
        elif isinstance(layer, Branches):
            ends = [_stack(branch, (*path, number), value, common) for number, branch in enumerate(layer.branches)]
            value = _MERGES[layer.merge](**common[path])(ends)
        else:
            for call in layer.keras_calls(tuple(value.shape[1:])):
                name = keras_name(common[path]["name"], call.suffix)
                value = keras_layer(call, **common[path] | {"name": name})(*[value] * layer.inputs)
    return value


def keras_layer(call: KerasCall, **common: str) -> keras.Layer:
    """Make the layer of Keras that is called for."""
    arguments = {name: _argument(name, value) for name, value in call.arguments.items()}
    return getattr(keras.layers, call.class_name)(**arguments, **common)


def _argument(name: str, value: Any) -> Any:
    """Turn an argument into Keras' own: only penalties on weights, given kernels and inner layers are not."""
    if isinstance(value, KerasCall):
        return keras_layer(value)
    if name.endswith("_regularizer") and value:
        l1, l2 = parse_regularizer(value)
        return keras.regularizers.L1L2(l1=l1, l2=l2)
    return keras.initializers.Constant(value.nested()) if isinstance(value, ConstantKernels) else value


def _optimizer(recipe: Recipe) -> keras.optimizers.Optimizer:
    decay, rate = recipe.weight_decay, recipe.learning_rate
    match recipe.optimizer:
        case "adam":
            return keras.optimizers.Adam(rate, weight_decay=decay)
        case "adamw":
            return keras.optimizers.AdamW(rate, weight_decay=_ADAMW_DECAY if decay is None else decay)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate, weight_decay=decay)
        case "sgd":
            return keras.optimizers.SGD(rate, momentum=SGD_MOMENTUM, weight_decay=decay)


def _loss(model: keras.Model, smoothing: float) -> keras.losses.Loss:
    """The loss of integer labels, or where they are smoothed, of labels as shares."""
    last = model.layers[-1]  # in Keras' order of depth: the one that gives the output
    softmax = isinstance(last, keras.layers.Softmax) or getattr(last, "activation", None) is keras.activations.softmax
    if smoothing:
        return keras.losses.CategoricalCrossentropy(from_logits=not softmax, label_smoothing=smoothing)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=not softmax)
