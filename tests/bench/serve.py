"""The memory that each person takes whose app is open and idle, with real WebSockets.

Run it from the checkout: `python -m tests.bench.serve [PEOPLE]`. The limit is 80 MB a person, as the private memory
of the app with its share of what apps have in common (PSS).
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import aiohttp
import psutil
from aiohttp import web
from yarl import URL

from tui_cnn.serve.people import numbered, open_roster
from tui_cnn.serve.server import Limits, Server, addresses, listen

LIMIT = 80.0
_IDLE = 20
"""Seconds after the last one has drawn its first screen."""


async def measure(directory, people):
    """Return the megabytes of each app (PSS and RSS), and of the server with its part in all connections."""
    roster = open_roster(directory, numbered(people))
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        server = Server(directory, roster, addresses("127.0.0.1", port, None), port, Limits(), trusted=True)
        runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        url = URL(f"http://127.0.0.1:{port}")
        readers, clients = [], []
        for token in roster.people.values():
            client = aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True))
            clients.append(client)
            (await client.get(f"/join/{token}")).close()
            socket = await client.ws_connect("/ws?width=120&height=40", headers={"Origin": str(url.origin())})
            drawn = 0
            while drawn < 10_000:
                drawn += len((await socket.receive()).data)
            readers.append(asyncio.create_task(drain(socket)))
        await asyncio.sleep(_IDLE)
        apps = [psutil.Process(session.pid).memory_full_info() for session in server.sessions.values()]
        own = psutil.Process().memory_full_info()
        for each in (*readers, *clients):
            await (each.close() if isinstance(each, aiohttp.ClientSession) else cancelled(each))
        await runner.cleanup()
    return [app.pss / 1e6 for app in apps], [app.rss / 1e6 for app in apps], own.rss / 1e6


async def drain(socket):
    async for _message in socket:
        pass


async def cancelled(task):
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as directory:
        shared, resident, server = asyncio.run(measure(Path(directory), people))
    mean = sum(shared) / people
    print(f"{people} people, idle: {mean:.0f} MB each, at most {max(shared):.0f} MB (PSS)")
    print(f"resident: at most {max(resident):.0f} MB each; server and clients of this script: {server:.0f} MB")
    sys.exit(mean > LIMIT)


if __name__ == "__main__":
    main()
