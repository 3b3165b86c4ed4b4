"""One call of `fit` as a run: its directory, its lock, its events, its files of weights."""

import platform
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import Any

import msgspec
import numpy as np
import psutil

import tui_cnn
from tui_cnn.core.network import Network
from tui_cnn.i18n import _
from tui_cnn.keras.evaluation import evaluate, note_test
from tui_cnn.keras.facts import backend_of, learning_rate, number, package_of, precision_of, version_of
from tui_cnn.keras.fit_call import FitCall
from tui_cnn.keras.images import GivenImages, ImageEvaluation
from tui_cnn.keras.recorded_run import find_recorded, make_recorded
from tui_cnn.keras.weights import RecordedWeights
from tui_cnn.runs.directory import write_desired
from tui_cnn.runs.events import Checkpoint, Epoch, Failed, Finished, Paused, Progress, Resumed, Started, Stopped
from tui_cnn.runs.history import accuracy_name
from tui_cnn.runs.lock import held
from tui_cnn.runs.origin import Origin, how_to_resume, write_origin
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.control import Control
from tui_cnn.worker.execution import Speed, Stopwatch
from tui_cnn.worker.journal import Journal

_PROGRESS_EVERY = 0.2
"""Seconds, as of our worker."""


class Recording:
    """A run that is being recorded, from its first epoch on.

    Raises:
        RunError, OSError: its directory cannot be written.
    """

    def __init__(
        self,
        name: str,
        model: Any,
        network: Network | None,
        origin: Origin,
        call: FitCall,
        *,
        epochs: int,
        first_epoch: int,
        steps: int | None,
        class_names: tuple[str, ...],
        validation: GivenImages | None,
        test: GivenImages | None,
    ) -> None:
        self._model = model
        self._call = call
        self._epochs, self._steps = epochs, steps
        self._batch_size = origin.batch_size
        self._validation, self._test = validation, test
        older = find_recorded(name, network) if first_epoch else None
        self.run = older or make_recorded(name, network, origin, call, test, class_names)
        if older is not None:
            write_origin(older, origin)
            write_desired(older.desired_file, "run")
        self._closing = threading.Lock()
        past = Follower(self.run).poll() if older else None
        self._control = Control(self.run.desired_file)
        self._watch, self._speed = Stopwatch(past.elapsed if past else 0.0), Speed()
        self._past = [epoch for epoch in past.epochs if epoch.epoch <= first_epoch] if past else []
        self._epoch = first_epoch
        self._latest: tuple[int, Mapping[str, Any]] = (0, {})
        self._measured = (0, 0.0)
        self._reported_at = self._began = self._overhead = 0.0
        self._trained: float | None = None
        self._weights = RecordedWeights(model, self.run, origin, keeps_best=test is not None)
        self._best_epoch = max((epoch.epoch for epoch in self._past if epoch.best), default=0)
        self.is_stopping = False
        with ExitStack() as opened:
            opened.enter_context(held(self.run.lock_file))
            self._journal = Journal(self.run.events_file)
            opened.callback(self._journal.close)
            self._write_started(first_epoch)
            self._open = opened.pop_all()
        self._ended = call.watch(self.abandon)

    def _write_started(self, done: int) -> None:
        package, backend = package_of(self._model), backend_of(self._model)
        steps = self._steps or 1
        event = Started(
            python=platform.python_version(),
            tensorflow=version_of("tensorflow") if backend == "tensorflow" else "",
            keras=version_of(package),
            device=backend,
            pid=psutil.Process().pid,
            epochs=max(self._epochs, done),
            steps_per_epoch=steps,
            train_images=self._call.train_images,
            validation_images=self._call.validation_images,
            test_images=len(self._test.numbers) if self._test else 0,
            resumed_from=done * steps,
            cnn_tui=tui_cnn.__version__,
            numpy=np.__version__,
            precision=precision_of(self._model),
            batch_size=self._batch_size or 0,
        )
        self._journal.write(event)

    @property
    def _done(self) -> int:
        """Steps since the beginning of the run."""
        return self._epoch * (self._steps or 1) + self._latest[0]

    def begin_epoch(self, epoch: int) -> None:
        """Begin an epoch, counted from 0."""
        self._epoch = epoch
        self._latest, self._measured = (0, {}), (0, self._watch.elapsed)
        self._began, self._trained = self._watch.elapsed, None
        self._reported_at = self._began  # the first batch of an epoch takes longer than others
        self._speed.begin()

    def take_logs(self, batch: int, logs: Mapping[str, Any] | None) -> None:
        """Take what Keras tells after a batch, counted from 0. It may be called in another thread."""
        if batch + 1 >= self._latest[0]:
            self._latest = (batch + 1, logs or {})

    def between_batches(self) -> None:
        """Report where the training is, now and then; wait while it is to pause; let it stop."""
        now = self._watch.elapsed
        if now - self._reported_at >= _PROGRESS_EVERY:
            self._reported_at = now
            self._report(now)
        match self._control.command():
            case "pause":
                self._pause()
            case "stop":
                self._stop()

    def _report(self, now: float) -> None:
        step, logs = self._latest
        self._measure(step, now)
        if self._steps is None or not 0 < step <= self._steps or self._speed.latest is None:
            return
        event = Progress(
            epoch=self._epoch + 1,
            step=step,
            steps=self._steps,
            loss=number(logs.get("loss")),
            accuracy=number(logs.get(accuracy_name(logs))),
            images_per_second=self._images_per_second(self._speed.latest),
            seconds_left=self._seconds_left(self._steps - step),
            elapsed=now,
            learning_rate=learning_rate(self._model),
        )
        self._journal.write(event)

    def _measure(self, step: int, now: float) -> None:
        before, at = self._measured
        if step > before:
            self._speed.add(step - before, now - at)
            self._measured = (step, now)

    def _images_per_second(self, seconds: float | None) -> float | None:
        return self._batch_size / seconds if self._batch_size and seconds else None

    def _seconds_left(self, steps: int) -> float | None:
        if self._speed.steady is None or not self._epochs:
            return None
        epochs = self._epochs - self._epoch - 1
        return (steps + epochs * (self._steps or 0)) * self._speed.steady + (epochs + 1) * self._overhead

    def _pause(self) -> None:
        self._watch.pause()
        self._journal.write(Paused())
        command = self._control.wait_while_paused()
        self._journal.write(Resumed())
        self._watch.resume()
        self._measured = (self._latest[0], self._watch.elapsed)
        if command == "stop":
            self._stop()

    def _stop(self) -> None:
        self.is_stopping = True
        self._model.stop_training = True

    def trained(self) -> None:
        """Note that the batches of the epoch are done: what comes now is the validation."""
        self._trained = self._watch.elapsed

    def end_epoch(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Report an epoch, counted from 0, and save its weights if they are the best; unless it was cut off."""
        step = self._latest[0]
        if self.is_stopping and (self._steps is None or step < self._steps):
            return
        known_before, self._steps = self._steps, self._steps or max(1, step)
        if known_before is None:  # an epoch of a generator has shown how long it is
            self._write_started(epoch)
        now = self._watch.elapsed
        self._measure(step, now if self._trained is None else self._trained)
        metric = accuracy_name(logs)
        validated = number(logs.get(f"val_{metric}")) if metric else None
        event = Epoch(
            epoch=epoch + 1,
            loss=number(logs.get("loss")),
            accuracy=number(logs.get(metric)),
            val_loss=number(logs.get("val_loss")),
            val_accuracy=validated,
            seconds=now - self._began,
            learning_rate=learning_rate(self._model),
            memory=psutil.Process().memory_info().rss,
            best=False,
            images_per_second=self._images_per_second(self._speed.whole),
            confusion=self._confusion(),
        )
        best = self._is_best(event) and self._weights.save_best()
        event = msgspec.structs.replace(event, best=best)
        self._epoch, self._latest = epoch + 1, (0, self._latest[1])
        self._journal.write(event)
        self._past.append(event)
        if best:
            self._best_epoch = event.epoch
        if best or self._weights.is_due:
            self._save_checkpoint(copy_best=best)
        self._overhead = self._watch.elapsed - (now if self._trained is None else self._trained)

    def _confusion(self) -> tuple[tuple[int, ...], ...]:
        if self._validation is None:
            return ()
        found = evaluate(self._weights.model, self._validation, metrics=False)
        return found.confusion if found is not None else ()

    def _is_best(self, event: Epoch) -> bool:
        """Tell whether an epoch is better than all before: by accuracy, else by loss, on the validation images.

        Without these nothing says which weights are better: the newest are.
        """
        if event.val_accuracy is not None:
            others = [each.val_accuracy for each in self._past if each.val_accuracy is not None]
            return event.val_accuracy > max(others, default=-1.0)
        if event.val_loss is not None:
            losses = [each.val_loss for each in self._past if each.val_loss is not None]
            return event.val_loss < min(losses, default=float("inf"))
        return True

    def _save_checkpoint(self, *, copy_best: bool = False) -> None:
        step = self._done
        if self._weights.save_checkpoint(step, copy_best=copy_best):
            self._journal.write(Checkpoint(step=step, elapsed=self._watch.elapsed))

    def finish(self) -> None:
        """Report the end of the training: stopped on command, or done."""
        with self._closing:
            if self._ended.is_set():
                return
            self._ended.set()
            if self.is_stopping:
                self._save_checkpoint()
                self._journal.write(Stopped())
            elif self._past and self._past[-1].loss is None and self._latest[1].get("loss") is not None:
                reason = _("The loss is not a number any more.")
                advice = _("Train again with a lower learning rate.")
                self._journal.write(Failed(error=reason, advice=advice, diverged=True))
            else:
                self._save_checkpoint()
                self._write_finished()
            self._close()

    def _write_finished(self) -> None:
        tested, epoch = self._evaluate()
        event = Finished(
            test_loss=tested and tested.loss,
            test_accuracy=tested and tested.accuracy,
            seconds=self._watch.elapsed,
            best_epoch=self._best_epoch or self._epoch,
            tested_epoch=epoch,
            confusion=tested.confusion if tested else (),
        )
        self._journal.write(event)

    def _evaluate(self) -> tuple[ImageEvaluation | None, int]:
        """Evaluate the best weights on the test images, once, and note that; then the model has its last ones again."""
        if self._test is None or not self._past:
            return None, self._epoch
        has_best = self._weights.has_best
        epoch = self._best_epoch if has_best else self._epoch
        with self._weights.best() as model:
            tested = evaluate(model, self._test)
        if tested is not None:
            note_test(self.run, self._test, tested, "best" if has_best else "last", epoch)
        return tested, epoch

    def abandon(self) -> None:
        """Report that `fit` has ended by an error, unless its end was reported.

        It is called in another thread, by the next call of `fit`, or when the program ends.
        """
        with self._closing:
            if self._ended.is_set():
                return
            self._ended.set()
            error = self._call.error
            with suppress(OSError):
                self._journal.write(_ending(error))
            self._close()

    def give_up(self, error: BaseException) -> None:
        """Record no more: it cannot be written, or something is wrong here. The training goes on."""
        with self._closing:
            if self._ended.is_set():
                return
            self._ended.set()
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            failed = Failed(
                error=_("The recording ended: {reason}").format(reason=reason),
                advice=_("The training went on without it."),
            )
            for _attempt in range(2):  # the first frees the reserve, where the disk is full
                with suppress(Exception):
                    self._journal.write(failed)
                    break
            self._close()

    def _close(self) -> None:
        self._call.forget()
        self._weights.forget()
        with suppress(OSError):
            self._open.close()


def _ending(error: BaseException | None) -> Stopped | Failed:
    if isinstance(error, KeyboardInterrupt):
        return Stopped()
    advice = how_to_resume()
    if error is None:
        return Failed(error=_("fit ended before its last epoch, by an error that your program handled."), advice=advice)
    reason = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    name = type(error).__name__
    return Failed(error=f"{name}: {reason[:500]}" if reason else name, advice=advice)
