"""The time of a preset's training step in a process of its own: how threads share the work is fixed in a process."""

import tensorflow as tf

from tui_cnn.data.fitting import fit
from tui_cnn.formats.presets import preset
from tui_cnn.runs.recipe import Recipe
from tui_cnn.worker.build import make_model
from tui_cnn.worker.device import configure
from tui_cnn.worker.loading import take_images
from tui_cnn.worker.steps import Samples, Steps
from tui_cnn.worker.trials import time_steps


def fastest_step(name, size, by, precision="float32"):
    """Train in batches of a size, sharing the work as told; return the seconds of the fastest step, and the model."""
    network, recipe = preset(name), Recipe(batch_size=size)
    by = configure(by)
    data = take_images(recipe, network.input_shape)
    samples = Samples(tf.constant(data.train_images), tf.constant(data.train_labels))
    model = make_model(network, recipe, precision)
    steps = Steps(model, fit(data.image_shape, network.input_shape), recipe, by.lanes)
    return time_steps(steps, samples, recipe, 1.5).fastest, model
