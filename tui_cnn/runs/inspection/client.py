"""The client of the inspector: starts it when it is first needed, and again after it has died."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.connection import Connection, SupersededError
from tui_cnn.runs.inspection.replies import Failure, Reply
from tui_cnn.runs.inspection.requests import AnyRequest
from tui_cnn.runs.process import worker_command

__all__ = ["Inspector", "SupersededError"]

R = TypeVar("R", bound=Reply)

_TIMEOUT = 120.0
"""Seconds without a message, while an answer is due, after which the inspector is ended."""


class Inspector:
    """Sends requests to an inspector process of its own. To be used within one event loop, and closed in the end.

    The process ends with `close`, and also when this process does, however it may: its input is closed then.
    """

    def __init__(self, command: tuple[str, ...] | None = None, timeout: float = _TIMEOUT) -> None:
        self._command = command or worker_command("inspect")
        self._timeout = timeout
        self._connection: Connection | None = None
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> "Inspector":
        return self

    async def __aexit__(self, *_details: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Start the process, if it is not there, and wait until it has loaded TensorFlow.

        Raises:
            RunError: it cannot start.
        """
        await (await self._connect()).wait_until_ready(self._timeout)

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
        connection = await self._connect()
        answer = await connection.call(request, self._timeout, newest_of, progress)
        if isinstance(answer, Failure):
            raise RunError(answer.message)
        if not isinstance(answer, reply):
            raise RunError(_("the inspector sent an unexpected answer; restart cnn-tui"))
        return answer

    async def close(self) -> None:
        """End the process; pending requests get an error."""
        async with self._starting:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None

    async def _connect(self) -> Connection:
        async with self._starting:
            if self._connection is not None and not self._connection.alive:
                await self._connection.close()
                self._connection = None
            if self._connection is None:
                self._connection = await Connection.open(self._command)
            return self._connection
