"""A run from its beginning, or its checkpoint, to its end.

What is exact: a resumed run continues with the very weights and optimizer state of its checkpoint, with the same
batches, augmented in the same way, and with the same dropout as if it had not been interrupted; the training
means of an epoch that was interrupted cover all of it. Where the hardware adds numbers up in the same order each
time, as CPUs do in our tests, it ends with the weights of a run that was never interrupted. What is not exact: times.
"""

from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import tensorflow as tf

from tui_cnn.data.splitting import Indices
from tui_cnn.data.store import Progress
from tui_cnn.i18n import _
from tui_cnn.runs import machine
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.estimate import epochs_in
from tui_cnn.runs.events import EarlyStop, Replanned, Stopped
from tui_cnn.runs.ledger import TestEvaluation, record
from tui_cnn.runs.recipe import MOST_EPOCHS, rates, restarted
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.build import build
from tui_cnn.worker.control import Control, QueueSlot
from tui_cnn.worker.execution import Execution, StopRequestedError, Stopwatch
from tui_cnn.worker.feed import Feed, epoch_order
from tui_cnn.worker.fine_tuning import FineTuning
from tui_cnn.worker.journal import Journal, TrainingError
from tui_cnn.worker.preparation import PreparedRun, prepare
from tui_cnn.worker.recording import TrainingRecorder
from tui_cnn.worker.steps import Means, Sums
from tui_cnn.worker.trials import measurement
from tui_cnn.worker.weights import load_weights


