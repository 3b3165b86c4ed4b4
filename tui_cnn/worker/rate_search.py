"""The range test of a learning rate: a step of the training for each rate, and its loss."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from tui_cnn.core.network import Network
from tui_cnn.data.fitting import fit
from tui_cnn.data.splitting import Indices
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _
from tui_cnn.runs.rate_search import RateRequest, SmoothedLoss, Tried, rate_of
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import runtime
from tui_cnn.worker.build import make_model
from tui_cnn.worker.device import configure
from tui_cnn.worker.feed import Feed, epoch_order
from tui_cnn.worker.json_lines import answer_in_lines
from tui_cnn.worker.loading import take_images
from tui_cnn.worker.preparation import class_weights
from tui_cnn.worker.steps import Steps, Sums


def main() -> int:
    """Do the steps that JSON on the standard input asks for; return the exit status."""
    return answer_in_lines(RateRequest, _tried)


def _tried(request: RateRequest) -> Iterator[Tried]:
    return try_rates(loads_network(request.network, _("standard input")), request.recipe, request.steps)


def try_rates(network: Network, recipe: Recipe, steps: int) -> Iterator[Tried]:
    """Train a fresh model on the batches of the recipe, each with a higher rate, until the loss has diverged.

    `precision = "auto"` counts as float32, and all layers are trained from the first step on.

    Raises:
        DataError: the data set cannot be read.
        TrainingError: the device is not there.
    """
    lanes = configure(runtime(network, recipe)).lanes
    data = take_images(recipe, network.input_shape)
    precision = "float32" if recipe.precision == "auto" else recipe.precision
    model = make_model(network, recipe, precision)
    fitting = fit(data.image_shape, network.input_shape)
    train, _validation = data.split(recipe.validation, recipe.split_seed, recipe.limit, unstratified=recipe.seed)
    scaling, weights = data.scaling(recipe.scale), class_weights(recipe, data, train)
    compiled = Steps(model, fitting, recipe, lanes, scaling=scaling, class_weights=weights)
    order = order_of(train, recipe, steps)
    batches = Feed(data.train_images, data.train_labels).ordered(order, recipe.batch_size)
    smoothing = SmoothedLoss(steps)
    for step in range(steps):
        rate = rate_of(step, steps)
        compiled.trained.set(Sums())
        compiled.train(*batches.take(step, 1), tf.constant([rate], tf.float32), step)
        loss = compiled.trained.means().loss
        smoothed = smoothing.add(loss)
        if smoothing.has_diverged(smoothed):
            return
        yield Tried(rate, loss)


def order_of(train: Indices, recipe: Recipe, steps: int) -> Indices:
    """Return the training images in the order of as many epochs as so many steps need, one after the other."""
    wanted = steps * recipe.batch_size
    epochs = range(1, -(-wanted // len(train)) + 1)
    return np.concatenate([epoch_order(train, recipe.seed, epoch) for epoch in epochs])[:wanted]
