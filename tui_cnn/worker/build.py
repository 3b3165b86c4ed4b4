"""A network as a Keras model; to train it, with its loss, its optimizer, and all that is random in it seeded."""

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tui_cnn.core.graph import graph
from tui_cnn.core.layers import Input, Route
from tui_cnn.core.layers.base import ConstantKernels, KerasCall, TensorFlowFunction
from tui_cnn.core.layers.fields import parse_regularizer
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.network import Network, Path, frozen_paths, keras_name, names, walk
from tui_cnn.core.unrolling import as_built
from tui_cnn.runs.recipe import SGD_MOMENTUM, Precision, Recipe
from tui_cnn.worker.muon import KernelMuon, hidden_kernels

_ADAMW_DECAY = 0.004
"""The default of Keras' AdamW."""


class Call(NamedTuple):
    """A layer of Keras as it is called in a model: with which tensors, and which one it gives.

    `joins`: it is given its inputs as one list, not one after the other. `path`: the
    address of our layer that calls it.
    """

    layer: keras.Layer
    inputs: tuple[Any, ...]
    output: Any
    joins: bool = False
    path: Path = ()


class BuiltNetwork(NamedTuple):
    """A model, for each layer of the network `as_built` the tensor that comes out of it, and all calls."""

    model: keras.Model
    outputs: dict[Path, Any]
    calls: list[Call]


def build(network: Network, precision: str = "float32") -> keras.Model:
    """Build a functional model of `network`. Its layers have the names that the screen shows.

    Blocks are dissolved, each time of a repeated one is built, muted layers are left out, frozen ones are not trained.

    `precision` is a dtype policy of Keras; the last layer has float32 whatever it is, and with it the loss.

    Raises:
        ValueError: Keras refuses the network.
    """
    return build_network(network, precision).model


def build_network(
    network: Network, precision: str = "float32", further: Callable[[Input, str], keras.Layer] | None = None
) -> BuiltNetwork:
    """Build a model, and keep what comes out of each layer.

    `further` makes of a further input, and its name, a layer that makes what comes in there of what the network's own
    input takes; None: the model has several inputs.

    Raises:
        ValueError: Keras refuses the network.
    """
    network = as_built(network)
    whole, named, frozen = graph(network), names(network), frozen_paths(walk(network.layers))
    ends = {whole.nodes[number].path for number in whole.outputs}
    made: dict[tuple[Path, str], keras.Layer] = {}
    values: list[Any] = []
    calls: list[Call] = []
    for node in whole.nodes:
        inputs = [values[number] for number in node.inputs]
        if further is not None and isinstance(node.layer, Input):
            layer = further(node.layer, named[node.path])
            values.append(layer(values[0]))
            calls.append(Call(layer, (values[0],), values[-1], path=node.path))
            continue
        if node.layer is None or isinstance(node.layer, Input):
            shape = network.input_shape if node.layer is None else node.layer.shape
            name = named.get(node.path, NETWORK_INPUT)
            values.append(keras.Input(shape, name=name))
            continue
        if isinstance(node.layer, Route) and len(inputs) == 1:
            values.append(inputs[0])
            continue
        dtype = "float32" if node.path in ends else precision
        joins = isinstance(node.layer, MergingLayer)
        value: Any = inputs if joins else inputs[0]
        for call in node.layer.keras_calls(tuple(inputs[0].shape[1:])):
            key = node.weights, call.suffix
            if key not in made:
                made[key] = keras_layer(call, name=keras_name(named[node.weights], call.suffix), dtype=dtype)
                if node.weights in frozen:
                    made[key].trainable = False
            given = [value] * node.layer.times_given
            taken, value = tuple(inputs if joins else given), made[key](*given)
            calls.append(Call(made[key], taken, value, joins, node.path))
        values.append(value)
    sources = [values[number] for number in (whole.inputs if further is None else (0,))]
    results = [values[number] for number in whole.outputs]
    model = keras.Model(
        sources[0] if len(sources) == 1 else sources,
        results[0] if len(results) == 1 else results,
        name=re.sub(r"\W+", "_", network.name, flags=re.ASCII),
    )
    return BuiltNetwork(model, {path: values[number] for path, number in whole.made.items()}, calls)


def make_model(network: Network, recipe: Recipe, precision: Precision = "float32") -> keras.Model:
    """Build a model with fresh weights, drawn by the recipe's seed, and compile it."""
    keras.utils.set_random_seed(recipe.seed)
    model = build(network, precision)
    optimizer = _optimizer(recipe, model)
    if precision == "mixed_float16":  # its gradients are so small that they vanish unless the loss is made larger
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer, _loss(model, recipe), metrics=["accuracy"], auto_scale_loss=False)
    model.optimizer.build(model.trainable_variables)
    return model


def reset_optimizer(model: keras.Model, recipe: Recipe) -> None:
    """Let the optimizer of a model forget all gradients that it has seen."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)  # the scale of the loss is kept
    fresh = _optimizer(recipe, model)
    fresh.build(model.trainable_variables)
    for variable, value in zip(optimizer.variables, fresh.variables, strict=True):
        variable.assign(value)


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


def keras_layer(call: KerasCall, **common: str) -> keras.Layer:
    """Make the layer of Keras that is called for."""
    arguments = {name: _argument(name, value) for name, value in call.arguments.items()}
    return getattr(keras.layers, call.class_name)(**arguments, **common)


def _argument(name: str, value: Any) -> Any:
    """Turn an argument into Keras' own: only penalties, given kernels, functions and inner layers are not."""
    if isinstance(value, KerasCall):
        return keras_layer(value)
    if name.endswith("_regularizer") and value:
        l1, l2 = parse_regularizer(value)
        return keras.regularizers.L1L2(l1=l1, l2=l2)
    if isinstance(value, TensorFlowFunction):
        return attrgetter(value.expression.removeprefix("tf."))(tf)
    return keras.initializers.Constant(value.nested()) if isinstance(value, ConstantKernels) else value


def _optimizer(recipe: Recipe, model: keras.Model) -> keras.optimizers.Optimizer:
    decay, rate = recipe.weight_decay, recipe.learning_rate
    match recipe.optimizer:
        case "adam":
            return keras.optimizers.Adam(rate, weight_decay=decay)
        case "adamw":
            return keras.optimizers.AdamW(rate, weight_decay=_ADAMW_DECAY if decay is None else decay)
        case "muon":
            decay = _ADAMW_DECAY if decay is None else decay
            return KernelMuon(rate, paths=hidden_kernels(model), weight_decay=decay)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate, weight_decay=decay)
        case "sgd":
            return keras.optimizers.SGD(rate, momentum=SGD_MOMENTUM, weight_decay=decay)


def _loss(model: keras.Model, recipe: Recipe) -> keras.losses.Loss:
    """The loss of integer labels, or where they are smoothed or mixed, of labels as shares."""
    last = model.layers[-1]  # in Keras' order of depth: the one that gives the output
    softmax = isinstance(last, keras.layers.Softmax) or getattr(last, "activation", None) is keras.activations.softmax
    if recipe.label_smoothing or "mixup" in recipe.augmentations:
        return keras.losses.CategoricalCrossentropy(from_logits=not softmax, label_smoothing=recipe.label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=not softmax)
