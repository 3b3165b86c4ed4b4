"""The client of the inspector: starts it when it is first needed, and again after it has died."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError, ended_by_signal, is_out_of_memory, unstartable
from tui_cnn.runs.inspection import frames
from tui_cnn.runs.inspection.replies import AnyReply, Failure, Reply
from tui_cnn.runs.inspection.requests import AnyRequest
from tui_cnn.runs.process import PACKAGES, worker_command
from tui_cnn.runs.shared_workers import sockets_passed_on

R = TypeVar("R", bound=Reply)

_TIMEOUT = 120.0
"""Seconds without a message, while an answer is due, after which the inspector is ended."""
_CLOSE_SECONDS = 2.0
"""Seconds that the process has to end by itself."""
_MOST_LINES = 50


class SupersededError(Exception):
    """A newer request of the same kind was sent; nothing waits for this one."""


class _LeftError(RunError):
    """The inspector has ended because others need its place; what it was asked is to be asked again."""


class Inspector:
    """Sends requests to an inspector process of its own. To be used within one event loop, and closed in the end.

    The process ends with `close`, and also when this process does, however it may: its input is closed then. Where many
    people share a machine, it may have to wait: `waiting` is how many come first, None if nobody does, and `on_waiting`
    is called whenever that changes.
    """

    def __init__(self, command: tuple[str, ...] | None = None, timeout: float = _TIMEOUT) -> None:
        self._command = command
        self._timeout = timeout
        self._connection: _Connection | None = None
        self._starting = asyncio.Lock()
        self.on_waiting: Callable[[], None] | None = None

    @property
    def waiting(self) -> int | None:
        """How many others come first; None: it does not wait."""
        return self._connection.waiting if self._connection else None

    async def __aenter__(self) -> "Inspector":
        return self

    async def __aexit__(self, *_details: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Start the process, if it is not there, and wait until it has loaded TensorFlow.

        Raises:
            RunError: it cannot start.
        """
        connection = await self._connect()
        await connection.wait_for(connection.ready)

    async def ask(
        self,
        request: AnyRequest,
        reply: type[R],
        *,
        newest_of: str | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> R:
        """Send a request, and wait for its reply.

        `newest_of` names a kind of request of which only the newest matters: it cancels an older one. `progress` is
        called with the share of the work done, 0 to 1. Cancelling the task that waits cancels the request, too.

        Raises:
            RunError: it cannot be answered, or the inspector has died; the next request starts another.
            SupersededError: a newer request of the same kind was sent.
        """
        while True:
            connection = await self._connect()
            with contextlib.suppress(_LeftError):
                answer = await connection.call(request, newest_of, progress)
                break
        if isinstance(answer, Failure):
            raise RunError(answer.message)
        if not isinstance(answer, reply):
            raise RunError(_("the inspector sent an unexpected answer; restart cnn-tui"))
        return answer

    async def close(self) -> None:
        """End the process; pending requests get an error."""
        async with self._starting:
            await self._disconnect()

    async def _connect(self) -> "_Connection":
        async with self._starting:
            if self._connection is not None and self._connection.error is not None:
                await self._disconnect()
            if self._connection is None:
                command = self._command or worker_command("inspect")
                pipe = asyncio.subprocess.PIPE
                try:
                    process = await asyncio.create_subprocess_exec(
                        *command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=PACKAGES, pass_fds=sockets_passed_on()
                    )
                except OSError as error:
                    raise unstartable(_("the inspector"), command[0], error) from None
                self._connection = _Connection(process, self._timeout, self._note_waiting)
            return self._connection

    def _note_waiting(self) -> None:
        if self.on_waiting is not None:
            self.on_waiting()

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


class _Pending(NamedTuple):
    """A request that has no reply yet."""

    answer: "asyncio.Future[AnyReply]"
    kind: str | None
    progress: Callable[[float], None] | None


class _Connection:
    """A running inspector. Once it has ended, for the reason `error`, every request fails."""

    def __init__(self, process: asyncio.subprocess.Process, timeout: float, on_waiting: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.error: RunError | None = None
        self.waiting: int | None = None
        self._on_waiting = on_waiting
        self._process = process
        self._timeout = timeout
        self._pending: dict[int, _Pending] = {}
        self._last_id = 0
        self._last_message_at = loop.time()
        self._log: deque[str] = deque(maxlen=_MOST_LINES)
        self._receiving = asyncio.create_task(self._receive_all())

    async def call(self, request: AnyRequest, kind: str | None, progress: Callable[[float], None] | None) -> AnyReply:
        """Send a request, and wait for its reply."""
        self._last_id += 1
        number = self._last_id
        answer: asyncio.Future[AnyReply] = asyncio.get_running_loop().create_future()
        if kind is not None:
            self._supersede(kind)
        self._pending[number] = _Pending(answer, kind, progress)
        try:
            await self.wait_for(self.ready)
            if not answer.done():
                self._write(frames.RequestFrame(number, request))
                if self._process.stdin is not None:
                    with contextlib.suppress(ConnectionError):  # the end of the output is noticed elsewhere
                        await self._process.stdin.drain()
            await self.wait_for(answer)
            return answer.result()
        finally:
            if self._pending.pop(number, None) and self.error is None and not answer.done():
                self._write(frames.CancelFrame(number))
            answer.cancel()

    async def wait_for(self, future: "asyncio.Future[Any]") -> None:
        """Wait for a future, as long as messages arrive in time; then raise its error, if it has one."""
        loop = asyncio.get_running_loop()
        while not future.done():
            await asyncio.wait({future}, timeout=self._timeout)
            silent = self.waiting is None and loop.time() - self._last_message_at >= self._timeout
            if not future.done() and silent:
                message = _("the inspector did not answer for {seconds:.0f} seconds and was stopped")
                self._fail(message.format(seconds=self._timeout), kill=True)
        future.result()

    async def close(self) -> None:
        """End the process."""
        self._fail(_("the inspector was closed"))
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
                self._write(frames.CancelFrame(number))

    def _write(self, message: frames.ToInspector) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(frames.frame(message))

    async def _receive_all(self) -> None:
        """Read the process's messages until it has ended."""
        log = asyncio.create_task(self._read_log())
        try:
            await self._receive()
        except ValueError as error:
            message = _("the inspector sent an invalid answer ({reason}); try again")
            self._fail(message.format(reason=error), kill=True)
        status = await self._process.wait()
        await log
        self._fail(self._exit_message(status))

    async def _receive(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = frames.length_of(await self._process.stdout.readexactly(frames.LENGTH.size))
                message = frames.from_inspector.decode(await self._process.stdout.readexactly(length))
                self._last_message_at = asyncio.get_running_loop().time()
                self._handle(message)

    def _handle(self, message: frames.FromInspector) -> None:
        match message:
            case frames.WaitingFrame(before=before):
                self._wait(before)
            case frames.ByeFrame():
                self._fail_with(_LeftError())
            case frames.HelloFrame(protocol=protocol):
                self._wait(None)
                if protocol != frames.PROTOCOL:
                    self._fail(_("cnn-tui was replaced by another version; restart it"), kill=True)
                elif not self.ready.done():
                    self.ready.set_result(None)
            case frames.ProgressFrame(id=number, share=share):
                if (pending := self._pending.get(number)) and pending.progress:
                    pending.progress(share)
            case frames.ReplyFrame(id=number, reply=reply):
                if (pending := self._pending.get(number)) and not pending.answer.done():
                    pending.answer.set_result(reply)

    def _wait(self, before: int | None) -> None:
        if self.waiting != before:
            self.waiting = before
            self._on_waiting()

    async def _read_log(self) -> None:
        assert self._process.stderr is not None
        rest = b""
        while chunk := await self._process.stderr.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            self._log.extend(line.decode("utf-8", "replace").strip() for line in lines)
            rest = rest[-65_536:]

    def _fail(self, reason: str, *, kill: bool = False) -> None:
        """Fail everything pending; only the first reason counts."""
        self._fail_with(RunError(reason))
        if kill:
            self._kill()

    def _fail_with(self, error: RunError) -> None:
        self.waiting = None
        if self.error is None:
            self.error = error
            futures: list[asyncio.Future[Any]] = [self.ready, *(pending.answer for pending in self._pending.values())]
            for future in futures:
                if not future.done():
                    future.set_exception(self.error)
                    future.exception()  # marks it as retrieved: nothing may wait for it

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def _exit_message(self, status: int) -> str:
        if status < 0:
            reason = ended_by_signal(-status)
        elif is_out_of_memory("\n".join(self._log)):
            reason = _("not enough memory; close other programs")
        else:
            last_line = next((line for line in reversed(self._log) if line), "")
            reason = last_line or _("exit status {status}").format(status=status)
        return _("the inspector exited ({reason}); try again to restart it").format(reason=reason)
