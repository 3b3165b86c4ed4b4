"""A run made ready to train: its images, and its model, fresh or from its checkpoint, in its recipe's precision."""

import os
import platform
import sys
import time
from dataclasses import dataclass

import keras
import msgspec
import numpy as np
import tensorflow as tf

import tui_cnn
from tui_cnn.atomic import write_atomic
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import Dataset
from tui_cnn.data.files import DataError
from tui_cnn.data.fitting import fit
from tui_cnn.data.images import are_light_on_black
from tui_cnn.data.scaling import Scaling
from tui_cnn.data.splitting import Indices, balanced_weights
from tui_cnn.data.store import Progress
from tui_cnn.i18n import _
from tui_cnn.runs.directory import ImageTraits, RunDirectory, kept_steps
from tui_cnn.runs.estimate import estimate
from tui_cnn.runs.events import Started
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.recipe import ImageCounts, Precision, Recipe
from tui_cnn.runs.runtime import Runtime, in_lanes, runtime, thread_count
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import beginning
from tui_cnn.visible import visible
from tui_cnn.worker.averaging import WeightAverage
from tui_cnn.worker.build import make_model, seed_dropout
from tui_cnn.worker.checkpoint import CheckpointState, load_checkpoint
from tui_cnn.worker.device import configure, device_kind, strategy, used_devices
from tui_cnn.worker.feed import Feed
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.loading import take_images
from tui_cnn.worker.replicas import Replicas
from tui_cnn.worker.steps import Steps
from tui_cnn.worker.transfer import begin_with
from tui_cnn.worker.trials import choose, epochs_in_time

_MOST_NAMED = 10
"""Classes that have changed, in a message."""


@dataclass(eq=False)
class PreparedRun:
    """What is trained, on what, and how far it is.

    Attributes:
        runtime: how TensorFlow computes.
        samples, test: the training images of the data set, and its test images.
        data_name, test_digest: what the data set is called, and the digest of its test images.
        train, validation: indices in `samples`.
        done: steps since the beginning of the run.
        seconds: how long that took.
    """

    directory: RunDirectory
    recipe: Recipe
    analysis: Analysis
    precision: Precision
    runtime: Runtime
    samples: Feed
    test: Feed
    data_name: str
    test_digest: str
    train: Indices
    validation: Indices
    model: keras.Model
    steps: Steps
    done: int
    seconds: float

    @property
    def steps_per_epoch(self) -> int:
        """Batches of the training images, the last one perhaps smaller."""
        return self.recipe.batches(len(self.train))

    @property
    def validation_batches(self) -> int:
        """Batches of the validation images; 0 where there are none."""
        return self.recipe.batches(len(self.validation))

    @property
    def kept_steps(self) -> tuple[int, ...]:
        """The steps of the run whose weights are kept."""
        return kept_steps(self.recipe.keep, self.recipe.epochs * self.steps_per_epoch)

    def plan(self, epochs: int) -> None:
        """Train for so many epochs, also when it is resumed.

        Raises:
            OSError: the run's directory cannot be written.
        """
        self.recipe = msgspec.structs.replace(self.recipe, epochs=epochs)
        self.directory.keep_recipe(self.recipe)


