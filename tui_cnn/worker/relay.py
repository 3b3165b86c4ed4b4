"""The process of an app of a served class that stands for a worker forked elsewhere, see `runs.shared_workers`."""

import os
import select
import signal
import socket
import sys
from contextlib import suppress

from tui_cnn.confinement import WORKERS
from tui_cnn.i18n import _, language
from tui_cnn.runs.shared_workers import pair, receive, send

_STREAMS = 3


def run_shared(arguments: list[str]) -> int:
    """Let a worker be forked that has this process' standard streams; return its exit status once it has ended.

    One that was ended by a signal ends this process with the same.
    """
    ours, theirs = pair()
    with ours:
        try:
            with theirs, socket.socket(fileno=os.dup(int(os.environ[WORKERS]))) as server:
                request = {"arguments": arguments, "language": language()}
                send(server, request, [*range(_STREAMS), theirs.fileno()])
            status = _wait(ours, arguments)
        except OSError:  # the server has ended
            status = None
    if status is None:
        sys.stderr.write(_("the worker was ended by the server; try again") + "\n")
        return 1
    if status < 0:
        signal.signal(-status, signal.SIG_DFL) if -status != signal.SIGKILL else None
        os.kill(os.getpid(), -status)
    return status


def _wait(server: socket.socket, arguments: list[str]) -> int | None:
    """Return how the worker has ended; None: the server has."""
    poll = select.poll()
    poll.register(server, select.POLLIN)
    if arguments == ["inspect"]:  # others have all of their input at once
        poll.register(sys.stdin.fileno(), select.POLLRDHUP)  # and POLLHUP, which is always reported
    while True:
        ready = dict(poll.poll())
        if server.fileno() not in ready:  # nobody wants the answer any more
            return 0
        message, _files = receive(server)
        match message:
            case {"waiting": int(before)} if arguments == ["inspect"]:
                from tui_cnn.runs.inspection.frames import WaitingFrame, frame

                os.write(sys.stdout.fileno(), frame(WaitingFrame(before)))
            case {"started": True}:  # from now on, the worker reads the input
                with suppress(KeyError):
                    poll.unregister(sys.stdin.fileno())
            case {"refused": str(reason)}:
                sys.stderr.write(reason + "\n")
                return 1
            case {"status": int(status)}:
                return status
            case None:
                return None
