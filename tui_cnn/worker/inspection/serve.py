"""`python -m tui_cnn.worker inspect`: requests come in, replies go out; it ends when its input does."""

import os
import queue
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING, BinaryIO

from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.inspection import frames
from tui_cnn.runs.inspection.replies import Failure
from tui_cnn.runs.inspection.requests import Activate, Kernels, Open, Predict
from tui_cnn.worker.loading import load_tensorflow

if TYPE_CHECKING:
    from tui_cnn.worker.inspection.answers import Answers
    from tui_cnn.worker.inspection.loaded_model import Job

Inbox = queue.Queue[frames.ToInspector]

_QUICK = (Open, Activate, Predict, Kernels)
"""What is not kept waiting by the other kinds of request: some of these compile for seconds in one step."""


def main() -> int:
    """Serve until the input ends; return the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the client; closing the input ends this
    source, sink = _take_streams()
    inbox: Inbox = queue.Queue()
    threading.Thread(target=_receive, args=(source, inbox), daemon=True).start()
    # A trainer may use the GPU, and allocates all of its memory; a single image needs none.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    try:
        load_tensorflow()
        from tui_cnn.worker.inspection.answers import Answers
    except ImportError as error:
        sys.stderr.write(_("TensorFlow cannot be loaded: {reason}").format(reason=error) + "\n")
        return 1
    _send(sink, frames.HelloFrame(frames.PROTOCOL))
    _serve(inbox, sink, Answers())
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


def _serve(inbox: Inbox, sink: BinaryIO, answers: "Answers") -> None:
    """Step through the jobs: the one with the fewest steps comes first, so the newest does. Quick ones are ahead."""
    jobs: dict[int, tuple[int, Job]] = {}
    while True:
        while not jobs or not inbox.empty():
            match inbox.get():
                case frames.RequestFrame(id=number, request=request):
                    jobs[number] = (0 if isinstance(request, _QUICK) else 1, answers.begin(request))
                case frames.CancelFrame(id=number):
                    jobs.pop(number, None)
        number = min(jobs, key=lambda each: (jobs[each][0], -each))
        turns, job = jobs.pop(number)
        try:
            share = next(job)
        except StopIteration as end:
            _send(sink, frames.ReplyFrame(number, end.value))
        except Exception as error:
            _send(sink, frames.ReplyFrame(number, Failure(message=_explain(error))))
        else:
            jobs[number] = (turns + 1, job)
            _send(sink, frames.ProgressFrame(number, share))


def _explain(error: Exception) -> str:
    """Describe an error in one line; the traceback of a mistake in this program goes to the log."""
    reason = next(iter(str(error).splitlines()), "") or type(error).__name__
    if isinstance(error, UserError):
        return reason
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return _("not enough memory for this network")
    traceback.print_exception(error)
    return _("bug in cnn-tui: {kind}: {reason}").format(kind=type(error).__name__, reason=reason)
