"""One call of `fit` as a run: its directory, its lock, its events, its files of weights."""

import platform
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from shutil import copyfile
from time import monotonic
from typing import Any

import msgspec
import numpy as np
import psutil

import tui_cnn
from tui_cnn.atomic import replacing, write_atomic
from tui_cnn.core.network import Network
from tui_cnn.data.images import are_light_on_black
from tui_cnn.formats.toml import dumps_network, dumps_toml
from tui_cnn.i18n import _
from tui_cnn.keras.facts import backend_of, learning_rate, number, package_of, version_of
from tui_cnn.keras.fit_call import FitCall
from tui_cnn.keras.images import GivenImages, ImageEvaluation
from tui_cnn.runs.dated import slug
from tui_cnn.runs.directory import ImageTraits, RunDirectory, list_runs, write_desired
from tui_cnn.runs.events import Checkpoint, Epoch, Failed, Finished, Paused, Progress, Resumed, Started, Stopped
from tui_cnn.runs.history import accuracy_name
from tui_cnn.runs.ledger import TestEvaluation, record
from tui_cnn.runs.lock import held, is_held
from tui_cnn.runs.origin import Origin, how_to_resume, make_foreign, read_origin, write_origin
from tui_cnn.runs.predictions import KeptPredictions, save_predictions
from tui_cnn.runs.recorded_images import as_images, save_images
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.control import Control
from tui_cnn.worker.execution import Speed, Stopwatch
from tui_cnn.worker.journal import Journal

_PROGRESS_EVERY = 0.2
"""Seconds, as of our worker."""
_SAVING_SHARE = 0.01
"""Share of the time for checkpoints: where epochs are short, those that are not the best may have none."""
_LOOKED_AT = 256


