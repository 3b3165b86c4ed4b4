"""A browser that looks at a session; one that is too slow misses what is in between, and delays nobody."""

import asyncio
from collections.abc import Callable

from aiohttp import web

_MOST_WAITING = 1 << 20
"""Bytes that may wait for a browser; with more, they are dropped, and all is drawn anew once it has caught up."""

GONE_ELSEWHERE, ENDED, FAILED, FULL = 4001, 4002, 4003, 4004
"""Why a connection is closed: another one has the session, the app has ended, it has failed, or there is no room."""


class Viewer:
    """Sends what an app draws to a browser, as fast as that takes it."""

    def __init__(self, socket: web.WebSocketResponse, repaint: Callable[[], None]) -> None:
        self._socket = socket
        self._repaint = repaint
        self._waiting = bytearray()
        self._stale = False
        self._news = asyncio.Event()
        self._sending = asyncio.create_task(self._send_all())

    def show(self, data: bytes) -> None:
        """Send what was drawn, soon."""
        if self._stale:
            return
        if len(self._waiting) + len(data) > _MOST_WAITING:
            self._waiting.clear()
            self._stale = True
        else:
            self._waiting += data
        self._news.set()

    async def close(self, code: int) -> None:
        """Send what still waits, if the browser takes it, and close the connection."""
        try:
            async with asyncio.timeout(1):
                while self._waiting and not self._sending.done():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pass
        self._sending.cancel()
        await self._socket.close(code=code)

    def forget(self) -> None:
        """Send nothing any more: the connection is gone."""
        self._sending.cancel()

    async def _send_all(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                data = bytes(self._waiting)
                self._waiting.clear()
                if data:
                    await self._socket.send_bytes(data)
                if self._stale and not self._waiting:
                    self._stale = False
                    self._repaint()
        except (ConnectionError, RuntimeError):  # it has closed; who reads from it sees that too
            return
