"""One inspector process, from its start to its end."""

import asyncio
import contextlib
import signal
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.frames import (
    LENGTH,
    PROTOCOL,
    CancelFrame,
    HelloFrame,
    ProgressFrame,
    ReplyFrame,
    RequestFrame,
    ToInspector,
    frame,
    from_inspector,
    length_of,
)
from tui_cnn.runs.inspection.replies import AnyReply
from tui_cnn.runs.inspection.requests import AnyRequest
from tui_cnn.runs.process import PACKAGES

_CLOSE_SECONDS = 2.0
"""Seconds that the process has to end by itself."""
_MOST_LINES = 50


class SupersededError(Exception):
    """A newer request of the same kind was sent; nothing waits for this one."""


class _Pending(NamedTuple):
    """A request that has no reply yet."""

    answer: "asyncio.Future[AnyReply]"
    kind: str | None
    progress: Callable[[float], None] | None


class Connection:
    """A running inspector. Once it has ended, every request fails."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        loop = asyncio.get_running_loop()
        self._process = process
        self._pending: dict[int, _Pending] = {}
        self._last_id = 0
        self._last_message_at = loop.time()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._log: deque[str] = deque(maxlen=_MOST_LINES)
        self._error: RunError | None = None
        self._receiving = asyncio.create_task(self._receive_all())

    @classmethod
    async def open(cls, command: tuple[str, ...]) -> "Connection":
        """Start a process.

        Raises:
            RunError: the program cannot be started.
        """
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=PACKAGES)
        except OSError as error:
            message = _("the inspector could not start: {program}: {reason}; reinstall cnn-tui")
            raise RunError(message.format(program=command[0], reason=error.strerror)) from None
        return cls(process)

    @property
    def alive(self) -> bool:
        """Whether requests can still be sent."""
        return self._error is None

    async def wait_until_ready(self, timeout: float) -> None:
        """Wait until the process is ready.

        Raises:
            RunError: it has died, or speaks another protocol.
        """
        await self._wait_for(self._ready, timeout)

    async def call(
        self, request: AnyRequest, timeout: float, kind: str | None, progress: Callable[[float], None] | None
    ) -> AnyReply:
        """Send a request, and wait for its reply.

        Raises:
            RunError: the process has died, or was ended after the timeout.
            SupersededError: a newer request of this kind was sent.
        """
        self._last_id += 1
        number = self._last_id
        answer: asyncio.Future[AnyReply] = asyncio.get_running_loop().create_future()
        if kind is not None:
            self._supersede(kind)
        self._pending[number] = _Pending(answer, kind, progress)
        try:
            await self._wait_for(self._ready, timeout)
            if not answer.done():
                await self._send(RequestFrame(number, request))
            await self._wait_for(answer, timeout)
            return answer.result()
        finally:
            if self._pending.pop(number, None) and self.alive and not answer.done():
                self._write(CancelFrame(number))
            answer.cancel()

    async def close(self) -> None:
        """End the process."""
        self._fail(RunError(_("the inspector was closed")))
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _CLOSE_SECONDS)
        except TimeoutError:
            self._kill()
            await self._process.wait()
        await self._receiving

    def _supersede(self, kind: str) -> None:
        for number, pending in list(self._pending.items()):
            if pending.kind == kind:
                del self._pending[number]
                if not pending.answer.done():
                    pending.answer.set_exception(SupersededError())
                self._write(CancelFrame(number))

    async def _wait_for(self, future: "asyncio.Future[Any]", timeout: float) -> None:
        """Wait for a future, as long as messages arrive within `timeout`; then raise its error, if it has one."""
        loop = asyncio.get_running_loop()
        while not future.done():
            await asyncio.wait({future}, timeout=timeout)
            if not future.done() and loop.time() - self._last_message_at >= timeout:
                message = _("the inspector did not answer for {seconds:.0f} seconds and was stopped")
                self._fail(RunError(message.format(seconds=timeout)))
                self._kill()
        future.result()

    async def _send(self, message: ToInspector) -> None:
        self._write(message)
        if self._process.stdin is not None:
            with contextlib.suppress(ConnectionError):  # the end of the output is noticed elsewhere
                await self._process.stdin.drain()

    def _write(self, message: ToInspector) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(frame(message))

    async def _receive_all(self) -> None:
        """Read the process's messages until it has ended."""
        log = asyncio.create_task(self._read_log())
        try:
            await self._receive()
        except ValueError as error:
            self._fail(RunError(_("the inspector sent an invalid answer ({reason}); try again").format(reason=error)))
            self._kill()
        status = await self._process.wait()
        await log
        self._fail(RunError(self._exit_message(status)))

    async def _receive(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = length_of(await self._process.stdout.readexactly(LENGTH.size))
                message = from_inspector.decode(await self._process.stdout.readexactly(length))
                self._last_message_at = asyncio.get_running_loop().time()
                self._handle(message)

    def _handle(self, message: HelloFrame | ProgressFrame | ReplyFrame) -> None:
        match message:
            case HelloFrame(protocol=protocol):
                if protocol != PROTOCOL:
                    self._fail(RunError(_("cnn-tui was replaced by another version; restart it")))
                    self._kill()
                elif not self._ready.done():
                    self._ready.set_result(None)
            case ProgressFrame(id=number, share=share):
                if (pending := self._pending.get(number)) and pending.progress:
                    pending.progress(share)
            case ReplyFrame(id=number, reply=reply):
                if (pending := self._pending.get(number)) and not pending.answer.done():
                    pending.answer.set_result(reply)

    async def _read_log(self) -> None:
        assert self._process.stderr is not None
        rest = b""
        while chunk := await self._process.stderr.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            self._log.extend(line.decode("utf-8", "replace").strip() for line in lines)
            rest = rest[-65_536:]

    def _fail(self, error: RunError) -> None:
        """Fail everything pending; only the first reason counts."""
        if self._error is not None:
            return
        self._error = error
        answers = [pending.answer for pending in self._pending.values()]
        futures: list[asyncio.Future[Any]] = [self._ready, *answers]
        for future in futures:
            if not future.done():
                future.set_exception(error)
                future.exception()  # marks it as retrieved: nothing may wait for it

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def _exit_message(self, status: int) -> str:
        """Describe how the process ended."""
        last_line = next((line for line in reversed(self._log) if line), "")
        if status < 0:
            name = signal.Signals(-status).name
            reason = _("{signal}; possibly out of memory").format(signal=name)
        else:
            reason = last_line or _("exit status {status}").format(status=status)
        return _("the inspector exited ({reason}); try again to restart it").format(reason=reason)
