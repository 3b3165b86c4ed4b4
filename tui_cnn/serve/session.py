"""The app of one person: its process, what it draws, and who looks at it. It outlives the connection for a while.

The frames are those of Textual's driver for the browser: a letter (D data, M JSON, P packed), four bytes of length,
big-endian, and the payload.
"""

import asyncio
import json
import signal
import socket
import sys
from collections import deque
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from tui_cnn.atomic import write_atomic
from tui_cnn.confinement import WORKERS
from tui_cnn.runs import shared_workers
from tui_cnn.runs.machine import machine_file
from tui_cnn.runs.process import PACKAGES
from tui_cnn.serve.__main__ import FILES, LESSONS, TEMPORARY
from tui_cnn.serve.environment import environment
from tui_cnn.serve.viewer import ENDED, FAILED, GONE_ELSEWHERE, Viewer
from tui_cnn.serve.workers import Workers

_MOST_FRAME = 16 << 20
_MOST_LINES = 20
_PATIENCE = 10.0
"""Seconds that an app has to end by itself."""
_WIDEST, _HIGHEST = 500, 200


class Session:
    """The app of a person. It is started when the person comes, and again when it has ended and the person comes back.

    `state` is `away` while there is no app, `running`, or `failed` once it has ended with an error.
    """

    def __init__(
        self,
        name: str,
        home: Path,
        turns: Path,
        workers: Workers | None,
        *,
        keep: float,
        quota: int,
        memory: int,
        trusted: bool = False,
    ) -> None:
        self.name = name
        self.home = home
        self.state = "away"
        self.size = 80, 24
        self.error = ""
        self.command = sys.executable, "-m", "tui_cnn.serve"
        self._workers = workers
        self._requests: socket.socket | None = None
        self._keep = keep
        self._environment = environment(home, turns, quota=quota, memory=memory, trusted=trusted)
        self._process: asyncio.subprocess.Process | None = None
        self._owner: Viewer | None = None
        self._watchers: set[Viewer] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: asyncio.TimerHandle | None = None
        self._starting = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether the person's browser is there."""
        return self._owner is not None

    @property
    def pid(self) -> int | None:
        """The number of the app's process, while there is one."""
        return self._process.pid if self._process else None

    async def attach(self, viewer: Viewer, width: int, height: int) -> None:
        """Let a browser have the session, in place of the one that had it; start the app if there is none.

        Raises:
            OSError: it cannot be started.
        """
        async with self._starting:
            self._keep_no_more()
            former, self._owner = self._owner, viewer
            if former is not None:
                self._later(former.close(GONE_ELSEWHERE))
            if self._process is None:
                self._set_size(width, height)
                await self._start()
            else:
                self._later(self.resize(width, height))
                self.repaint()
            self._later(self.focus(True))

    def detach(self, viewer: Viewer) -> None:
        """Go on without a browser for a while, if this one had the session."""
        viewer.forget()
        if self._owner is viewer:
            self._owner = None
            self._keep_no_more()
            self._ending = asyncio.get_running_loop().call_later(self._keep, lambda: self._later(self.stop()))

    def watch(self, viewer: Viewer) -> None:
        """Let someone look on."""
        self._watchers.add(viewer)
        self.repaint()

    def unwatch(self, viewer: Viewer) -> None:
        """Let someone look on no more."""
        viewer.forget()
        self._watchers.discard(viewer)

    async def type(self, text: str) -> None:
        """Pass on keys, clicks and pastes, as a terminal sends them; wait until the app takes them."""
        await self._write(b"D", text.encode("utf-8", "replace"))

    async def resize(self, width: int, height: int) -> None:
        """Draw at another size, in cells; wait until the app takes it."""
        self._set_size(width, height)
        await self._send({"type": "resize", "width": self.size[0], "height": self.size[1]})

    async def focus(self, focused: bool) -> None:
        """Tell the app whether the browser has the focus; wait until the app takes it."""
        await self._send({"type": "focus" if focused else "blur"})

    def repaint(self) -> None:
        """Draw all again."""
        self._tell({"type": "repaint"})

    def notify(self, text: str) -> None:
        """Show a notice to the person, if there is an app."""
        self._tell({"type": "notice", "text": text})

    async def stop(self) -> None:
        """End the app, which keeps unsaved work; by force if it does not end by itself."""
        self._keep_no_more()
        process = self._process
        if process is None:
            return
        self._tell({"type": "quit"})
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                if number is not None:
                    process.send_signal(number)
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await process.wait()
                break
        while self._process is process:  # until its end has been noticed
            await asyncio.sleep(0.01)

    async def _start(self) -> None:
        for place in (FILES, LESSONS, TEMPORARY):
            (self.home / place).mkdir(parents=True, exist_ok=True)
        known, own = machine_file(), self.home / machine_file().name
        if known.is_file() and not own.exists():  # a served app does not measure the machine
            write_atomic(own, known.read_bytes())
        settings = self._environment | {"COLUMNS": str(self.size[0]), "ROWS": str(self.size[1])}
        pipe = asyncio.subprocess.PIPE
        with ExitStack() as stack:
            passed_on: tuple[int, ...] = ()
            if self._workers is not None:
                requests, of_app = shared_workers.pair()
                stack.enter_context(of_app)
                self._workers.follow(self.name, requests, self._environment)
                self._requests, passed_on = requests, (of_app.fileno(),)
                settings[WORKERS] = str(of_app.fileno())
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=pipe, stdout=pipe, stderr=pipe, cwd=PACKAGES, env=settings, start_new_session=True,
                pass_fds=passed_on,
            )  # fmt: skip
        self.state, self.error = "running", ""
        self._later(self._follow(self._process))

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        """Pass on what the app draws, until it ends."""
        assert process.stdout is not None
        assert process.stderr is not None
        lines: deque[str] = deque(maxlen=_MOST_LINES)
        errors = asyncio.create_task(_read_lines(process.stderr, lines))
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            await process.stdout.readuntil(b"__GANGLION__\n")
            while True:
                head = await process.stdout.readexactly(5)
                size = int.from_bytes(head[1:], "big")
                if size > _MOST_FRAME:
                    break
                payload = await process.stdout.readexactly(size)
                if head[:1] == b"D":
                    for viewer in (self._owner, *self._watchers):
                        if viewer is not None:
                            viewer.show(payload)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await process.wait()
        if process.returncode is None:
            process.kill()
        status = await process.wait()
        with suppress(TimeoutError):  # what the app has started may hold its standard error open
            async with asyncio.timeout(1):
                await asyncio.shield(errors)
        errors.cancel()
        await self._ended(status, next((line for line in reversed(lines) if line.strip()), f"exit {status}"))

    async def _ended(self, status: int, reason: str) -> None:
        self._process = None
        self._ask_no_more()
        self._keep_no_more()
        self.state, self.error = ("failed", reason) if status else ("away", "")
        owner, self._owner = self._owner, None
        viewers = [*self._watchers, *([owner] if owner else [])]
        self._watchers.clear()
        for viewer in viewers:
            await viewer.close(FAILED if status else ENDED)

    def _ask_no_more(self) -> None:
        if self._requests is not None and self._workers is not None:
            self._workers.ignore(self._requests)
            self._requests = None

    def _set_size(self, width: int, height: int) -> None:
        self.size = min(max(width, 1), _WIDEST), min(max(height, 1), _HIGHEST)

    def _keep_no_more(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    def _tell(self, message: dict[str, Any]) -> None:
        self._later(self._send(message))

    async def _send(self, message: dict[str, Any]) -> None:
        await self._write(b"M", json.dumps(message).encode())

    async def _write(self, kind: bytes, payload: bytes) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            return
        with suppress(ConnectionError):
            process.stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
            await process.stdin.drain()

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _read_lines(stream: asyncio.StreamReader, lines: deque[str]) -> None:
    """Read what an app says of its failure; a line without an end is cut."""
    while data := await stream.read(1 << 16):
        lines.extend(data.decode("utf-8", "replace").splitlines())
