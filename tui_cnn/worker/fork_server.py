"""The process of a served class that has loaded TensorFlow, and forks a worker for each request of the server.

A fork shares the memory of what is loaded, some 600 MB, and begins at once. It is confined to the home of the person
before it reads anything of theirs, so that what one person's files do to it reaches nobody else. This process itself
reads nothing of a person's, and runs nothing of TensorFlow's that could not be forked.
"""

import ctypes
import gc
import os
import select
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from tui_cnn.confinement import VARIABLE, confine_to
from tui_cnn.i18n import _, use_language
from tui_cnn.runs import shared_workers
from tui_cnn.runs.guest import become_guest
from tui_cnn.worker.loading import load_tensorflow

_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_STREAMS = 3
_LOADED = "tui_cnn.worker.inspection.answers", "tui_cnn.worker.inspection.serve", "tui_cnn.worker.augmentation"

Work = Callable[[list[str]], int]


def main(number: int, work: Work) -> int:
    """Fork until the server closes the socket of that number; return the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})  # until a worker knows what it means
    with socket.socket(fileno=number) as server:
        try:
            load_tensorflow()
            for module in _LOADED:
                import_module(module)
        except ImportError as error:
            with suppress(OSError):
                reason = _("TensorFlow cannot be loaded: {reason}").format(reason=error)
                shared_workers.send(server, {"failed": reason})
            return 1
        gc.collect()
        gc.freeze()  # so that the forks leave shared what they only count
        with suppress(OSError):  # the server has ended
            Forks(server, work).run()
    return 0


class Forks:
    """The workers that were forked and have not ended, by the file that says when they do (pidfd_open(2))."""

    def __init__(self, server: socket.socket, work: Work) -> None:
        self._server = server
        self._work = work
        self._ids: dict[int, tuple[int, int]] = {}  # file: (number of the request, number of the process)
        self._poll = select.poll()
        self._poll.register(server, select.POLLIN)

    def run(self) -> None:
        """Do what the server says, and report who has ended."""
        while True:
            for file, _event in self._poll.poll():
                if file in self._ids:
                    self._bury(file)
                elif not self._obey():
                    return

    def _obey(self) -> bool:
        message, files = shared_workers.receive(self._server, _STREAMS)
        match message:
            case {
                "fork": int(number),
                "arguments": list(arguments),
                "environment": dict(environment),
                "language": str(language),
            }:
                self._fork(number, files, partial(self._work_as, environment, language, arguments))
            case {"signal": int(number), "to": int(wanted)}:
                for each, process in self._ids.values():
                    if each == wanted:
                        os.kill(process, number)
            case None:
                return False
        for file in files:
            os.close(file)
        return True

    def _fork(self, number: int, streams: list[int], work: Callable[[], int]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # NumPy's threads wait; they are made anew
            process = os.fork()
        if process:
            file = os.pidfd_open(process)
            self._ids[file] = number, process
            self._poll.register(file, select.POLLIN)
            shared_workers.send(self._server, {"started": number, "pid": process})
            return
        status = 1
        try:
            self._let_go(streams)
            status = work()
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        finally:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError):  # the reader has ended
                    stream.flush()
            os._exit(status)

    def _work_as(self, environment: dict[str, str], language: str, arguments: list[str]) -> int:
        become_person(environment, language)
        return self._work(arguments)

    def _let_go(self, streams: list[int]) -> None:
        """Take the streams of the request, and nothing else of this process."""
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for place, file in enumerate(streams):
            os.dup2(file, place)
        for file in (*streams, *self._ids):
            os.close(file)
        self._server.close()

    def _bury(self, file: int) -> None:
        number, process = self._ids.pop(file)
        self._poll.unregister(file)
        os.close(file)
        _process, status = os.waitpid(process, 0)
        shared_workers.send(self._server, {"ended": number, "status": os.waitstatus_to_exitcode(status)})


def become_person(environment: dict[str, str], language: str) -> None:
    """Work for a person from now on, with the environment that the server has made; for good."""
    os.environ |= environment
    home = Path(environment[VARIABLE])
    confine_to(home)
    use_language(language)
    become_guest(home)
