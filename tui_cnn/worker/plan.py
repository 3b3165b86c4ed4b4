"""What a run does, worked out from its files and its data set before any model is built."""

from dataclasses import dataclass

import tensorflow as tf

from tui_cnn.core.network import Network
from tui_cnn.data.dataset import Indices, split
from tui_cnn.data.fitting import Fitting, fit
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.kept_checkpoints import kept_steps
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import Runtime, runtime
from tui_cnn.worker.device import configure
from tui_cnn.worker.images import take_images
from tui_cnn.worker.steps import Samples


@dataclass(frozen=True, eq=False)
class Plan:
    """A run as its files describe it.

    Attributes:
        runtime: how TensorFlow computes.
        samples, test: the training images of the data set, and its test images.
        train, validation: indices in `samples`.
    """

    run: RunDirectory
    network: Network
    recipe: Recipe
    runtime: Runtime
    fitting: Fitting
    samples: Samples
    test: Samples
    train: Indices
    validation: Indices

    @property
    def steps_per_epoch(self) -> int:
        """Batches of the training images, the last one perhaps smaller."""
        return self.recipe.batches(len(self.train))

    @property
    def kept_steps(self) -> tuple[int, ...]:
        """The steps of the run whose weights are kept."""
        return kept_steps(self.recipe.keep, self.recipe.epochs * self.steps_per_epoch)


def make_plan(run: RunDirectory) -> Plan:
    """Read a run's files and its images, and set TensorFlow up for it.

    Raises:
        FormatError, DataError: the run's files or its data set cannot be read.
        TrainingError: the device is not there.
    """
    recipe, network = run.recipe(), run.network()
    configured = configure(runtime(network, recipe))
    data = take_images(recipe.directory)
    train, validation = split(len(data.train_labels), recipe.validation, recipe.seed, recipe.limit)
    return Plan(
        run=run,
        network=network,
        recipe=recipe,
        runtime=configured,
        fitting=fit(data.image_shape, network.input_shape),
        samples=Samples(tf.constant(data.train_images), tf.constant(data.train_labels)),
        test=Samples(tf.constant(data.test_images), tf.constant(data.test_labels)),
        train=train,
        validation=validation,
    )
