"""A run from its beginning, or its checkpoint, to its end.

What is exact: a resumed run goes on from the very weights and optimizer state of its checkpoint, sees the batches
that it would have seen, changed as they would have been, and draws the dropout that it would have drawn; the training
means of an epoch that was interrupted cover all of it. Where the hardware adds numbers up in the same order each
time, as CPUs do in our tests, it ends with the weights of a run that was never interrupted. What is not exact: times.
"""

import math
from functools import partial
from typing import Literal

import keras
import msgspec
import numpy as np
import tensorflow as tf

from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import Indices, split
from tui_cnn.data.fitting import Fitting, fit
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.estimate import estimate
from tui_cnn.runs.events import Checkpoint, EarlyStop, Epoch, Evaluating, Progress, Stopped
from tui_cnn.runs.kept import kept_file, kept_steps
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.recipe import Precision
from tui_cnn.runs.runtime import runtime
from tui_cnn.runs.schedule import rates
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker import telling
from tui_cnn.worker.checkpoint import Place, load_checkpoint, save_checkpoint, save_weights
from tui_cnn.worker.control import Control
from tui_cnn.worker.device import configure, strategy
from tui_cnn.worker.execution import Execution, StopRequestedError, Turn
from tui_cnn.worker.images import take_images
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.measuring import remember_step
from tui_cnn.worker.model import make_model, seed_dropout
from tui_cnn.worker.pace import Speed, Stopwatch
from tui_cnn.worker.replicas import Replicas
from tui_cnn.worker.steps import Samples, Steps
from tui_cnn.worker.tensorboard import TensorBoard
from tui_cnn.worker.totals import Means, Sums
from tui_cnn.worker.trials import Trainee, choose

_PROGRESS_EVERY = 0.2
_CHECKPOINT_EVERY = 120.0


