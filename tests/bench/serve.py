"""The memory that each person takes who has been on the screens and is idle now, with real WebSockets.

Run it from the checkout: `python -m tests.bench.serve [PEOPLE]`. The limit is 80 MB for the person who takes most, as
the private memory of the app with its share of what apps have in common (PSS), confined as in a class.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import psutil
from aiohttp import web
from yarl import URL

from tui_cnn.serve.people import numbered, open_roster
from tui_cnn.serve.server import Limits, Server, addresses, listen

LIMIT = 80.0
_VISITED = "4231"
"""The keys of Lab, Train, Inspect and Build."""
_QUIET = 5.0
"""Seconds in which nobody's app has drawn: all of them have done what they were asked for."""
_IDLE = 20
"""Seconds after that."""


class Browser:
    """Reads what the app of a person draws."""

    def __init__(self, client, socket):
        self.client = client
        self.socket = socket
        self.drawn_at = time.monotonic()
        self.reading = asyncio.create_task(self._read())

    async def _read(self):
        async for _message in self.socket:
            self.drawn_at = time.monotonic()

    async def close(self):
        self.reading.cancel()
        await asyncio.gather(self.reading, return_exceptions=True)
        await self.client.close()


async def opened(url, token):
    """Sign in as a person, and open the app."""
    client = aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True))
    (await client.get(f"/join/{token}")).close()
    return Browser(client, await client.ws_connect("/ws?width=120&height=40", headers={"Origin": str(url.origin())}))


async def quiet(browsers):
    """Wait until no app draws."""
    while time.monotonic() - max(browser.drawn_at for browser in browsers) < _QUIET:
        await asyncio.sleep(0.1)


async def measure(directory, people):
    """Return the megabytes of each app (PSS and RSS), and of the server with its part in all connections."""
    roster = open_roster(directory, numbered(people))
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        server = Server(directory, roster, addresses("127.0.0.1", port, None), port, Limits())
        runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        url = URL(f"http://127.0.0.1:{port}")
        browsers = [await opened(url, token) for token in roster.people.values()]
        await quiet(browsers)
        for key in _VISITED:
            for browser in browsers:
                await browser.socket.send_json(["stdin", key])
                browser.drawn_at = time.monotonic()
            await quiet(browsers)
        await asyncio.sleep(_IDLE)
        apps = [psutil.Process(session.pid).memory_full_info() for session in server.sessions.values()]
        own = psutil.Process().memory_full_info()
        for browser in browsers:
            await browser.close()
        await runner.cleanup()
    return [app.pss / 1e6 for app in apps], [app.rss / 1e6 for app in apps], own.rss / 1e6


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as directory:
        shared, resident, server = asyncio.run(measure(Path(directory), people))
    print(f"{people} people, idle after four screens: at most {max(shared):.0f} MB (PSS), {min(shared):.0f} at least")
    print(f"resident: at most {max(resident):.0f} MB each; server and browsers of this script: {server:.0f} MB")
    sys.exit(max(shared) > LIMIT)


if __name__ == "__main__":
    main()