def prepare(run: RunDirectory, journal: Journal, progress: Progress | None = None) -> PreparedRun:
    """Read a run's files and images, set TensorFlow up, build the model, put its checkpoint into it.

    Writes to the journal what was chosen, and that the run has started.

    Raises:
        FormatError, DataError: the run's files or its data set cannot be read.
        TrainingError: the device is not there, or the checkpoint is damaged.
        OSError: the run's directory cannot be written.
    """
    began = time.monotonic()
    recipe, network = run.recipe(), run.network()
    past = Follower(run).poll()
    by = configure(_runtime(network, recipe, past.started))
    data = take_images(recipe, network.input_shape, progress)
    fitting = fit(data.image_shape, network.input_shape)
    scaling = _scaling(run, recipe, data)
    _keep_description(run, data)
    train, validation = data.split(recipe.validation, recipe.split_seed, recipe.limit, unstratified=recipe.seed)
    samples = Feed(data.train_images, data.train_labels)
    test, data_name, digest = Feed(data.test_images, data.test_labels), data.name, data.digest
    weights = class_weights(recipe, data, train)
    del data  # what is trained on is in the tensors
    replicas = Replicas(strategy())
    if replicas.count > 1:
        by = msgspec.structs.replace(by, lanes=1)
    state, steps = CheckpointState(), None
    if recipe.precision == "auto":  # the precision chosen for this run before, or the fastest in a trial
        choice = past.chosen
        if choice is None:
            choice, steps = choose(network, recipe, fitting, scaling, samples, by.lanes, weights)
        journal.write(choice)
        precision = choice.precision
    else:
        precision = recipe.precision
    with strategy().scope():
        resumed = run.checkpoint_file.exists()
        if resumed or steps is None or replicas.count > 1:  # what was made outside of the scope is on one device
            model, steps = make_model(network, recipe, precision), None
        else:
            model = steps.model
    average = steps.average if steps else WeightAverage(model, recipe.ema)
    with strategy().scope():
        if resumed:
            state = load_checkpoint(run.checkpoint_file, model, average)
        elif past.loaded is not None:
            begin_with(model, network, run.start_file, past.loaded.layers)
            average.reset()
            sys.stderr.write("".join(f"{line}\n" for line in beginning(past)))
    steps = steps or Steps(model, fitting, recipe, by.lanes, replicas, scaling, weights, average)
    if recipe.minutes is not None and not resumed:
        counts, spent = ImageCounts(len(train), len(validation)), time.monotonic() - began
        epochs = epochs_in_time(steps, samples, recipe, counts, len(test.labels), spent)
        recipe = msgspec.structs.replace(recipe, epochs=epochs)
        run.keep_recipe(recipe)
    seed_dropout(model, recipe.seed, by.lanes * state.step)
    steps.trained.set(state.sums)
    prepared = PreparedRun(
        directory=run,
        recipe=recipe,
        analysis=analyze(network),
        precision=precision,
        runtime=by,
        samples=samples,
        test=test,
        data_name=data_name,
        test_digest=digest,
        train=train,
        validation=validation,
        model=model,
        steps=steps,
        done=state.step,
        seconds=time.monotonic() - began,
    )
    journal.write(_started(prepared))
    return prepared


def class_weights(recipe: Recipe, data: Dataset, train: Indices) -> tuple[float, ...]:
    """Return how much an image of each class counts, by those that are trained on; empty: all the same."""
    return balanced_weights(data.train_labels[train], data.class_count) if recipe.class_weights == "balanced" else ()


def _keep_description(run: RunDirectory, data: Dataset) -> None:
    """Keep with the run the names of the classes, and what the images are like, for when the data set is gone.

    Where it has names, make sure that the outputs still stand for the classes.

    Raises:
        DataError: they do not.
    """
    now, known = tuple(map(visible, data.class_names)), run.output_names()
    if known and known != now:
        changed = sorted(set(known) ^ set(now))[:_MOST_NAMED] or now[:_MOST_NAMED]
        message = _(
            "{data}: its classes are not those that the run began with ({names}); put them back, or start a new run"
        )
        raise DataError(message.format(data=data.name, names=", ".join(changed)))
    if not known:
        write_atomic(run.classes_file, msgspec.json.encode(now))
    if run.image_traits() is None:
        traits = ImageTraits(data.image_shape, are_light_on_black(data.test_images))
        write_atomic(run.images_file, msgspec.json.encode(traits))


def _scaling(run: RunDirectory, recipe: Recipe, data: Dataset) -> Scaling:
    """Return how pixels are scaled; what that has to learn from the images is kept with the run."""
    if recipe.scale != "standardize":
        return Scaling(recipe.scale)
    known = run.scaling()
    if known.needs_statistics:
        known = data.scaling(recipe.scale)
        write_atomic(run.scaling_file, msgspec.json.encode(known))
    return known


def _runtime(network: Network, recipe: Recipe, begun: Started | None) -> Runtime:
    """Compute as suits best, or in as many lanes as a run has begun with, in which it adds up in the same order."""
    by = runtime(network, recipe)
    if begun is None or (begun.device, begun.threads) != ("CPU", by.threads):
        return by
    return in_lanes(by, begun.lanes, recipe)


def _started(run: PreparedRun) -> Started:
    counts = ImageCounts(len(run.train), len(run.validation))
    predicted = estimate(run.analysis, run.recipe, counts, read_machine())
    return Started(
        seed=run.recipe.seed,
        python=platform.python_version(),
        tensorflow=tf.__version__,
        keras=keras.__version__,
        numpy=np.__version__,
        cnn_tui=tui_cnn.__version__,
        device=device_kind(),
        devices=used_devices(),
        precision=run.precision,
        batch_size=run.recipe.batch_size,
        threads=thread_count(run.recipe),
        pid=os.getpid(),
        epochs=run.recipe.epochs,
        steps_per_epoch=run.steps_per_epoch,
        train_images=len(run.train),
        validation_images=len(run.validation),
        test_images=len(run.test.labels),
        resumed_from=run.done,
        predicted_seconds=predicted.seconds_per_epoch,
        predicted_memory=predicted.memory,
        lanes=run.runtime.lanes,
    )
