"""A run from its beginning, or its checkpoint, to its end.

What is exact: a resumed run goes on from the very weights and optimizer state of its checkpoint, sees the batches
that it would have seen, and draws the dropout that it would have drawn; the training means of an epoch that was
interrupted cover all of it. Where the hardware adds numbers up in the same order each time, as CPUs do in our
tests, it ends with the weights of a run that was never interrupted. What is not exact: times.
"""

import math
import os
import platform
from functools import partial

import keras
import numpy as np
import psutil
import tensorflow as tf

from tui_cnn.data.dataset import Indices, load, split
from tui_cnn.data.fitting import fit
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.events import Checkpoint, Epoch, Finished, Progress, Started, Stopped
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.checkpoint import load_checkpoint, save_checkpoint
from tui_cnn.worker.control import Control
from tui_cnn.worker.execution import Execution, StopRequestedError
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.model import make_model, seed_dropout
from tui_cnn.worker.pace import Speed, Stopwatch
from tui_cnn.worker.steps import Samples, Steps
from tui_cnn.worker.totals import Means, Sums

_PROGRESS_EVERY = 0.2
_CHECKPOINT_EVERY = 120.0


class Training:
    """One worker's part of a run. Making one loads everything, and tells that the run has started.

    Raises:
        FormatError, DataError: the run's files or its data cannot be read.
        TrainingError: the checkpoint is damaged.
        OSError: the run's directory cannot be written.
    """

    def __init__(self, run: RunDirectory, journal: Journal, control: Control) -> None:
        self._run = run
        self._journal = journal
        self._recipe = recipe = run.recipe()
        network = run.network()
        data = load(recipe.directory)
        fitting = fit(data.image_shape, network.input_shape)
        self._samples = Samples(tf.constant(data.train_images), tf.constant(data.train_labels))
        self._test = Samples(tf.constant(data.test_images), tf.constant(data.test_labels))
        self._chosen, self._held_out = split(len(data.train_labels), recipe.validation, recipe.seed, recipe.limit)
        self._steps_per_epoch = self._batches(self._chosen)
        if run.checkpoint_file.exists():
            self._model, sums = load_checkpoint(run.checkpoint_file)
        else:
            self._model, sums = make_model(network, recipe), Sums()
        seed_dropout(self._model, recipe.seed)
        self._steps = Steps(self._model, fitting, recipe.batch_size)
        self._steps.trained.set(sums)
        self._tell_start()
        past = Follower(run).poll()  # by now without what is to be done again
        self._epochs = list(past.epochs)
        self._watch = Stopwatch(past.elapsed)
        self._execution = Execution(control, journal, self._watch)
        self._speed, self._evaluation_speed = Speed(), Speed()
        self._validation_seconds = 0.0
        self._saved_at = past.elapsed
        self._told_at = -math.inf

    def run(self) -> None:
        """Train until the end, or until it is wished to stop; tell of everything in the journal.

        Raises:
            TrainingError: the loss is no number any more.
            OSError: the run's directory cannot be written.
        """
        done, step = divmod(self._iterations, self._steps_per_epoch)
        if done and not step and done not in {event.epoch for event in self._epochs}:
            done, step = done - 1, self._steps_per_epoch  # it was stopped while it validated
        try:
            for epoch in range(done + 1, self._recipe.epochs + 1):
                began = self._watch.elapsed
                trained = self._train(epoch, step)
                self._end_epoch(epoch, trained, self._validate(), began)
                step = 0
            test = self._evaluate(self._test, np.arange(len(self._test.labels), dtype=np.int32))
        except StopRequestedError:
            self._save()
            self._journal.write(Stopped())
        else:
            self._tell_end(test)

    @property
    def _iterations(self) -> int:
        """Steps of the optimizer since the beginning of the run."""
        return int(self._model.optimizer.iterations)

    def _batches(self, order: Indices) -> int:
        return math.ceil(len(order) / self._recipe.batch_size)

    def _train(self, epoch: int, step: int) -> Means:
        """Train from `step` to the end of the epoch, in an order of its own that follows from the seed."""
        if not step:
            self._steps.trained.set(Sums())
        order = np.random.default_rng([self._recipe.seed, epoch]).permutation(self._chosen)
        steps = partial(self._steps.train, self._samples, tf.constant(order))
        for done in self._execution.go(steps, step, self._steps_per_epoch, self._speed):
            if self._speed.seconds and self._watch.elapsed - self._told_at >= _PROGRESS_EVERY:
                self._tell_progress(epoch, done, self._speed.seconds)
            if self._watch.elapsed - self._saved_at >= _CHECKPOINT_EVERY:
                self._save()
        return self._steps.trained.means()

    def _validate(self) -> Means | None:
        if not len(self._held_out):
            return None
        began = self._watch.elapsed
        means = self._evaluate(self._samples, self._held_out)
        self._validation_seconds = self._watch.elapsed - began
        return means

    def _evaluate(self, samples: Samples, order: Indices) -> Means:
        self._steps.evaluated.set(Sums())
        steps = partial(self._steps.evaluate, samples, tf.constant(order))
        for _done in self._execution.go(steps, 0, self._batches(order), self._evaluation_speed):
            pass
        return self._steps.evaluated.means()

    def _end_epoch(self, epoch: int, trained: Means, validated: Means | None, began: float) -> None:
        """Keep the weights if they are the best so far, tell of the epoch, and only then write the checkpoint.

        A worker that is killed in between does the epoch again, and what was told of it is dropped.
        """
        judged = validated or trained
        earlier = (e.accuracy if e.val_accuracy is None else e.val_accuracy for e in self._epochs)
        best = judged.accuracy > max(earlier, default=-1.0)
        if best:
            save_checkpoint(self._run.best_file, self._model, self._steps.trained.sums())
        event = Epoch(
            epoch=epoch,
            loss=trained.loss,
            accuracy=trained.accuracy,
            val_loss=validated and validated.loss,
            val_accuracy=validated and validated.accuracy,
            seconds=self._watch.elapsed - began,
            learning_rate=float(self._model.optimizer.learning_rate),
            memory=psutil.Process().memory_info().rss,
            best=best,
        )
        self._epochs.append(event)
        self._journal.write(event)
        self._save()

    def _save(self) -> None:
        save_checkpoint(self._run.checkpoint_file, self._model, self._steps.trained.sums())
        self._saved_at = self._watch.elapsed
        self._journal.write(Checkpoint(step=self._iterations, elapsed=self._saved_at))

    def _tell_start(self) -> None:
        devices = tf.config.list_physical_devices("GPU") or tf.config.list_physical_devices("CPU")
        self._journal.write(
            Started(
                seed=self._recipe.seed,
                python=platform.python_version(),
                tensorflow=tf.__version__,
                keras=keras.__version__,
                device=devices[0].device_type,
                threads=tf.config.threading.get_intra_op_parallelism_threads() or os.cpu_count() or 1,
                pid=os.getpid(),
                epochs=self._recipe.epochs,
                steps_per_epoch=self._steps_per_epoch,
                train_images=len(self._chosen),
                validation_images=len(self._held_out),
                test_images=len(self._test.labels),
                resumed_from=self._iterations,
            )
        )

    def _tell_progress(self, epoch: int, step: int, seconds_each: float) -> None:
        self._told_at = self._watch.elapsed
        means = self._steps.trained.means()
        epochs_left = self._recipe.epochs - epoch
        steps_left = self._steps_per_epoch - step + epochs_left * self._steps_per_epoch
        self._journal.write(
            Progress(
                epoch=epoch,
                step=step,
                steps=self._steps_per_epoch,
                loss=means.loss,
                accuracy=means.accuracy,
                images_per_second=self._recipe.batch_size / seconds_each,
                seconds_left=steps_left * seconds_each + (epochs_left + 1) * self._validation_seconds,
                elapsed=self._told_at,
            )
        )

    def _tell_end(self, test: Means) -> None:
        best = max(self._epochs, key=lambda event: (event.best, event.epoch))
        self._journal.write(
            Finished(
                test_loss=test.loss,
                test_accuracy=test.accuracy,
                seconds=self._watch.elapsed,
                best_epoch=best.epoch,
            )
        )
