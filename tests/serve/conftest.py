import asyncio
import re
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from tui_cnn.serve.people import open_roster
from tui_cnn.serve.server import Limits, Server, addresses, listen


class Served:
    """A server that runs in this process, and the browsers that have come to it."""

    def __init__(self, server, roster, url, stack):
        self.server = server
        self.roster = roster
        self.url = url
        self._stack = stack

    async def browser(self, name=None, *, teacher=False):
        """Return a client of its own, signed in as a person, the teacher, or nobody."""
        jar = aiohttp.CookieJar(unsafe=True)  # it keeps those of addresses of numbers, too
        client = await self._stack.enter_async_context(aiohttp.ClientSession(self.url, cookie_jar=jar))
        token = self.roster.teacher if teacher else self.roster.people.get(name)
        if token:
            async with client.get(f"/join/{token}") as answer:
                assert answer.status == 200
        return client

    @property
    def origin(self):
        return str(self.url.origin())

    async def connect(self, client, path="/ws", **more):
        """Open a WebSocket as a page of this server does."""
        headers = {"Origin": self.origin} | more.pop("headers", {})
        return await self._stack.enter_async_context(client.ws_connect(path, headers=headers, **more))


@pytest.fixture
def serving(tmp_path):
    """Serve some people; without `real`, their apps are those of `tests.serve.app`."""

    @asynccontextmanager
    async def run(*names, real=False, address=None, **limits):
        directory = tmp_path / "class"
        directory.mkdir(exist_ok=True)
        roster = open_roster(directory, list(names) or ["Ada"])
        async with AsyncExitStack() as stack:
            listening = stack.enter_context(listen("127.0.0.1", 0))
            port = listening.getsockname()[1]
            server = Server(directory, roster, addresses("127.0.0.1", port, address), port, Limits(**limits))
            for session in server.sessions.values():
                if not real:
                    session.command = (sys.executable, "-S", str(Path(__file__).with_name("app.py")))
            runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.SockSite(runner, listening).start()
            yield Served(server, roster, URL(f"http://127.0.0.1:{port}"), stack)

    return run


async def until(condition, seconds=60):
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def read_until(socket, pattern, seconds=60):
    """Read what is drawn until a pattern is there; return all of it."""
    drawn = b""
    async with asyncio.timeout(seconds):
        while not re.search(pattern, drawn):
            message = await socket.receive()
            assert message.type is aiohttp.WSMsgType.BINARY, message
            drawn += message.data
    return drawn


async def read_close(socket, seconds=60):
    """Read until the connection is closed; return its code."""
    async with asyncio.timeout(seconds):
        while (message := await socket.receive()).type is not aiohttp.WSMsgType.CLOSE:
            assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
    return message.data
