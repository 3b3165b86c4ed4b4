"""The entry of Jupyter's launcher, and its server behind a proxy that does what jupyter-server-proxy does."""

import asyncio
import stat
import subprocess
from importlib.metadata import entry_points
from itertools import pairwise

import aiohttp
import pytest

from tests.search.loopback import free_port
from tests.serve.conftest import read_until
from tui_cnn import landlock
from tui_cnn.serve import jupyter
from tui_cnn.serve.people import ServeError, open_roster

VALUES = {"base_url": "/user/ada/"}


@pytest.fixture
def home_in_braces(home, monkeypatch):
    """A data directory with what stands for a value in a template."""
    monkeypatch.setenv("CNN_TUI_HOME", str(home / "{port}"))
    return home / "{port}"


def test_jupyter_finds_it():
    (entry,) = (each for each in entry_points(group="jupyter_serverproxy_servers") if each.name == "cnn-tui")
    assert entry.load() is jupyter.server_process
    assert entry.name == jupyter._ENTRY


def test_the_launcher_has_the_persons_token_and_the_command_has_none(home_in_braces, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    described = jupyter.server_process()
    token = open_roster(home_in_braces / "jupyter", []).people["ada"]
    assert described["launcher_entry"]["path_info"] == f"cnn-tui/join/{token}"
    assert jupyter.server_process() == described, "the link stays valid"
    command = [word.format(port=1234, **VALUES) for word in described["command"]]
    assert token not in " ".join(command)
    options = dict(pairwise(command))
    assert (options["--home"], options["--name"]) == (str(home_in_braces / "jupyter"), "ada")
    assert (options["--port"], options["--address"]) == ("1234", "http://127.0.0.1:1234/user/ada/cnn-tui/")
    assert "--host" not in command, "the loopback"
    assert ("--trust-people" in command) is not bool(landlock.version())
    assert stat.S_IMODE((home_in_braces / "jupyter").stat().st_mode) == 0o700
    assert stat.S_IMODE((home_in_braces / "jupyter" / "people.json").stat().st_mode) == 0o600


def test_a_user_whose_name_cannot_be_one_here_is_served_too(home, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "../root")
    assert "student-01" in jupyter.server_process()["command"]


def test_without_the_extra_there_is_no_entry(home, without):
    without("textual_serve")
    with pytest.raises(ServeError, match="needs the package textual-serve"):
        jupyter.server_process()
    assert not (home / "jupyter").exists()


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
async def test_its_server_takes_what_jupyter_passes_on_and_nothing_else(home):
    described = jupyter.server_process()
    port = free_port()
    values = VALUES | {"port": port}
    command = [word.format(**values) for word in described["command"]]
    passed_on = {name: value.format(**values) for name, value in described["request_headers_override"].items()}
    path = described["launcher_entry"]["path_info"].removeprefix("cnn-tui")
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            await answering(client, url)
            async with client.get(url + path, headers=passed_on) as answer:
                cookie = answer.headers["Set-Cookie"]
            assert "Path=/user/ada/cnn-tui;" in f"{cookie};"
            headers = passed_on | {"Cookie": cookie.partition(";")[0]}
            async with client.put(f"{url}/files/x.txt", data=b"x", headers=headers) as answer:
                assert answer.status == 200
            async with client.ws_connect(f"{url}/ws", headers=headers) as socket:
                await read_until(socket, b"Conv2D")
            foreign = headers | {"Origin": "https://evil.example"}
            async with client.put(f"{url}/files/x.txt", data=b"x", headers=foreign) as answer:
                assert answer.status == 403
            async with client.get(url, headers=passed_on) as answer:
                assert answer.status == 401, "another user of the machine has no token"
    finally:
        server.terminate()
        assert server.wait(30) == 0


async def answering(client, url):
    async with asyncio.timeout(60):
        while True:
            try:
                async with client.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
