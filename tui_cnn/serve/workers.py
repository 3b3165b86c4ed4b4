"""The workers of all people that share one TensorFlow: who waits, who has a place, and who must leave it.

A person's app asks through a socket of its own, so that nobody can ask as someone else; what it sends is not trusted.
"""

import asyncio
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from tui_cnn.confinement import MEMORY, SLOTS, WORKERS
from tui_cnn.i18n import _, known_language, language
from tui_cnn.runs import shared_workers
from tui_cnn.runs.process import PACKAGES
from tui_cnn.runs.shared_workers import SHARED
from tui_cnn.serve.environment import common_environment

_FILES = 4
"""What comes with a request: three standard streams, and the socket for what becomes of it."""
_MOST_OF_ONE = 2
"""Places that one person may have."""
_MOST_WAITING = 4
"""Requests of one person that may wait."""
_LONGEST = 300.0
"""Seconds that a worker may go on which has no end of its own in sight."""
_PRESSING = 1.0
"""Seconds after which another inspector is asked to end, where the one before is busy."""
_GRACE = 120.0
"""Seconds that an inspector has to end once it is asked to: it has its turn, and answers what was asked in it."""
_IDLE = 600.0
"""Seconds after the last worker until TensorFlow's memory is given back."""


@dataclass(eq=False)
class _Worker:
    """A worker that was asked for; `number` is counted from the first, `pid` known once it is forked."""

    number: int
    person: str
    arguments: list[str]
    environment: Mapping[str, str]
    streams: list[int]
    channel: socket.socket
    waiting: int | None = None
    pid: int | None = None
    leaving: bool = False
    timer: asyncio.TimerHandle | None = field(default=None)

    @property
    def leaves(self) -> bool:
        """Whether it gives up its place when it is asked to, and is asked for again when it is needed."""
        return self.arguments == ["inspect"]

    def report(self, message: dict[str, object]) -> None:
        """Let the process that waits for the worker know what becomes of it."""
        with suppress(OSError):  # nobody waits any more
            shared_workers.send(self.channel, message)

    def close(self) -> None:
        """Let go of all that came with the request."""
        if self.timer is not None:
            self.timer.cancel()
        asyncio.get_running_loop().remove_reader(self.channel)
        self.channel.close()
        for stream in self.streams:
            os.close(stream)
        self.streams = []