class Training:
    """One worker's part of a run. Making one loads everything, and reports that the run has started.

    Raises:
        FormatError, DataError: the run's files or its data cannot be read.
        TrainingError: the checkpoint is damaged, or the device is not there.
        OSError: the run's directory cannot be written.
    """

    def __init__(
        self,
        run: RunDirectory,
        journal: Journal,
        control: Control,
        slot: QueueSlot | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._run = prepare(run, journal, progress)
        self._steps = self._run.steps
        self._done = self._run.done
        past = Follower(run).poll()  # by now without what is to be done again
        self._epochs = list(past.epochs)
        self._inherited = past.continued.epochs if past.continued else 0
        self._schedule_begins = self._inherited if past.continued and past.continued.restarted else 0
        new_layers = [other.layer for other in past.loaded.others] if past.loaded else []
        self._fine_tuning = FineTuning(self._steps, self._run.recipe, new_layers)
        self._journal = journal
        self._watch = Stopwatch(past.elapsed)
        self._execution = Execution(control, journal, self._watch, slot)
        self._recorder = TrainingRecorder(self._run, journal, self._watch)

    def run(self) -> None:
        """Train until the end, or until a stop is requested; report everything in the journal.

        Raises:
            TrainingError: the loss is no number any more.
            OSError: the run's directory cannot be written.
        """
        try:
            self._recorder.keep(self._done)
            self._train_epochs()
            means = None if self._run.directory.is_trial else self.test()
        except StopRequestedError:
            self._recorder.save(self._done)
            self._journal.write(Stopped())
        else:
            self._recorder.finished(means, self._kept_epoch, self._epochs, self._done)

    def test(self) -> Means:
        """Evaluate the weights kept as the result on the test images, and keep and note what came of it."""
        means = self._test(self._kept_epoch)
        self._recorder.predictions()
        self._note_test(self._kept_epoch, means)
        return means

    @property
    def confusion(self) -> tuple[tuple[int, ...], ...]:
        """How the classes of the images that were evaluated last were taken for each other."""
        return self._steps.confusion.rows()

    def _train_epochs(self) -> None:
        """Do the epochs that are left, to the last or until the recipe's patience ends them."""
        done, step = divmod(self._done, self._run.steps_per_epoch)
        if done and not step and done not in {event.epoch for event in self._epochs}:
            done, step = done - 1, self._run.steps_per_epoch  # it was stopped while it validated
        while done < self._run.recipe.epochs and not self._stops_early():
            epoch, began = done + 1, self._watch.elapsed
            trained = self._train(epoch, step)
            self._end_epoch(epoch, trained, self._validate(epoch), began)
            self._plan_again(epoch, self._watch.elapsed - began)
            done, step = epoch, 0

    def _plan_again(self, epoch: int, seconds: float) -> None:
        """Where the recipe is to fill some minutes: have as many epochs as fit, now that one took so many seconds.

        The first, and the first with all layers, say little: TensorFlow compiled in them. There is always a last one,
        in which the schedule comes to its end; nothing is added after it.
        """
        recipe = self._run.recipe
        if recipe.minutes is None or not recipe.head_epochs + 1 < epoch < recipe.epochs:
            return
        left = 60 * recipe.minutes - self._run.seconds - self._watch.elapsed - self._recorder.test_seconds
        epochs = min(MOST_EPOCHS, epoch + epochs_in(left, seconds))
        if epochs != recipe.epochs:
            self._run.plan(epochs)
            self._journal.write(Replanned(epochs=epochs))

    def _train(self, epoch: int, step: int) -> Means:
        """Train from `step` to the end of the epoch, in an order of its own that follows from the seed."""
        run, recorder = self._run, self._recorder
        if not step:
            self._steps.trained.set(Sums())
        order = epoch_order(run.train, run.recipe.seed, epoch)
        batches = run.samples.ordered(order, run.recipe.batch_size)
        length = run.steps_per_epoch
        before = (epoch - 1) * length
        skipped = self._schedule_begins * length
        schedule = restarted(run.recipe, self._schedule_begins)
        if self._fine_tuning.enter(epoch, step):
            recorder.speed.compiling()
        recorder.speed.begin()

        def steps(first: int, count: int) -> float:
            at = rates(schedule, before + first - skipped, count, length)
            rates_of_steps = tf.constant(at, tf.float32)
            return float(self._steps.train(*batches.take(first, count), rates_of_steps, before + first))

        stops = [kept - before for kept in run.kept_steps if step < kept - before < length]
        for stop in [*stops, length]:
            for done in self._execution.run(steps, step, stop, recorder.speed):
                self._done = before + done
                recorder.progress(epoch, done, self._done)
                self._recorder.save_if_due(self._done)
            step = max(step, stop)
            self._recorder.keep(self._done)
        return self._steps.trained.means()

    def _validate(self, epoch: int) -> Means | None:
        if not len(self._run.validation):
            return None
        with self._steps.average.applied():
            return self._evaluate(self._run.samples, self._run.validation, "validation", epoch)

    @property
    def _kept_epoch(self) -> int:
        """The epoch whose weights are the result."""
        return self._best_epoch if self._run.directory.best_file.exists() else len(self._epochs)

    def _test(self, epoch: int) -> Means:
        """Evaluate the weights of the kept epoch on the test images.

        The last weights are in the model afterwards: the checkpoint of a run that is stopped meanwhile has those.
        """
        model, last = self._run.model, len(self._epochs)
        order = np.arange(len(self._run.test.labels), dtype=np.int32)
        if epoch == last and self._done:  # what a run without a checkpoint was trained to is not in the model
            with self._steps.average.applied():
                return self._evaluate(self._run.test, order, "test", last)
        last_weights = model.get_weights()
        try:
            model.set_weights(_read_weights(self._run, self._run.directory.best_file))
            return self._evaluate(self._run.test, order, "test", last)
        finally:
            model.set_weights(last_weights)

    def _note_test(self, epoch: int, means: Means) -> None:
        """Note in the ledger that the test set was evaluated."""
        run = self._run
        evaluation = TestEvaluation(
            test_set=run.test_digest,
            data=run.data_name,
            run=run.directory.id,
            by="training",
            weights="best" if run.directory.best_file.exists() else "last",
            epoch=epoch,
            accuracy=means.accuracy,
        )
        record(evaluation)

    def _evaluate(self, feed: Feed, order: Indices, images: Literal["validation", "test"], epoch: int) -> Means:
        self._steps.evaluated.set(Sums())
        self._steps.confusion.clear()
        self._steps.predicted.clear(len(order))
        size = self._run.recipe.batch_size
        ordered, batches = feed.ordered(order, size), self._run.recipe.batches(len(order))

        def steps(first: int, count: int) -> float:
            return float(self._steps.evaluate(*ordered.take(first, count), count))

        for done in self._execution.run(steps, 0, batches, self._recorder.evaluation_speed):
            self._recorder.evaluating(images, epoch, done, batches)
        return self._steps.evaluated.means()

    @property
    def _best_epoch(self) -> int:
        """The epoch whose weights are in the file of the best; 0 before the first."""
        return max((event.epoch for event in self._epochs if event.best), default=0)

    def _stops_early(self) -> bool:
        """Return whether the recipe's patience, with the epochs of this run, is at its end, and report it."""
        patience, best, last = self._run.recipe.patience, self._best_epoch, len(self._epochs)
        if patience is None or last - max(best, self._inherited) < patience:
            return False
        self._journal.write(EarlyStop(epoch=last, best_epoch=best, patience=patience))
        return True

    def _end_epoch(self, epoch: int, trained: Means, validated: Means | None, began: float) -> None:
        """Save the weights if they are the best so far, report the epoch, and only then write the checkpoint.

        Without validation images nothing says which are better: the newest are kept. A worker that is killed in
        between does the epoch again, and what was reported of it is dropped.
        """
        best = validated is None or validated.accuracy > max(
            (event.val_accuracy for event in self._epochs if event.val_accuracy is not None), default=-1.0
        )
        if best:
            self._recorder.save_best(self._done)
        event = self._recorder.epoch(epoch, trained, validated, began, self._done, best=best)
        self._epochs.append(event)
        self._recorder.save(self._done)
        whole = epoch > self._run.recipe.head_epochs
        if whole and (seconds := self._recorder.speed.whole):  # how fast this machine was, for later predictions
            run = self._run
            known = measurement(run.analysis, run.recipe, run.precision, run.runtime, seconds)
            evaluated = self._recorder.evaluation_speed.whole
            machine.record(msgspec.structs.replace(known, memory=event.memory, evaluation_seconds=evaluated))


def _read_weights(run: PreparedRun, file: Path) -> Any:
    """Read the weights of a run's model from a file: a list of arrays.

    Raises:
        TrainingError: the file is damaged.
    """
    model = build(run.analysis.network)
    try:
        load_weights(model, file, str(file))
    except RunError as error:
        advice = _("Delete {path} and resume the run: its last weights are tested.").format(path=file)
        raise TrainingError(str(error), advice) from error
    return model.get_weights()
