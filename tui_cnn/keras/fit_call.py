"""The call of `fit` that a callback is used in: what was given to it, and whether it is still going on.

Keras tells a callback neither. Both are read from the frame of the call: `fit`'s arguments are its local variables,
under the names that Keras documents.
"""

import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

import numpy as np

_BEGIN = "on_train_begin"
_DEFAULT_BATCH = 32
"""That of `fit` for arrays, as Keras documents it."""
_INTERVAL = 0.5
"""Seconds between two looks at whether it still goes on."""


class FitCall:
    """The call of `fit` around this one, as far as it can be read; empty after `forget`.

    Attributes:
        batch_size, train_images, validation_images: None where they are not known, as of a generator.
    """

    def __init__(self) -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_name != _BEGIN:
            frame = frame.f_back
        while frame.f_back is not None and frame.f_code.co_name == _BEGIN:
            frame = frame.f_back
        self._frame: FrameType | None = frame
        self._caller = _outside(frame)
        self._thread = threading.get_ident()
        given = frame.f_locals
        self.batch_size = _batch_size(given)
        self.train_images = _count(given.get("x"))
        validation = given.get("validation_data")
        self.validation_images = _count(validation[0]) if isinstance(validation, tuple | list) and validation else None
        if validation is None and given.get("validation_split") in (None, 0, 0.0):
            self.validation_images = 0

    def some_images(self, count: int) -> np.ndarray[Any, Any] | None:
        """Return the first of the images to train on, if `fit` was given an array of them."""
        x = self._frame.f_locals.get("x") if self._frame is not None else None
        return x[:count] if isinstance(x, np.ndarray) else None

    @property
    def is_active(self) -> bool:
        """Whether the call has not ended, in whatever way."""
        frame = sys._current_frames().get(self._thread)
        while frame is not None:
            if frame is self._frame:
                return True
            frame = frame.f_back
        return False

    @property
    def error(self) -> BaseException | None:
        """What ended the call, if Python has reported it: nobody has handled it."""
        error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
        if isinstance(error, BaseException) and _passes(error.__traceback__, self._caller):
            return error
        return None

    def forget(self) -> None:
        """Let go of the frame, and so of the arrays that `fit` was given."""
        self._frame = self._caller = None

    def watch(self, ended: Callable[[], None]) -> threading.Event:
        """Call `ended` in another thread once the call has ended, unless the returned event is set before."""
        stop = threading.Event()

        def poll() -> None:
            while not stop.wait(_INTERVAL):
                if not self.is_active:
                    stop.wait(_INTERVAL)  # until then Python has reported why
                    if not stop.is_set():
                        ended()
                    return

        threading.Thread(target=poll, name="cnn-tui recorder", daemon=True).start()
        return stop


def _outside(frame: FrameType) -> FrameType | None:
    """Find who has called Keras: errors pass there, while those of Keras' own frames are cut out."""
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    caller: FrameType | None = frame
    while caller is not None and str(caller.f_globals.get("__name__", "")).partition(".")[0] == package:
        caller = caller.f_back
    return caller if caller is not None else frame


def _passes(traceback: TracebackType | None, frame: FrameType | None) -> bool:
    while traceback is not None:
        if traceback.tb_frame is frame:
            return True
        traceback = traceback.tb_next
    return False


def _batch_size(given: dict[str, Any]) -> int | None:
    size = given.get("batch_size")
    if isinstance(size, int) and size > 0:
        return size
    if size is None and "batch_size" in given and _count(given.get("x")) is not None:
        return _DEFAULT_BATCH
    return None


def _count(x: Any) -> int | None:
    """Count the images of an array, a tensor, or several of them for several inputs; None: it is something else."""
    if isinstance(x, list | tuple) and x:
        return _count(x[0])
    if isinstance(x, dict) and x:
        return _count(next(iter(x.values())))
    shape = getattr(x, "shape", None)
    try:
        return int(shape[0]) if shape is not None and len(shape) > 1 else None
    except (TypeError, ValueError, IndexError):
        return None
