"""The model that is trained: a network with its loss, its optimizer, and all that is random in it seeded."""

import keras
import numpy as np

from tui_cnn.core.network import Network
from tui_cnn.runs.recipe import OptimizerName, Recipe
from tui_cnn.worker.build import build

_MOMENTUM = 0.9


def make_model(network: Network, recipe: Recipe) -> keras.Model:
    """Build a model with fresh weights, drawn by the recipe's seed, and compile it."""
    keras.utils.set_random_seed(recipe.seed)
    model = build(network)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not _ends_in_softmax(model))
    model.compile(_optimizer(recipe.optimizer, recipe.learning_rate), loss, metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)
    return model


def seed_dropout(model: keras.Model, seed: int) -> None:
    """Set what the layers draw from to where it is after the steps that the optimizer has done.

    Keras does not save this. Each such layer has a seed and a counter that goes up by one a step, so both follow
    from the recipe's seed, the layer's place in the model and the number of steps.
    """
    steps = int(model.optimizer.iterations)
    for place, layer in enumerate(model.layers):
        # Dropout and its kin name it one way, the layers that change images another.
        if generator := getattr(layer, "seed_generator", None) or getattr(layer, "generator", None):
            (own,) = np.random.SeedSequence([seed, place]).generate_state(1)
            generator.state.assign(np.array([own, steps], "uint32"))


def _optimizer(name: OptimizerName, learning_rate: float) -> keras.optimizers.Optimizer:
    match name:
        case "adam":
            return keras.optimizers.Adam(learning_rate)
        case "adamw":
            return keras.optimizers.AdamW(learning_rate)
        case "rmsprop":
            return keras.optimizers.RMSprop(learning_rate)
        case "sgd":
            return keras.optimizers.SGD(learning_rate, momentum=_MOMENTUM)


def _ends_in_softmax(model: keras.Model) -> bool:
    """Tell whether the outputs are probabilities; the layer that gives them is the last in Keras' order of depth."""
    last = model.layers[-1]
    return isinstance(last, keras.layers.Softmax) or getattr(last, "activation", None) is keras.activations.softmax
