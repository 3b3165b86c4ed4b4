"""The model that is trained: a network with its loss, its optimizer, and all that is random in it seeded."""

import keras
import numpy as np

from tui_cnn.core.network import Network
from tui_cnn.runs.recipe import Precision, Recipe
from tui_cnn.worker.build import build

_MOMENTUM = 0.9
_ADAMW_DECAY = 0.004
"""The default of Keras' AdamW."""


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
            return keras.optimizers.SGD(rate, momentum=_MOMENTUM, weight_decay=decay)


def _loss(model: keras.Model, smoothing: float) -> keras.losses.Loss:
    """The loss of integer labels, or where they are smoothed, of labels as shares."""
    last = model.layers[-1]  # in Keras' order of depth: the one that gives the output
    softmax = isinstance(last, keras.layers.Softmax) or getattr(last, "activation", None) is keras.activations.softmax
    if smoothing:
        return keras.losses.CategoricalCrossentropy(from_logits=not softmax, label_smoothing=smoothing)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=not softmax)
