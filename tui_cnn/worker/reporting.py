"""What a training reports while it goes on: progress a few times a second, and the numbers of each epoch."""

import math
from typing import Literal

import keras

from tui_cnn.runs.events import Epoch, Evaluating, Finished, Progress
from tui_cnn.worker import event_factory
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.pace import Speed, Stopwatch
from tui_cnn.worker.plan import Plan
from tui_cnn.worker.preparation import Prepared
from tui_cnn.worker.tensorboard import TensorBoard
from tui_cnn.worker.totals import Means

_PROGRESS_EVERY = 0.2
"""Seconds."""


class Reporter:
    """Writes events to the journal and to TensorBoard.

    Attributes:
        speed: that of training.
        validation_seconds: how long the latest validation took.

    Raises:
        OSError: the run's directory cannot be written.
    """

    def __init__(self, plan: Plan, prepared: Prepared, journal: Journal, watch: Stopwatch) -> None:
        self.speed = Speed()
        self.validation_seconds = 0.0
        self._recipe = plan.recipe
        self._steps_per_epoch = plan.steps_per_epoch
        self._model = prepared.model
        self._steps = prepared.steps
        self._journal = journal
        self._watch = watch
        self._reported_at = -math.inf
        self._tensorboard = TensorBoard(plan.run.tensorboard_directory, wanted=plan.recipe.tensorboard)

    def progress(self, epoch: int, step: int, done: int) -> None:
        """Report `step` of the epoch, `done` of the run, unless the last report is too recent."""
        if not self.speed.latest or not self._is_due():
            return
        self._reported_at = self._watch.elapsed
        means = self._steps.trained.means()
        epochs_left = self._recipe.epochs - epoch
        steps_left = self._steps_per_epoch - step + epochs_left * self._steps_per_epoch
        event = Progress(
            epoch=epoch,
            step=step,
            steps=self._steps_per_epoch,
            loss=means.loss,
            accuracy=means.accuracy,
            images_per_second=self._images_per_second(self.speed.latest) or 0.0,
            seconds_left=steps_left * (self.speed.steady or 0.0) + (epochs_left + 1) * self.validation_seconds,
            elapsed=self._reported_at,
            learning_rate=self._learning_rate,
            gradient_norm=self._steps.gradient_norm,
        )
        self._tensorboard.write(done, event)
        self._journal.write(event)

    def evaluating(self, images: Literal["validation", "test"], epoch: int, step: int, steps: int) -> None:
        """Report `step` of an evaluation, unless the last report is too recent."""
        if self._is_due():
            self._reported_at = self._watch.elapsed
            self._journal.write(
                Evaluating(epoch=epoch, images=images, step=step, steps=steps, elapsed=self._reported_at)
            )

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
            memory=event_factory.memory(),
            best=best,
            images_per_second=self._images_per_second(self.speed.whole),
            gradient_norm=self._steps.gradient_norm,
            confusion=self._steps.confusion.rows() if validated else (),
        )
        self._journal.write(event)
        self._tensorboard.write(done, event)
        return event

    def finished(self, event: Finished, done: int) -> None:
        """Report the end of the run."""
        self._tensorboard.write(done, event)
        self._journal.write(event)

    def _is_due(self) -> bool:
        return self._watch.elapsed - self._reported_at >= _PROGRESS_EVERY

    @property
    def _learning_rate(self) -> float:
        return float(keras.ops.convert_to_numpy(self._model.optimizer.learning_rate))

    def _images_per_second(self, seconds: float | None) -> float | None:
        return self._recipe.batch_size / seconds if seconds else None
