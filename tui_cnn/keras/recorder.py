"""The callback: what Keras calls while it trains. Whatever goes wrong here, the training goes on."""

import atexit
import re
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.keras.facts import find_network, find_origin
from tui_cnn.keras.fit_call import FitCall
from tui_cnn.keras.images import GivenImages
from tui_cnn.keras.notices import write_line
from tui_cnn.keras.recorded_run import find_recorded
from tui_cnn.keras.recording import Recording
from tui_cnn.runs.snapshot import Follower

_recorders: "weakref.WeakSet[Recorder]" = weakref.WeakSet()


def _ignored(_self: "Recorder", *_given: Any, **_named: Any) -> None:
    """Nothing is recorded here."""


_ignored._is_default = True  # type: ignore[attr-defined]


class Recorder:
    """Records what `fit` trains as a run, which cnn-tui shows live, pauses and stops: a callback of Keras.

    Each call of `fit` is a run of its own. With `initial_epoch`, the newest run of this name that is of the same model
    goes on, whatever became of it; `restore` finds the epoch. Pausing and stopping happen between batches.

    It is of no class of Keras, so that it suits Keras 3 and tf-keras, and needs neither to be imported.

    Args:
        name: what the run and its network are called.
        validation: images and their classes as `fit` takes them, (n, ...) and (n, ...), of which each epoch records how
            classes are taken for each other. It costs to predict them once more.
        test: images and their classes, on which the best weights are evaluated once, at the end. They are kept with the
            run to look into the network with, where they are images of at most 64 MiB.
        class_names: of the outputs, in their order.

    Raises:
        ValueError: images and classes are no arrays of the same length.
    """

    async_safe = True  # Keras 3: of batches we only keep what was told last
    _supports_tf_logs = True  # tf-keras: we read few of the numbers
    _chief_worker_only = True

    def __init__(
        self,
        name: str,
        *,
        validation: tuple[Any, Any] | None = None,
        test: tuple[Any, Any] | None = None,
        class_names: Sequence[str] = (),
    ) -> None:
        self.name = re.sub(r"[/\\\x00-\x1f\x7f-\x9f]", "-", name)[:64] or "network"
        self.model: Any = None
        self.params: Mapping[str, Any] = {}
        self._validation = GivenImages(*validation) if validation is not None else None
        self._test = GivenImages(*test) if test is not None else None
        self._class_names = tuple(map(str, class_names))
        self._call: FitCall | None = None
        self._epoch = 0
        self._recording: Recording | None = None
        _recorders.add(self)

    @property
    def run_id(self) -> str:
        """The id of the run that is being recorded, or was last; empty: there is none."""
        return self._recording.run.id if self._recording is not None else ""

    def restore(self, model: Any) -> int:
        """Put the last saved weights, and the optimizer's state, of the newest run of this name into a compiled model.

        Returns how many epochs they were trained for, to be given to `fit` as `initial_epoch`: 0 where there is nothing
        to go on with, because there is no such run of this model or it has finished. Of an epoch that was cut off
        nothing counts as done.
        """
        try:
            network, _problem = find_network(model, self.name)
            run = find_recorded(self.name, network)
            snapshot = Follower(run).poll() if run is not None else None
            if run is None or snapshot is None or snapshot.started is None or snapshot.checkpoint is None:
                return 0
            if snapshot.finished is not None or not run.checkpoint_file.exists():
                return 0
            with suppress(AttributeError):
                model.optimizer.build(model.trainable_variables)  # so that its state has a place
            model.load_weights(str(run.checkpoint_file))
        except Exception as error:  # Keras has no error of its own for files that do not fit
            write_line(
                _("{name} starts over, its last weights cannot be read: {reason}").format(name=self.name, reason=error)
            )
            return 0
        return snapshot.checkpoint.step // snapshot.started.steps_per_epoch

    def set_params(self, params: Mapping[str, Any] | None) -> None:
        """Take from Keras how many epochs and steps there will be."""
        self.params = params or {}

    def set_model(self, model: Any) -> None:
        """Take the model from Keras."""
        self.model = model

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Note the call of `fit`; the run is made once the first epoch is known and the model is built."""
        with self._guarded():
            self._end_abandoned()
            self._recording = None
            self._call = FitCall()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Begin the run, or an epoch of it."""
        self._epoch = epoch
        with self._guarded():
            if self._recording is None and getattr(self.model, "built", True):
                self._begin()
            elif self._recording is not None:
                self._recording.begin_epoch(epoch)

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report where the training is; pause, or stop."""
        if batch:
            with self._guarded():
                if self._recording is None:
                    self._begin()
                if self._recording is not None:
                    self._recording.between_batches()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Take what Keras tells."""
        if self._recording is not None:
            self._recording.take_logs(batch, logs)

    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Note that the epoch is validated."""
        if self._recording is not None:
            self._recording.trained()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Record the epoch."""
        with self._guarded():
            if self._recording is None:
                self._begin()
            if self._recording is not None:
                self._recording.end_epoch(epoch, logs or {})

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Record the end."""
        with self._guarded():
            if self._recording is not None:
                self._recording.finish()
        self._call = None

    on_batch_begin = on_batch_end = _ignored
    on_test_batch_begin = on_test_batch_end = on_test_end = _ignored
    on_predict_begin = on_predict_batch_begin = on_predict_batch_end = on_predict_end = _ignored

    def _implements_train_batch_hooks(self) -> bool:
        """Tell tf-keras to call the hooks of batches."""
        return True

    def _implements_test_batch_hooks(self) -> bool:
        return False

    def _implements_predict_batch_hooks(self) -> bool:
        return False

    def _begin(self) -> None:
        """Make the run, once for a call of `fit`."""
        call, self._call = self._call, None
        if call is None:  # it could not be made, or no fit is going on
            return
        network, problem = find_network(self.model, self.name)
        epochs = self.params.get("epochs") or 0
        origin = find_origin(self.model, call, epochs, problem)
        for images in (self._validation, self._test):
            if images is not None:
                images.batch_size = call.batch_size
        self._recording = Recording(
            self.name,
            self.model,
            network,
            origin,
            call,
            epochs=epochs,
            first_epoch=self._epoch,
            steps=self.params.get("steps"),
            class_names=self._class_names,
            validation=self._validation,
            test=self._test,
        )
        self._recording.begin_epoch(self._epoch)
        write_line(_("recording {id}; watch it with: cnn-tui attach {id}").format(id=self._recording.run.id))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Let nothing that goes wrong here reach the training: it is told once, and nothing more is recorded."""
        try:
            yield
        except Exception as error:
            reason = str(error) if isinstance(error, UserError | OSError) else f"{type(error).__name__}: {error}"
            write_line(_("{name} is not recorded any more: {reason}").format(name=self.name, reason=reason))
            self._call = None
            recording, self._recording = self._recording, None
            if recording is not None:
                recording.give_up(error)

    def _end_abandoned(self) -> None:
        """Record that the last call of `fit` has ended by an error, unless its end was recorded."""
        if self._recording is not None:
            self._recording.abandon()


@atexit.register
def _end_all() -> None:
    for recorder in list(_recorders):
        with suppress(Exception):
            recorder._end_abandoned()
