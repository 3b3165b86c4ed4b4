"""Sessions over real WebSockets: they outlive a connection, and one that fails leaves the others alone."""

import asyncio
import os

import aiohttp
import psutil

from tests.serve.conftest import read_close, read_until, until
from tui_cnn.serve.environment import environment
from tui_cnn.serve.terminal import MOST_MESSAGE
from tui_cnn.serve.viewer import ENDED, FAILED, FULL, GONE_ELSEWHERE


def typed(text):
    return ["stdin", text]


async def test_keys_and_sizes_reach_the_app_and_what_it_draws_comes_back(serving):
    async with serving() as served:
        socket = await served.connect(await served.browser("Ada"), "/ws?width=100&height=30")
        await read_until(socket, rb"<size 100x30>.*<focus>")
        await socket.send_json(typed("é"))
        await read_until(socket, "<key é>".encode())
        await socket.send_json(["resize", {"width": 90, "height": 20}])
        await read_until(socket, rb"<resize 90 20>")
        await socket.send_json(["ping", "7"])
        assert (await socket.receive_json()) == ["pong", "7"]


async def test_another_connection_gets_the_same_app_drawn_anew_and_the_first_one_ends(serving):
    async with serving() as served:
        client = await served.browser("Ada")
        first = await served.connect(client)
        await read_until(first, b"<size")
        number = served.server.sessions["Ada"].pid
        second = await served.connect(client, "/ws?width=60&height=25")
        await read_until(second, rb"<resize 60 25>.*<repaint>")
        assert await read_close(first) == GONE_ELSEWHERE
        await second.send_json(typed("x"))
        await read_until(second, b"<key x>")
        assert served.server.sessions["Ada"].pid == number


async def test_an_app_outlives_a_lost_connection(serving):
    async with serving() as served:
        session, client = served.server.sessions["Ada"], await served.browser("Ada")
        socket = await served.connect(client)
        await read_until(socket, b"<size")
        number = session.pid
        await socket.close()
        await until(lambda: not session.connected)
        assert session.pid == number
        again = await served.connect(client)
        assert b"<size" not in await read_until(again, b"<repaint>")
        assert session.pid == number


async def test_an_app_without_a_browser_ends_after_a_while(serving):
    async with serving(keep=0.01) as served:
        session = served.server.sessions["Ada"]
        socket = await served.connect(await served.browser("Ada"))
        await read_until(socket, b"<size")
        await socket.close()
        await until(lambda: session.pid is None)
        assert session.state == "away"


async def test_a_failure_is_its_own_and_the_app_starts_again(serving):
    async with serving("Ada", "Grace") as served:
        client = await served.browser("Ada")
        ada, grace = await served.connect(client), await served.connect(await served.browser("Grace"))
        await read_until(grace, b"<size")
        await read_until(ada, b"<size")
        await ada.send_json(typed("!"))
        assert await read_close(ada) == FAILED
        assert (served.server.sessions["Ada"].state, served.server.sessions["Ada"].error) == (
            "failed",
            "a failure of this app",
        )
        await grace.send_json(typed("x"))
        await read_until(grace, b"<key x>")
        await read_until(await served.connect(client), b"<size")
        assert served.server.sessions["Ada"].state == "running"


async def test_an_app_that_is_killed_has_failed(serving):
    async with serving() as served:
        socket = await served.connect(await served.browser("Ada"))
        await read_until(socket, b"<size")
        psutil.Process(served.server.sessions["Ada"].pid).kill()
        assert await read_close(socket) == FAILED


async def test_an_app_that_ends_says_so(serving):
    async with serving() as served:
        session = served.server.sessions["Ada"]
        socket = await served.connect(await served.browser("Ada"))
        await read_until(socket, b"<size")
        await session.stop()
        assert await read_close(socket) == ENDED
        assert session.state == "away"


async def test_a_flood_of_what_is_drawn_delays_nobody(serving):
    """The browser does not read: what is too much is dropped, and the server's memory stays small."""
    async with serving("Ada", "Grace") as served:
        ada = await served.connect(await served.browser("Ada"))
        grace = await served.connect(await served.browser("Grace"))
        await read_until(ada, b"<size")
        before = psutil.Process().memory_info().rss
        await ada.send_json(typed("~"))
        for number in range(20):
            await grace.send_json(typed(str(number)))
            await read_until(grace, f"<key {number}>".encode())
            await asyncio.sleep(0.02)
        assert psutil.Process().memory_info().rss - before < 100e6
        psutil.Process(served.server.sessions["Ada"].pid).kill()


async def test_a_message_that_is_too_large_ends_the_connection_not_the_app(serving):
    async with serving() as served:
        session = served.server.sessions["Ada"]
        socket = await served.connect(await served.browser("Ada"))
        await read_until(socket, b"<size")
        await socket.send_json(typed("x" * MOST_MESSAGE))
        assert await read_close(socket) == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
        assert session.pid is not None


async def test_messages_that_make_no_sense_have_no_effect(serving):
    async with serving() as served:
        socket = await served.connect(await served.browser("Ada"))
        await read_until(socket, b"<size")
        for text in ("", "{}", "[", "[1]", '["stdin"]', '["stdin", 1]', '["resize", {"width": "x"}]', "[" * 9000, "[]"):
            await socket.send_str(text)
        await socket.send_bytes(b"\0")
        await socket.send_json(["resize", {"width": -5, "height": 10**9}])
        await read_until(socket, rb"<resize 1 200>")


async def test_there_is_room_for_so_many(serving):
    async with serving("Ada", "Grace", sessions=1) as served:
        ada = await served.connect(await served.browser("Ada"))
        await read_until(ada, b"<size")
        assert await read_close(await served.connect(await served.browser("Grace"))) == FULL


async def test_the_teacher_looks_on_and_types_nothing(serving):
    async with serving() as served:
        ada = await served.connect(await served.browser("Ada"))
        await read_until(ada, b"<size")
        teacher = await served.connect(await served.browser(teacher=True), "/ws/Ada")
        await read_until(teacher, b"<repaint>")
        await teacher.send_json(typed("t"))
        await teacher.send_json(["resize", {"width": 10, "height": 10}])
        await ada.send_json(typed("a"))
        assert b"<key t>" not in await read_until(ada, b"<key a>")
        assert b"<resize" not in await read_until(teacher, b"<key a>")
        assert served.server.sessions["Ada"].connected


def test_an_app_gets_nothing_secret_of_the_servers_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    given = environment(tmp_path / "people" / "Ada", tmp_path / "turns" / "Ada", quota=7, memory=9, trusted=False)
    assert "secret" not in str(given)
    assert "PYTHONPATH" not in given
    assert given["PATH"] == os.environ["PATH"]
    assert {given[name] for name in ("HOME", "CNN_TUI_HOME", "CNN_TUI_CONFINED")} == {str(tmp_path / "people" / "Ada")}