class Workers:
    """Gives `places` to the people, who has waited longest first; to be used within one event loop.

    `memory` is the bytes of private memory that each worker may take.
    """

    def __init__(self, places: int, memory: int, command: tuple[str, ...] | None = None) -> None:
        self._places = places
        self._memory = memory
        self._command = command or (sys.executable, "-m", "tui_cnn.worker", "fork")
        self._numbers = itertools.count(1)
        self._waiting: list[_Worker] = []
        self._running: dict[int, _Worker] = {}
        self._last_place: dict[str, int] = {}
        self._server: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._pressing: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process that has loaded TensorFlow, while there is one."""
        return self._process.pid if self._process else None

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes of the workers."""
        return [worker.pid for worker in self._running.values() if worker.pid is not None]

    def follow(self, person: str, requests: socket.socket, environment: Mapping[str, str]) -> None:
        """Take the requests of a person's app from a socket, until `ignore` is called with it."""
        requests.setblocking(False)
        own = {name: value for name, value in environment.items() if name not in (SLOTS, WORKERS)}
        own[MEMORY] = str(self._memory)
        asyncio.get_running_loop().add_reader(requests, self._take, person, requests, own)

    def ignore(self, requests: socket.socket) -> None:
        """Take no more requests from a socket, and close it."""
        asyncio.get_running_loop().remove_reader(requests)
        requests.close()

    def close(self) -> None:
        """End all workers, and the process that they were forked from."""
        for worker in [*self._waiting]:
            worker.close()
        self._waiting.clear()
        for timer in (self._idle, self._pressing):
            if timer is not None:
                timer.cancel()
        self._lose()

    def _take(self, person: str, requests: socket.socket, environment: Mapping[str, str]) -> None:
        try:
            message, files = shared_workers.receive(requests, _FILES)
        except OSError:
            return
        channel = _channel(files)
        match message:
            case None:  # the app has ended
                asyncio.get_running_loop().remove_reader(requests)
            case {"arguments": [str(name), *_more] as arguments, "language": str(wanted)} if (
                channel is not None and name in SHARED and all(isinstance(each, str) for each in arguments)
            ):
                spoken = {"LANGUAGE": known_language(wanted) or language()}
                worker = _Worker(next(self._numbers), person, arguments, {**environment, **spoken}, files[:-1], channel)
                self._admit(worker)
                return
        if channel is not None:
            channel.close()
            files.pop()
        for file in files:
            os.close(file)

    def _admit(self, worker: _Worker) -> None:
        if sum(each.person == worker.person for each in self._waiting) >= _MOST_WAITING:
            worker.report({"refused": _("too many of your requests wait; try again in a moment")})
            worker.close()
            return
        asyncio.get_running_loop().add_reader(worker.channel, self._abandon, worker)
        self._waiting.append(worker)
        self._schedule()

    def _abandon(self, worker: _Worker) -> None:
        """End a worker that nobody waits for any more: what else would come through its channel is nothing."""
        if worker in self._waiting:
            self._waiting.remove(worker)
            worker.close()
            self._schedule()
        else:
            asyncio.get_running_loop().remove_reader(worker.channel)
            self._signal(worker, signal.SIGKILL)

    def _order(self) -> list[_Worker]:
        """Return who waits, in the order of their turns: the people take turns, whoever asks most."""
        places: Counter[str] = Counter()
        order = []
        for worker in self._waiting:
            rank = places[worker.person], self._last_place.get(worker.person, 0), worker.number
            places[worker.person] += 1
            order.append((rank, worker))
        return [worker for _rank, worker in sorted(order, key=lambda each: each[0])]

    def _schedule(self) -> None:
        """Give the places that are free; where they are too few, ask for some, and say how many come before whom."""
        of_person = Counter(worker.person for worker in self._running.values())
        for worker in self._order():
            if len(self._running) < self._places and of_person[worker.person] < _MOST_OF_ONE:
                of_person[worker.person] += 1
                self._waiting.remove(worker)
                self._start(worker)
        for before, worker in enumerate(self._order()):
            if worker.waiting != before:
                worker.waiting = before
                worker.report({"waiting": before})
        for _worker in range(len(self._waiting) - sum(worker.leaving for worker in self._running.values())):
            self._ask_one_to_leave()
        if self._waiting and self._pressing is None:
            self._pressing = asyncio.get_running_loop().call_later(_PRESSING, self._press)
        self._rest()

    def _ask_one_to_leave(self) -> None:
        """Ask the one who has had it longest for a place, of a person who has most of them."""
        of_person = Counter(worker.person for worker in self._running.values())
        staying = [worker for worker in self._running.values() if worker.leaves and worker.pid and not worker.leaving]
        if staying:
            worker = min(staying, key=lambda each: (-of_person[each.person], each.number))
            worker.leaving = True
            self._signal(worker, signal.SIGUSR1)
            self._limit(worker, _GRACE)

    def _press(self) -> None:
        self._pressing = None
        if self._waiting:
            self._ask_one_to_leave()
            self._schedule()

    def _start(self, worker: _Worker) -> None:
        self._last_place[worker.person] = worker.number
        self._running[worker.number] = worker
        request = {"fork": worker.number, "arguments": worker.arguments, "environment": dict(worker.environment)}
        request["language"] = worker.environment["LANGUAGE"]
        try:
            if self._server is None:
                self._load()
            assert self._server is not None
            shared_workers.send(self._server, request, worker.streams)
        except OSError:
            asyncio.get_running_loop().call_soon(self._lose)
            return
        if not worker.leaves:
            self._limit(worker, _LONGEST)

    def _limit(self, worker: _Worker, seconds: float) -> None:
        if worker.timer is not None:
            worker.timer.cancel()
        worker.timer = asyncio.get_running_loop().call_later(seconds, self._signal, worker, signal.SIGKILL)

    def _signal(self, worker: _Worker, number: int) -> None:
        """Send a signal through its parent, which knows whether its number is still its own."""
        if self._server is not None and worker.number in self._running:
            with suppress(OSError):
                shared_workers.send(self._server, {"signal": int(number), "to": worker.number})

    def _load(self) -> None:
        """Start the process that loads TensorFlow.

        Raises:
            OSError: it cannot be started.
        """
        ours, theirs = shared_workers.pair()
        with theirs:
            nothing = subprocess.DEVNULL
            self._process = subprocess.Popen(
                [*self._command, str(theirs.fileno())],
                stdin=nothing, stdout=nothing, stderr=nothing, cwd=PACKAGES, env=common_environment(),
                pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip
        ours.setblocking(False)
        self._server = ours
        asyncio.get_running_loop().add_reader(ours, self._hear)

    def _hear(self) -> None:
        assert self._server is not None
        try:
            message, _files = shared_workers.receive(self._server)
        except BlockingIOError:
            return
        except OSError:
            message = None
        match message:
            case {"started": int(number), "pid": int(pid)} if number in self._running:
                worker = self._running[number]
                worker.pid = pid
                for stream in worker.streams:  # they are the worker's now: its end is to be seen
                    os.close(stream)
                worker.streams = []
                worker.report({"started": True})
            case {"ended": int(number), "status": int(status)} if number in self._running:
                self._end(self._running.pop(number), {"status": status})
                self._schedule()
            case {"failed": str(reason)}:
                self._lose(reason)
            case None:
                self._lose()

    def _end(self, worker: _Worker, message: dict[str, object]) -> None:
        worker.report(message)
        worker.close()

    def _lose(self, reason: str = "") -> None:
        """Let go of the process that has loaded TensorFlow, which has ended or is to end; so do all of its workers."""
        process, self._process = self._process, None
        server, self._server = self._server, None
        if server is not None:
            asyncio.get_running_loop().remove_reader(server)
            server.close()
        if process is not None:
            process.kill()
            process.wait()
        lost, self._running = self._running, {}
        for worker in lost.values():
            self._end(worker, {"refused": reason} if reason else {"status": -signal.SIGKILL})
        if self._waiting:
            self._schedule()

    def _rest(self) -> None:
        """Give the memory back when nobody has needed it for a while."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._server is not None and not self._running:
            self._idle = asyncio.get_running_loop().call_later(_IDLE, self._lose)


def _channel(files: list[int]) -> socket.socket | None:
    """Return the socket that came last with a request; None: it is none, or not all have come."""
    if len(files) != _FILES:
        return None
    with suppress(OSError):
        channel = socket.socket(fileno=files[-1])
        if channel.family == socket.AF_UNIX and channel.type == socket.SOCK_SEQPACKET:
            channel.setblocking(False)
            return channel
        channel.detach()
    return None
