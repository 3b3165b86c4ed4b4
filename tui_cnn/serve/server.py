"""The web server: who may see which page, and the sessions of all people."""

import asyncio
import importlib.resources
import signal
import socket as sockets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from aiohttp import web
from yarl import URL

from tui_cnn.i18n import _
from tui_cnn.serve.__main__ import FILES
from tui_cnn.serve.classroom import Standing, answers
from tui_cnn.serve.files import Files, RefusedError, download, upload
from tui_cnn.serve.guard import TEACHER, Guard
from tui_cnn.serve.pages import OWN, Pages
from tui_cnn.serve.people import Roster, ServeError
from tui_cnn.serve.sending import MOST_SENT, check_sent, notices_of, put
from tui_cnn.serve.session import Session
from tui_cnn.serve.terminal import open_socket, use_session, watch_session
from tui_cnn.serve.turns import Turns, make_slots
from tui_cnn.serve.viewer import FAILED, FULL
from tui_cnn.serve.workers import Workers
from tui_cnn.visible import visible

_UNSHARED = 4
"""Workers at a time, where each loads a TensorFlow of its own."""


class Limits(NamedTuple):
    """What the people may use of the machine.

    Attributes:
        sessions: apps at a time.
        keep: seconds that an app goes on without a browser.
        trainings: runs that train at a time, of all people.
        inspectors: other workers at a time, of all people; on Linux, they share one TensorFlow.
        training: bytes of private memory that a training may take; None: see `memory_of_training`.
        inspector: bytes of private memory that another worker may take.
        file: bytes of a file that is uploaded.
        home: bytes that a person may have, to upload or to train more.
    """

    sessions: int = 60
    keep: float = 600.0
    trainings: int = 1
    inspectors: int = 8
    training: int | None = None
    inspector: int = 2 << 30
    file: int = 200 << 20
    home: int = 1 << 30


def memory_of_training(trainings: int) -> int:
    """Return the bytes of private memory for each of so many trainings at a time: of all, half of the machine's."""
    import psutil

    return int(psutil.virtual_memory().total) // 2 // trainings


