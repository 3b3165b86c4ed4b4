"""`python -m tui_cnn.worker inspect`: requests come in, replies go out; it ends when its input does."""

import math
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from tui_cnn.confinement import is_served
from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection import frames
from tui_cnn.runs.inspection.replies import Failure
from tui_cnn.runs.inspection.requests import Activate, Kernels, Open, Predict
from tui_cnn.runs.turns import take_slot
from tui_cnn.worker.loading import load_tensorflow

if TYPE_CHECKING:
    from tui_cnn.worker.inspection.answers import Answers
    from tui_cnn.worker.inspection.loaded_model import Job

_IDLE = 60.0
"""Seconds without a question after which an inspector of a served app ends, so that others have room for theirs."""

_TURN = 3.0
"""Seconds after the first answer, or without a question, before others that need the place get it."""
_LONGEST_TURN = 30.0
"""Seconds before others get the place, though there was no answer yet: then, nothing more is taken on."""
_LONGEST = 60
"""Seconds that one step of an answer may take in a served app: then the process is ended, whatever it computes."""

Inbox = queue.SimpleQueue[frames.ToInspector | None]
"""What has come in; None: others need this inspector's place. A signal handler may put that, too."""

_QUICK = (Open, Activate, Predict, Kernels)
"""What is not kept waiting by the other kinds of request: some of these compile for seconds in one step."""


def main() -> int:
    """Serve until the input ends; return the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the client; closing the input ends this
    source, sink = _take_streams()
    inbox: Inbox = queue.SimpleQueue()
    if is_served():
        signal.signal(signal.SIGUSR1, lambda *_: inbox.put(None))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    threading.Thread(target=_receive, args=(source, inbox), daemon=True).start()
    # A trainer may use the GPU, and allocates all of its memory; a single image needs none.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    try:
        take_slot()
        load_tensorflow()
        from tui_cnn.worker.inspection.answers import Answers
    except ImportError as error:
        sys.stderr.write(_("TensorFlow cannot be loaded: {reason}").format(reason=error) + "\n")
        return 1
    except RunError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _send(sink, frames.HelloFrame(frames.PROTOCOL))
    _serve(inbox, sink, Answers(), _IDLE if is_served() else None)
    return 0


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Reserve the pipe for frames: other output of this process goes to the log, other input is empty."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return source, sink


def _receive(source: BinaryIO, inbox: Inbox) -> None:
    """Receive messages; at the end of the input end the process at once."""
    status = 0
    try:
        while (message := frames.read_frame(source, frames.to_inspector)) is not None:
            inbox.put(message)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        status = 2
    sys.stderr.flush()
    os._exit(status)


def _send(sink: BinaryIO, message: frames.FromInspector) -> None:
    data = memoryview(frames.frame(message))
    try:
        while data:
            data = data[os.write(sink.fileno(), data) :]
    except OSError:  # the client has ended
        os._exit(0)


def _serve(inbox: Inbox, sink: BinaryIO, answers: "Answers", idle: float | None = None) -> None:
    """Step through the jobs: the one with the fewest steps comes first, so the newest does. Quick ones are ahead.

    Return after `idle` seconds without any, None: never. Once others need the place, return when the turn is over and
    those that were asked for in it are answered.
    """
    jobs: dict[int, tuple[int, Job]] = {}
    leaving = False
    turn_ends = math.inf  # it begins with the first answer
    while True:
        while not jobs or not inbox.empty():
            now = time.monotonic()
            if leaving and not jobs and now >= turn_ends:
                _send(sink, frames.ByeFrame())
                return
            patience = min(turn_ends - now, _TURN) if leaving else idle
            try:
                message = inbox.get(timeout=None if jobs else patience)
            except queue.Empty:
                leaving, turn_ends = True, min(turn_ends, now)
                continue
            match message:
                case None:
                    leaving, turn_ends = True, min(turn_ends, now + _LONGEST_TURN)
                case frames.RequestFrame(id=number, request=request) if not leaving or now < turn_ends:
                    jobs[number] = (0 if isinstance(request, _QUICK) else 1, answers.begin(request))
                case frames.CancelFrame(id=number):
                    jobs.pop(number, None)
        number = min(jobs, key=lambda each: (jobs[each][0], -each))
        turns, job = jobs.pop(number)
        with _limited(None if idle is None else _LONGEST):
            try:
                share = next(job)
            except StopIteration as end:
                reply = end.value
            except Exception as error:
                reply = Failure(message=_explain(error))
            else:
                jobs[number] = (turns + 1, job)
                _send(sink, frames.ProgressFrame(number, share))
                continue
        _send(sink, frames.ReplyFrame(number, reply))
        turn_ends = min(turn_ends, time.monotonic() + _TURN)


@contextmanager
def _limited(seconds: int | None) -> Iterator[None]:
    """Let the system end this process if it takes more seconds."""
    if seconds is None:
        yield
        return
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _explain(error: Exception) -> str:
    """Describe an error in one line; the traceback of a mistake in this program goes to the log."""
    reason = next(iter(str(error).splitlines()), "") or type(error).__name__
    if isinstance(error, UserError):
        return reason
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return _("not enough memory for this network")
    traceback.print_exception(error)
    return _("bug in cnn-tui: {kind}: {reason}").format(kind=type(error).__name__, reason=reason)
