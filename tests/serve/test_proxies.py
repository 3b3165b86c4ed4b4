"""A class behind TLS: nginx and Caddy, set up exactly as the README says."""

import io
import re
import shutil
import socket
import ssl
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver

from tests.search.loopback import free_port
from tests.serve.browser import CHROMIUM, Browser
from tests.serve.conftest import read_until, until

NAME = "cnn.school.example"
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
PROGRAMS = "/usr/sbin:/usr/bin:/usr/local/bin:/bin"
"""Where proxies are; the first is not always searched."""

NGINX = """
user root;
daemon off;
pid {directory}/pid;
error_log {directory}/log;
events {{}}
http {{
    access_log off;
    {temporary}
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {name};
        ssl_certificate {directory}/certificate;
        ssl_certificate_key {directory}/key;
        {said}
    }}
}}
"""
CADDY = """
{{
    admin off
    local_certs
    skip_install_trust
    auto_https disable_redirects
    https_port {port}
    default_bind 127.0.0.1
}}
{said}
"""


def said(after):
    """Return the first block of the README after some words."""
    return re.search(re.escape(after) + r"\n\n```\n(.*?)```", README, re.DOTALL)[1]


def nginx(directory, port, server):
    """Return the command of nginx, and the environment."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    command += ["-keyout", directory / "key", "-out", directory / "certificate"]
    subprocess.run(command, check=True, capture_output=True)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {directory}/{kind};" for kind in kinds)
    block = said("nginx needs this within its `server`:").replace("127.0.0.1:8000", server)
    text = NGINX.format(directory=directory, temporary=temporary, port=port, name=NAME, said=block)
    (directory / "nginx.conf").write_text(text)
    return ["nginx", "-p", directory, "-c", directory / "nginx.conf"], {}


def caddy(directory, port, server):
    """Return the command of Caddy, and the environment."""
    block = said("Caddy does all that by itself:").replace("127.0.0.1:8000", server)
    (directory / "Caddyfile").write_text(CADDY.format(port=port, said=block))
    places = {name: str(directory) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    return ["caddy", "run", "--adapter", "caddyfile", "--config", directory / "Caddyfile"], places


def needed(start, *programs):
    missing = [name for name in programs if shutil.which(name, path=PROGRAMS) is None]
    return pytest.param(start, id=start.__name__, marks=pytest.mark.skipif(missing != [], reason=f"without {missing}"))


class Here(AbstractResolver):
    """All names lead to one port of this machine."""

    def __init__(self, port):
        self.port = port

    async def resolve(self, host, port=0, family=socket.AF_INET):
        here = {"hostname": host, "host": "127.0.0.1", "port": self.port, "family": family, "proto": 0, "flags": 0}
        return [here]

    async def close(self):
        pass


def greets(port):
    """Tell whether a proxy has its certificate; Caddy listens before it has made one."""
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            unchecked.wrap_socket(plain, server_hostname=NAME).close()
    except OSError:
        return False
    return True


@asynccontextmanager
async def proxy(start, directory, server):
    """Run a proxy before a server; its port."""
    port = free_port()
    command, places = start(directory, port, server)
    environment = {"PATH": PROGRAMS} | places
    output = (directory / "output").open("wb")
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        await until(lambda: process.poll() is not None or greets(port))
        assert process.poll() is None, (directory / "output").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(20)
        output.close()


PROXIES = [needed(nginx, "nginx", "openssl"), needed(caddy, "caddy")]


@pytest.mark.parametrize("told_port", [False, True], ids=["usual port", "told port"])
@pytest.mark.parametrize("start", PROXIES)
async def test_a_proxy_as_in_the_readme_carries_all_of_a_class(serving, tmp_path, start, told_port):
    origin = f"https://{NAME}:8443" if told_port else f"https://{NAME}"
    async with serving("Ada", address=origin) as served, proxy(start, tmp_path, served.url.authority) as port:
        connector = aiohttp.TCPConnector(resolver=Here(port), ssl=False)
        async with aiohttp.ClientSession(origin, connector=connector) as client:
            async with client.get("/") as answer:
                assert answer.status == 401
            async with client.get(f"/join/{served.roster.people['Ada']}") as answer:
                assert answer.status == 200
                assert answer.cookies[f"cnn-tui-{served.url.port}"]["secure"]
            async with client.ws_connect("/ws?width=100&height=30", headers={"Origin": origin}) as terminal:
                await read_until(terminal, b"<size 100x30>")
                await terminal.send_json(["stdin", "x"])
                await read_until(terminal, b"<key x>")
            photo = bytes(3_000_000)
            async with client.put("/files/photo.npy", data=io.BytesIO(photo), headers={"Origin": origin}) as answer:
                assert answer.status < 300, await answer.text()
            async with client.get("/files/photo.npy") as answer:
                assert await answer.read() == photo
            for refused in ("https://elsewhere.example", served.origin + "0"):
                with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                    await client.ws_connect("/ws", headers={"Origin": refused})
            async with client.get("/", headers={"Host": "elsewhere.example"}) as answer:
                assert answer.status != 200 or await answer.read() == b"", "the proxy or the server must refuse it"


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("start", PROXIES)
async def test_a_browser_signs_in_and_types_through_a_proxy(serving, tmp_path, start):
    async with (
        serving("Ada", address=f"https://{NAME}") as served,
        proxy(start, tmp_path, served.url.authority) as port,
        Browser(tmp_path / "profile", f"--host-resolver-rules=MAP {NAME} 127.0.0.1:{port}",
                "--ignore-certificate-errors") as browser,
    ):  # fmt: skip
        page = await browser.open(f"https://{NAME}/join/{served.roster.people['Ada']}")
        await until(lambda: b"<size" in page.drawn)
        await page.press("x")
        await until(lambda: b"<key x>" in page.drawn)