class Server:
    """The pages and sessions of some people, whose homes are in a directory."""

    def __init__(
        self, directory: Path, roster: Roster, addresses: list[URL], port: int, limits: Limits, *, trusted: bool = False
    ) -> None:
        self.guard = Guard(addresses, roster, port)
        self.limits = limits
        self.workers = Workers(limits.inspectors, limits.inspector) if sys.platform == "linux" else None
        memory = limits.training or memory_of_training(limits.trainings)
        self.sessions = {
            name: Session(
                name,
                directory / "people" / name,
                directory / "turns" / name,
                self.workers,
                keep=limits.keep,
                quota=limits.home,
                memory=memory,
                trusted=trusted,
            )
            for name in roster.people
        }
        homes = {name: session.home for name, session in self.sessions.items()}
        self._files = {name: Files(home, home / FILES, limits.file, limits.home) for name, home in homes.items()}
        self._standings = {name: Standing(home) for name, home in homes.items()}
        self._turns = Turns(homes, {name: directory / "turns" / name for name in homes}, limits.trainings)
        make_slots(directory / "slots", 1 if self.workers else _UNSHARED)
        self._reading = asyncio.Lock()  # two windows of the teacher's may ask at once
        self._pages = Pages()

    def application(self) -> web.Application:
        """Return the application with all its routes."""
        app = web.Application(middlewares=[self.guard.check], client_max_size=MOST_SENT)
        static = Path(str(importlib.resources.files("textual_serve"))) / "static"
        app.add_routes(
            [
                web.get("/", self._app),
                web.get("/join/{token}", self._join),
                web.get("/alive", self._alive),
                web.get("/ws", self._use),
                web.get("/files", self._list),
                web.get("/files/{path:.+}", self._download),
                web.put("/files/{path:.+}", self._upload),
                web.get("/class", self._class),
                web.get("/class/wall", self._wall),
                web.get("/class/results.csv", self._results),
                web.post("/class", self._send),
                web.get("/watch", self._watch),
                web.get("/ws/{name}", self._watch_socket),
                web.static("/static", static),
                web.static("/own", OWN),
            ]
        )
        app.cleanup_ctx.append(self._giving_turns)
        app.on_shutdown.append(self._stop)
        return app

    async def _giving_turns(self, _app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._turns.run())
        yield
        task.cancel()

    async def _join(self, request: web.Request) -> web.StreamResponse:
        """Exchange a token for a cookie.

        The page then goes on by itself: a redirect would still count as one from the site with the link, and the
        browser would not send the cookie along.
        """
        response = self._pages.message(_("Signed in."), up="../", to="../")
        if self.guard.sign_in(request.match_info["token"], response) is None:
            return self._pages.message(_("This link is not valid; ask for a new one."), 403, up="../")
        return response

    async def _app(self, request: web.Request) -> web.StreamResponse:
        who = self.guard.who(request)
        if who is None:
            return self._signed_out()
        if who == TEACHER:
            return self._pages.message(_("Signed in."), to="class")
        return self._pages.app(who)

    def _signed_out(self) -> web.Response:
        return self._pages.message(_("Open the link that you were given."), 401)

    async def _alive(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=401 if self.guard.who(request) is None else 204)

    async def _use(self, request: web.Request) -> web.StreamResponse:
        session = self.sessions.get(self.guard.who(request) or TEACHER)
        if session is None:
            return web.Response(status=401)
        socket = open_socket()
        await socket.prepare(request)
        if session.pid is None and sum(each.pid is not None for each in self.sessions.values()) >= self.limits.sessions:
            await socket.close(code=FULL)
            return socket
        try:
            await use_session(session, socket, _number(request, "width", 80), _number(request, "height", 24))
        except OSError:  # no process can be started now
            await socket.close(code=FAILED)
        return socket

    def _person(self, request: web.Request) -> str:
        """Return who of the people has sent a request.

        Raises:
            HTTPUnauthorized: nobody of them.
        """
        who = self.guard.who(request)
        if who not in self.sessions:
            raise web.HTTPUnauthorized
        return str(who)

    def _teacher(self, request: web.Request) -> None:
        """Let the teacher pass.

        Raises:
            HTTPForbidden: it is not the teacher.
        """
        if self.guard.who(request) != TEACHER:
            raise web.HTTPForbidden

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if self.guard.who(request) not in self.sessions:
            return self._signed_out()
        return self._pages.files(await asyncio.to_thread(self._files[self._person(request)].list))

    async def _download(self, request: web.Request) -> web.StreamResponse:
        return download(request, self._files[self._person(request)])

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        return await upload(request, self._files[self._person(request)])

    async def _class(self, request: web.Request) -> web.StreamResponse:
        self._teacher(request)
        return self._pages.classroom(list(self.sessions))

    async def _wall(self, request: web.Request) -> web.StreamResponse:
        """Return where each person is, and how far, as JSON."""
        self._teacher(request)
        async with self._reading:
            standings = await asyncio.to_thread(self._read_standings)
        wall = [
            {
                "name": name,
                "state": session.state,
                "connected": session.connected,
                "error": visible(session.error),
                "turn": name in self._turns.given,
                **standings[name],
            }
            for name, session in self.sessions.items()
        ]
        return web.json_response(wall)

    def _read_standings(self) -> dict[str, dict[str, Any]]:
        return {
            name: standing.lessons()._asdict() | standing.runs()._asdict() for name, standing in self._standings.items()
        }

    async def _results(self, request: web.Request) -> web.StreamResponse:
        """Return what all people have answered, as CSV."""
        self._teacher(request)
        homes = {name: session.home for name, session in self.sessions.items()}
        disposition = {"Content-Disposition": 'attachment; filename="results.csv"'}
        return web.Response(
            body=await asyncio.to_thread(answers, homes), content_type="text/csv", charset="utf-8", headers=disposition
        )

    async def _send(self, request: web.Request) -> web.StreamResponse:
        """Send networks and lessons to all; answer with what was found in them, and whom they did not reach."""
        self._teacher(request)
        form = await request.post()
        files = {field.filename: field.file.read() for field in form.values() if isinstance(field, web.FileField)}
        try:
            found = await check_sent(files, [session.home for session in self.sessions.values()])
        except (RefusedError, OSError) as error:
            return web.Response(status=400, text=f"{error}\n")
        problems = []
        for session in self.sessions.values():
            sent = []
            for name, data in files.items():
                try:
                    sent.append(await asyncio.to_thread(put, session.home, name, data))
                except OSError as error:
                    line = _("{person}: not sent: {reason}").format(person=session.name, reason=error.strerror)
                    problems.append(line)
                    break
            for notice in notices_of(sent):
                session.notify(notice)
        lines = [line for line in (found, *problems) if line]
        return web.Response(status=507 if problems else 200, text="\n".join(lines))

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        self._teacher(request)
        session = self.sessions.get(request.query.get("name", ""))
        if session is None:
            raise web.HTTPNotFound
        return self._pages.app(session.name, watched="/" + quote(session.name), size=session.size)

    async def _watch_socket(self, request: web.Request) -> web.StreamResponse:
        self._teacher(request)
        session = self.sessions.get(request.match_info["name"])
        if session is None:
            raise web.HTTPNotFound
        socket = open_socket()
        await socket.prepare(request)
        await watch_session(session, socket)
        return socket

    async def _stop(self, _app: web.Application) -> None:
        """End all apps."""
        await asyncio.gather(*(session.stop() for session in self.sessions.values()))
        if self.workers is not None:
            self.workers.close()


def _number(request: web.Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 5 else otherwise


def listen(host: str, port: int) -> sockets.socket:
    """Open the port.

    Raises:
        ServeError: it is taken, or the host is not one of this machine.
    """
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    try:
        return sockets.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        message = _("{host}:{port} cannot be opened: {reason}; choose another --port")
        raise ServeError(message.format(host=host, port=port, reason=reason)) from None


def addresses(host: str, port: int, public: str | None) -> list[URL]:
    """Return the addresses under which the pages are reached, the one for links first.

    Raises:
        ServeError: it cannot be told from the host, or `public` is no address.
    """
    if public is None and host in ("0.0.0.0", "::", ""):
        raise ServeError(_("name the address that the people open: --address http://NAME:{port}").format(port=port))
    names = ("127.0.0.1", "localhost", "::1") if host in ("127.0.0.1", "localhost", "::1") else (host,)
    own = [URL.build(scheme="http", host=name, port=port, path="/") for name in (host, *names)]
    if host in ("0.0.0.0", "::", ""):
        own = []
    if public is None:
        return own
    try:
        url = URL(public)
        if url.scheme not in ("http", "https") or not url.host or url.query_string or url.fragment:
            raise ValueError
    except ValueError:
        message = _("“{address}” is no address; write --address https://NAME or https://NAME/PATH/")
        raise ServeError(message.format(address=public)) from None
    return [url if url.path.endswith("/") else url / "", *own]


async def serve(server: Server, listening: sockets.socket, ready: Callable[[], None]) -> None:
    """Serve until the process is interrupted or terminated; then end all apps."""
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, end.set)
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=2.0)  # a log would have the tokens
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        ready()
        await end.wait()
    finally:
        await runner.cleanup()