class Training:
    """One worker's part of a run. Making one loads everything, and tells that the run has started.

    Raises:
        FormatError, DataError: the run's files or its data cannot be read.
        TrainingError: the checkpoint is damaged, or the device is not there.
        OSError: the run's directory cannot be written.
    """

    def __init__(self, run: RunDirectory, journal: Journal, control: Control, turn: Turn | None = None) -> None:
        self._run = run
        self._journal = journal
        self._recipe = recipe = run.recipe()
        network = run.network()
        by = configure(runtime(network, recipe))
        data = take_images(recipe.directory)
        fitting = fit(data.image_shape, network.input_shape)
        self._samples = Samples(tf.constant(data.train_images), tf.constant(data.train_labels))
        self._test = Samples(tf.constant(data.test_images), tf.constant(data.test_labels))
        self._chosen, self._held_out = split(len(data.train_labels), recipe.validation, recipe.seed, recipe.limit)
        self._steps_per_epoch = self._batches(self._chosen)
        shared = strategy()
        replicas = Replicas(shared)
        self._runtime = by if replicas.count == 1 else msgspec.structs.replace(by, lanes=1)
        self._precision, trainee = self._choose(network, fitting)
        place = Place()
        with shared.scope():
            if run.checkpoint_file.exists():
                (self._model, place), trainee = load_checkpoint(run.checkpoint_file), None
            elif trainee is None or replicas.count > 1:  # what was made outside of the scope is on one device
                self._model, trainee = make_model(network, recipe, self._precision), None
            else:
                self._model = trainee.model
        self._done = place.step
        seed_dropout(self._model, recipe.seed, self._runtime.lanes * self._done)
        self._steps = trainee.steps if trainee else Steps(self._model, fitting, recipe, self._runtime.lanes, replicas)
        self._steps.trained.set(place.sums)
        self._analysis = analyze(network)
        told = estimate(self._analysis, recipe, len(data.train_labels), read_machine())
        counts = (self._steps_per_epoch, len(self._chosen), len(self._held_out), len(data.test_labels))
        journal.write(telling.started(recipe, self._precision, counts, self._done, told, self._runtime.lanes))
        past = Follower(run).poll()  # by now without what is to be done again
        self._epochs = list(past.epochs)
        self._watch = Stopwatch(past.elapsed)
        self._execution = Execution(control, journal, self._watch, turn)
        self._speed, self._evaluation_speed = Speed(), Speed()
        self._validation_seconds = 0.0
        self._saved_at = past.elapsed
        self._told_at = -math.inf
        self._tensorboard = TensorBoard(run.tensorboard_directory, wanted=recipe.tensorboard)
        self._kept = kept_steps(recipe.keep, recipe.epochs * self._steps_per_epoch)

    def run(self) -> None:
        """Train until the end, or until it is wished to stop; tell of everything in the journal.

        Raises:
            TrainingError: the loss is no number any more.
            OSError: the run's directory cannot be written.
        """
        done, step = divmod(self._done, self._steps_per_epoch)
        if done and not step and done not in {event.epoch for event in self._epochs}:
            done, step = done - 1, self._steps_per_epoch  # it was stopped while it validated
        try:
            self._keep()
            for epoch in range(done + 1, self._recipe.epochs + 1):
                if self._is_enough():
                    break
                began = self._watch.elapsed
                trained = self._train(epoch, step)
                self._end_epoch(epoch, trained, self._validate(epoch), began)
                step = 0
            test = self._evaluate(
                self._test, np.arange(len(self._test.labels), dtype=np.int32), "test", len(self._epochs)
            )
        except StopRequestedError:
            self._save()
            self._journal.write(Stopped())
        else:
            event = telling.finished(test, self._steps.confusion.rows(), self._epochs, self._watch.elapsed)
            self._tensorboard.write(self._done, event)
            self._journal.write(event)

    def _choose(self, network: Network, fitting: Fitting) -> tuple[Precision, Trainee | None]:
        """Tell the precision; where it is to be found out, as it was for this run before, or by trying."""
        if self._recipe.precision != "auto":
            return self._recipe.precision, None
        choice, trainee = Follower(self._run).poll().chosen, None
        if choice is None:
            choice, trainee = choose(network, self._recipe, fitting, self._samples, self._runtime.lanes)
        self._journal.write(choice)
        return choice.precision, trainee

    def _batches(self, order: Indices) -> int:
        return math.ceil(len(order) / self._recipe.batch_size)

    def _train(self, epoch: int, step: int) -> Means:
        """Train from `step` to the end of the epoch, in an order of its own that follows from the seed."""
        if not step:
            self._steps.trained.set(Sums())
        permuted = np.random.default_rng([self._recipe.seed, epoch]).permutation(self._chosen)
        order = tf.constant(permuted)
        before = (epoch - 1) * self._steps_per_epoch
        self._speed.begin()

        def steps(first: int, count: int) -> float:
            at = rates(self._recipe, before + first, count, self._steps_per_epoch)
            return float(self._steps.train(self._samples, order, first, tf.constant(at, tf.float32), before + first))

        stops = [kept - before for kept in self._kept if step < kept - before < self._steps_per_epoch]
        for stop in [*stops, self._steps_per_epoch]:
            for done in self._execution.go(steps, step, stop, self._speed):
                self._done = before + done
                if self._speed.latest and self._watch.elapsed - self._told_at >= _PROGRESS_EVERY:
                    self._tell_progress(epoch, done)
                if self._watch.elapsed - self._saved_at >= _CHECKPOINT_EVERY:
                    self._save()
            step = max(step, stop)
            self._keep()
        return self._steps.trained.means()

    def _validate(self, epoch: int) -> Means | None:
        if not len(self._held_out):
            return None
        began = self._watch.elapsed
        means = self._evaluate(self._samples, self._held_out, "validation", epoch)
        self._validation_seconds = self._watch.elapsed - began
        return means

    def _evaluate(self, samples: Samples, order: Indices, images: Literal["validation", "test"], epoch: int) -> Means:
        self._steps.evaluated.set(Sums())
        self._steps.confusion.clear()
        steps = partial(self._steps.evaluate, samples, tf.constant(order))
        batches = self._batches(order)
        for done in self._execution.go(steps, 0, batches, self._evaluation_speed):
            if self._watch.elapsed - self._told_at >= _PROGRESS_EVERY:
                self._told_at = self._watch.elapsed
                self._journal.write(
                    Evaluating(epoch=epoch, images=images, step=done, steps=batches, elapsed=self._told_at)
                )
        return self._steps.evaluated.means()

    def _is_enough(self) -> bool:
        """Tell whether the recipe's patience is at its end."""
        patience = self._recipe.patience
        best = max((event.epoch for event in self._epochs if event.best), default=0)
        last = len(self._epochs)
        if patience is None or last - best < patience:
            return False
        self._journal.write(EarlyStop(epoch=last, best_epoch=best, patience=patience))
        return True

    def _end_epoch(self, epoch: int, trained: Means, validated: Means | None, began: float) -> None:
        """Keep the weights if they are the best so far, tell of the epoch, and only then write the checkpoint.

        A worker that is killed in between does the epoch again, and what was told of it is dropped.
        """
        accuracy = (validated or trained).accuracy
        best = accuracy > max(map(telling.judged, self._epochs), default=-1.0)
        if best:
            save_checkpoint(self._run.best_file, self._model, self._place())
        event = Epoch(
            epoch=epoch,
            loss=trained.loss,
            accuracy=trained.accuracy,
            val_loss=validated and validated.loss,
            val_accuracy=validated and validated.accuracy,
            seconds=self._watch.elapsed - began,
            learning_rate=self._rate,
            memory=telling.memory(),
            best=best,
            images_per_second=self._images_per_second(self._speed.whole),
            gradient_norm=self._steps.gradient_norm,
            confusion=self._steps.confusion.rows() if validated else (),
        )
        self._epochs.append(event)
        self._journal.write(event)
        self._tensorboard.write(self._done, event)
        self._save()
        self._remember(event.memory)

    def _remember(self, memory: int) -> None:
        """Let this machine know how fast it was, for what is predicted next time."""
        if self._speed.whole:
            remember_step(self._analysis, self._recipe, self._precision, self._runtime, self._speed.whole, memory)

    def _keep(self) -> None:
        """Keep the weights as they are now, if the recipe wants those of this step."""
        file = kept_file(self._run, self._done)
        if self._done in self._kept and not file.exists():
            save_weights(file, self._model)

    def _place(self) -> Place:
        return Place(self._done, self._steps.trained.sums())

    def _save(self) -> None:
        save_checkpoint(self._run.checkpoint_file, self._model, self._place())
        self._saved_at = self._watch.elapsed
        self._journal.write(Checkpoint(step=self._done, elapsed=self._saved_at))

    @property
    def _rate(self) -> float:
        return float(keras.ops.convert_to_numpy(self._model.optimizer.learning_rate))

    def _images_per_second(self, seconds: float | None) -> float | None:
        return self._recipe.batch_size / seconds if seconds else None

    def _tell_progress(self, epoch: int, step: int) -> None:
        self._told_at = self._watch.elapsed
        means = self._steps.trained.means()
        epochs_left = self._recipe.epochs - epoch
        steps_left = self._steps_per_epoch - step + epochs_left * self._steps_per_epoch
        event = Progress(
            epoch=epoch,
            step=step,
            steps=self._steps_per_epoch,
            loss=means.loss,
            accuracy=means.accuracy,
            images_per_second=self._images_per_second(self._speed.latest) or 0.0,
            seconds_left=steps_left * (self._speed.steady or 0.0) + (epochs_left + 1) * self._validation_seconds,
            elapsed=self._told_at,
            learning_rate=self._rate,
            gradient_norm=self._steps.gradient_norm,
        )
        self._tensorboard.write(self._done, event)
        self._journal.write(event)
