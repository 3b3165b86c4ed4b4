"""What a training writes while it goes on: events, logs for TensorBoard, and the files of weights."""

import math
import resource
import sys
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from tui_cnn.runs.directory import kept_file
from tui_cnn.runs.estimate import FORWARD_SHARE
from tui_cnn.runs.events import Checkpoint, Epoch, Evaluating, Finished, Progress
from tui_cnn.runs.predictions import KeptPredictions, save_predictions
from tui_cnn.worker.checkpoint import CheckpointState, save_checkpoint, save_weights
from tui_cnn.worker.execution import Speed, Stopwatch
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.preparation import PreparedRun
from tui_cnn.worker.steps import Means
from tui_cnn.worker.trials import held_memory

_PROGRESS_EVERY, _CHECKPOINT_EVERY = 0.2, 120.0
"""Seconds."""
_SCALARS = (
    *("loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy"),
    *("learning_rate", "images_per_second", "gradient_norm"),
)


class TrainingRecorder:
    """Writes what is known after `done` steps of the run.

    Attributes:
        speed, evaluation_speed: those of training, and of validation and test.

    Raises:
        OSError: the run's directory cannot be written.
    """

    def __init__(self, run: PreparedRun, journal: Journal, watch: Stopwatch) -> None:
        self.speed, self.evaluation_speed = Speed(), Speed()
        self._run = run
        self._journal = journal
        self._watch = watch
        self._reported_at = -math.inf
        self._saved_at = watch.elapsed
        self._writer: Any = None
        if run.recipe.tensorboard:
            self._writer = tf.summary.create_file_writer(str(run.directory.tensorboard_directory))

    def progress(self, epoch: int, step: int, done: int) -> None:
        """Report `step` of the epoch, unless the last report is too recent."""
        if not self.speed.latest or not self._is_due():
            return
        self._reported_at = self._watch.elapsed
        means = self._run.steps.trained.means()
        steps = self._run.steps_per_epoch
        event = Progress(
            epoch=epoch,
            step=step,
            steps=steps,
            loss=means.loss,
            accuracy=means.accuracy,
            images_per_second=self._images_per_second(self.speed.latest) or 0.0,
            seconds_left=self._seconds_left(epoch, steps - step, self._run.validation_batches),
            elapsed=self._reported_at,
            learning_rate=self._learning_rate,
            gradient_norm=self._run.steps.gradient_norm,
        )
        self._write(event, done)

    def evaluating(self, images: Literal["validation", "test"], epoch: int, step: int, steps: int) -> None:
        """Report `step` of an evaluation, unless the last report is too recent."""
        if self._is_due():
            self._reported_at = self._watch.elapsed
            if images == "validation":
                left = self._seconds_left(epoch, 0, steps - step)
            else:  # of an epoch that may not be the recipe's last: patience has ended the training
                left = (steps - step) * self._evaluation_seconds
            event = Evaluating(
                epoch=epoch, images=images, step=step, steps=steps, elapsed=self._reported_at, seconds_left=left
            )
            self._journal.write(event)

    def epoch(
        self, epoch: int, trained: Means, validated: Means | None, began: float, done: int, *, best: bool
    ) -> Epoch:
        """Report an epoch that began at `began` seconds; return the event."""
        event = Epoch(
            epoch=epoch,
            loss=trained.loss,
            accuracy=trained.accuracy,
            val_loss=validated and validated.loss,
            val_accuracy=validated and validated.accuracy,
            seconds=self._watch.elapsed - began,
            learning_rate=self._learning_rate,
            memory=held_memory(),
            best=best,
            images_per_second=self._images_per_second(self.speed.whole),
            gradient_norm=self._run.steps.gradient_norm,
            confusion=self._run.steps.confusion.rows() if validated else (),
        )
        self._write(event, done)
        return event

    def finished(self, test: Means | None, tested_epoch: int, epochs: list[Epoch], done: int) -> None:
        """Report the end of the run, and what the weights of `tested_epoch` came to in the test, if there was one."""
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        event = Finished(
            test_loss=test and test.loss,
            test_accuracy=test and test.accuracy,
            seconds=self._watch.elapsed,
            best_epoch=max(epochs, key=lambda event: (event.best, event.epoch)).epoch,
            tested_epoch=tested_epoch,
            peak_memory=kilobytes * (1 if sys.platform == "darwin" else 1024),
            confusion=self._run.steps.confusion.rows() if test else (),
        )
        self._write(event, done)

    def predictions(self) -> None:
        """Keep what was predicted of each test image with the run; the test is what was evaluated last."""
        run = self._run
        save_predictions(
            run.directory, KeptPredictions(run.steps.predicted.numpy(), np.asarray(run.test.labels), run.test_digest)
        )

    def save(self, done: int) -> None:
        """Write the checkpoint."""
        run = self._run
        save_checkpoint(run.directory.checkpoint_file, run.model, self._state(done), run.steps.average)
        self._saved_at = self._watch.elapsed
        self._journal.write(Checkpoint(step=done, elapsed=self._saved_at))

    def save_if_due(self, done: int) -> None:
        """Write the checkpoint if the last one is too old."""
        if self._watch.elapsed - self._saved_at >= _CHECKPOINT_EVERY:
            self.save(done)

    def save_best(self, done: int) -> None:
        """Write the weights, or their average, as the best so far."""
        with self._run.steps.average.applied():
            save_checkpoint(self._run.directory.best_file, self._run.model, self._state(done))

    def keep(self, done: int) -> None:
        """Keep the weights, or their average, if the recipe wants those of this step."""
        file = kept_file(self._run.directory, done)
        if done in self._run.kept_steps and not file.exists():
            with self._run.steps.average.applied():
                save_weights(file, self._run.model)

    @property
    def test_seconds(self) -> float:
        """What the test will take."""
        return self._run.recipe.batches(len(self._run.test.labels)) * self._evaluation_seconds

    def _write(self, event: Progress | Epoch | Finished, done: int) -> None:
        """Write an event to the journal, and its numbers as scalars for TensorBoard, if they are asked for."""
        if self._writer is not None:
            with self._writer.as_default(done):
                for name in _SCALARS:
                    if (value := getattr(event, name, None)) is not None:
                        _write_scalar(f"{type(event).__name__.lower()}/{name}", value)
            if not isinstance(event, Progress):
                self._writer.flush()
        self._journal.write(event)

    def _seconds_left(self, epoch: int, steps: int, batches: int) -> float:
        """Predict how long steps and batches of validation, which are left of `epoch`, take, and all after it."""
        run, epochs = self._run, self._run.recipe.epochs - epoch
        steps += epochs * run.steps_per_epoch
        batches += epochs * run.validation_batches + run.recipe.batches(len(run.test.labels))
        return steps * (self.speed.steady or 0.0) + batches * self._evaluation_seconds

    @property
    def _evaluation_seconds(self) -> float:
        """Seconds for a batch that is only evaluated; before the first, by its share in a step of training."""
        return self.evaluation_speed.steady or FORWARD_SHARE * (self.speed.steady or 0.0)

    def _is_due(self) -> bool:
        return self._watch.elapsed - self._reported_at >= _PROGRESS_EVERY

    def _state(self, done: int) -> CheckpointState:
        return CheckpointState(done, self._run.steps.trained.sums())

    @property
    def _learning_rate(self) -> float:
        return float(keras.ops.convert_to_numpy(self._run.model.optimizer.learning_rate))

    def _images_per_second(self, seconds: float | None) -> float | None:
        return self._run.recipe.batch_size / seconds if seconds else None


def _write_scalar(tag: str, value: float) -> None:
    """Write a scalar; `tf.summary.scalar` would do the same, but needs TensorBoard to be installed."""
    metadata = tf.compat.v1.SummaryMetadata(
        plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars"),
        data_class=1,  # DATA_CLASS_SCALAR
    )
    tf.summary.write(tag, tf.constant(value, tf.float32), metadata=metadata)