def find_recorded(name: str, network: Network | None = None) -> RunDirectory | None:
    """Find the newest run that was recorded under a name, unless it is still going on; None: there is none.

    `network`: it must have been this one.
    """
    for run in list_runs():
        with suppress(Exception):  # a damaged one is none
            origin = read_origin(run)
            if origin is None or origin.file or run.name != slug(name) or is_held(run.lock_file):
                continue
            if network is not None and run.network_file.read_text("utf-8") != dumps_network(network):
                continue
            return run
    return None


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
        self.origin = origin
        older = find_recorded(name, network) if first_epoch else None
        self.run = older or make_foreign(name, network, origin, lambda run: self._fill(run, network, class_names))
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
        self._saved_at, self._saving, self._saved_step = monotonic(), 0.0, -1
        self._best_weights: list[Any] | None = None
        self._best_epoch = max((epoch.epoch for epoch in self._past if epoch.best), default=0)
        self.is_stopping = False
        with ExitStack() as opened:
            opened.enter_context(held(self.run.lock_file))
            self._journal = Journal(self.run.events_file)
            opened.callback(self._journal.close)
            self._write_started(first_epoch)
            self._open = opened.pop_all()
        self._ended = call.watch(self._abandon)

    def _fill(self, run: RunDirectory, network: Network | None, class_names: tuple[str, ...]) -> None:
        """Put into a new directory what is told once: a recipe as far as it is known, and what its images are like."""
        scale = None
        traits = None
        if network is not None:
            test = self._test.scaled if self._test is not None else None
            given = self._call.some_images(_LOOKED_AT)
            looked_at = test or (as_images(given) if given is not None else None)
            if looked_at is not None:
                scale = looked_at.scale
                height, width, channels = looked_at.images.shape[1:]
                traits = ImageTraits((height, width, channels), are_light_on_black(looked_at.images))
            if test is not None and self._test is not None and self._test.labels is not None:
                save_images(run, test.images, self._test.labels)
            self._write_recipe(run, scale)
        if traits is not None:
            write_atomic(run.images_file, msgspec.json.encode(traits))
        if class_names:
            write_atomic(run.classes_file, msgspec.json.encode(class_names))

    def _write_recipe(self, run: RunDirectory, scale: str | None) -> None:
        known = {
            "epochs": self._epochs or None,
            "batch_size": self._batch_size,
            "learning_rate": self.origin.learning_rate or None,
            "scale": scale,
            "data": str(run.recorded_images_file),
        }
        run.recipe_file.write_text(dumps_toml({name: value for name, value in known.items() if value}), "utf-8")

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
            precision=_precision(self._model),
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
        best = self._is_best(event) and self._save_best()
        event = msgspec.structs.replace(event, best=best)
        self._epoch, self._latest = epoch + 1, (0, self._latest[1])
        self._journal.write(event)
        self._past.append(event)
        if best:
            self._best_epoch = event.epoch
        if best or self._saved_step < 0 or monotonic() - self._saved_at >= self._saving / _SAVING_SHARE:
            self._save_checkpoint(copy=best)
        self._overhead = self._watch.elapsed - (now if self._trained is None else self._trained)

    def _confusion(self) -> tuple[tuple[int, ...], ...]:
        if self._validation is None:
            return ()
        found = self._evaluated(self._validation, metrics=False)
        return found.confusion if found is not None else ()

    def _evaluated(self, images: GivenImages, *, metrics: bool = True) -> ImageEvaluation | None:
        """Evaluate the model as it is; where Keras cannot, a line says why."""
        try:
            return images.evaluate(self._synced, metrics=metrics)
        except Exception as error:  # whatever a person's layers and arrays lead to
            write_line(_("the images given to the Recorder cannot be evaluated: {reason}").format(reason=error))
            return None

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

    def _save_best(self) -> bool:
        if self.origin.no_weights:
            return False
        if self._test is not None:
            self._best_weights = self._synced.get_weights()
        return self._save(self.run.best_file)

    def _save_checkpoint(self, *, copy: bool = False) -> None:
        """Write the weights and the optimizer as they are; they may be those just saved as the best."""
        step = self._done
        if self.origin.no_weights or step == self._saved_step:
            return
        if copy:
            with replacing(self.run.checkpoint_file, _temporary(self.run.checkpoint_file)) as temporary:
                copyfile(self.run.best_file, temporary)
        elif not self._save(self.run.checkpoint_file):
            return
        self._saved_at, self._saved_step = monotonic(), step
        self._journal.write(Checkpoint(step=step, elapsed=self._watch.elapsed))

    def _save(self, file: Path) -> bool:
        """Save the model as Keras does it; where Keras cannot, the run says why, and goes on without weights."""
        began = monotonic()
        try:
            with replacing(file, _temporary(file)) as temporary:
                self._synced.save(str(temporary))
        except OSError:
            raise
        except Exception as error:  # it calls what a person has written for their layers
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            message = _("Keras cannot save the weights of this model: {reason}")
            self.origin = msgspec.structs.replace(self.origin, no_weights=message.format(reason=reason))
            write_origin(self.run, self.origin)
            return False
        self._saving = monotonic() - began
        return True

    @property
    def _synced(self) -> Any:
        """The model, with the weights that it has by now: with JAX, they are elsewhere while it trains."""
        if hasattr(self._model, "jax_state_sync"):
            self._model.jax_state_sync()
        return self._model

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
        model = self._synced
        epoch = self._best_epoch if self._best_weights is not None else self._epoch
        last = model.get_weights()
        try:
            if self._best_weights is not None:
                model.set_weights(self._best_weights)
            tested = self._evaluated(self._test)
        finally:
            model.set_weights(last)
        if tested is not None and tested.accuracy is not None:
            digest = self._test.digest
            weights = "best" if self._best_weights is not None else "last"
            entry = TestEvaluation(
                test_set=digest,
                data=self.run.name,
                run=self.run.id,
                by="training",
                weights=weights,
                epoch=epoch,
                accuracy=tested.accuracy,
            )
            record(entry)
            if tested.predicted is not None and self._test.labels is not None:
                labels = self._test.labels.astype(np.uint32)
                save_predictions(self.run, KeptPredictions(tested.predicted.astype(np.uint32), labels, digest))
        return tested, epoch

    def _abandon(self) -> None:
        """Report that `fit` has ended by an error; called in another thread, or when the program ends."""
        with self._closing:
            if self._ended.is_set():
                return
            self._ended.set()
            error = self._call.error
            with suppress(OSError):
                self._journal.write(_ending(error))
            self._close()

    def abandon(self) -> None:
        """Report that `fit` has ended by an error, unless its end was reported."""
        self._abandon()

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
        self._best_weights = None
        with suppress(OSError):
            self._open.close()


def write_line(line: str) -> None:
    """Write a line on standard error, which may be closed."""
    with suppress(Exception):
        sys.stderr.write(f"cnn-tui: {' '.join(line.split())[:500]}\n")


def _ending(error: BaseException | None) -> Stopped | Failed:
    if isinstance(error, KeyboardInterrupt):
        return Stopped()
    advice = how_to_resume()
    if error is None:
        return Failed(error=_("fit ended before its last epoch, by an error that your program handled."), advice=advice)
    reason = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    name = type(error).__name__
    return Failed(error=f"{name}: {reason[:500]}" if reason else name, advice=advice)


def _temporary(path: Path) -> Path:
    return path.with_suffix(f".tmp{path.suffix}")  # Keras looks at the suffix


def _precision(model: Any) -> Any:
    """Return what the layers compute with; where that is none of the names that we have, float32."""
    policy = getattr(getattr(model, "dtype_policy", None), "name", "") or getattr(model, "_dtype", "")
    return policy if policy in ("mixed_bfloat16", "mixed_float16") else "float32"
