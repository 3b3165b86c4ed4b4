"""What one person may take of the machine: messages, memory, processor and disk are limited, and others go on."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.serve.conftest import read_until
from tui_cnn import landlock
from tui_cnn.core.layers import Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.runs import launch
from tui_cnn.runs.guest import thread_memory
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.serve import rate, terminal
from tui_cnn.serve.__main__ import most_memory


class Clock:
    """A loop whose time passes only while someone sleeps."""

    now = 0.0

    def get_running_loop(self):
        return self

    def time(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


async def test_a_rate_lets_a_burst_pass_and_then_so_many_a_second(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(rate, "asyncio", clock)
    limit = rate.Rate(200.0, 1000.0)
    for _message in range(1000):
        await limit.wait(1)
    assert clock.now == 0
    for _message in range(400):
        await limit.wait(1)
    assert clock.now == pytest.approx(2)
    await limit.wait(500)  # one that is large waits for all of it
    assert clock.now == pytest.approx(4.5)
    clock.now += 1000  # a long rest saves up no more than the burst
    for _message in range(1200):
        await limit.wait(1)
    assert clock.now == pytest.approx(1004.5 + 1)


@pytest.mark.parametrize(
    ("limit", "allowed", "message", "passed"),
    [("_MESSAGES", (1e-9, 5.0), "x", 5), ("_BYTES", (1e-9, 5000.0), "x" * 990, 4)],
)
async def test_a_flood_of_messages_waits_and_delays_nobody(serving, monkeypatch, limit, allowed, message, passed):
    async with serving("Ada", "Grace") as served:
        grace = await served.connect(await served.browser("Grace"))
        await grace.send_json(["stdin", "first"])
        await read_until(grace, b"<key first>")
        monkeypatch.setattr(terminal, limit, allowed)
        ada = await served.connect(await served.browser("Ada"))
        await read_until(ada, b"<focus>")
        for _message in range(50):
            await ada.send_json(["stdin", message])
        drawn = await read_until(ada, f"(<key {message}>.*){{{passed}}}".encode())
        for number in range(20):
            await grace.send_json(["stdin", str(number)])
            await read_until(grace, f"<key {number}>".encode())
        with pytest.raises(TimeoutError):
            drawn += (await ada.receive(0.2)).data
        assert drawn.count(b"<key") == passed
        assert served.server.sessions["Ada"].connected


async def test_a_flood_to_an_app_that_does_not_read_fills_no_memory(serving, monkeypatch):
    """It waits in the browser: the server holds back what the app does not take."""
    monkeypatch.setattr(terminal, "_MESSAGES", (1e9, 1e9))
    async with serving("Ada", "Grace") as served:
        session = served.server.sessions["Ada"]
        ada, grace = [await served.connect(await served.browser(name)) for name in ("Ada", "Grace")]
        await read_until(ada, b"<size")
        process = psutil.Process(session.pid)
        process.suspend()

        for number in range(10_000):
            await ada.send_json(["resize", {"width": number % 100 + 1, "height": 20}])
        await grace.send_json(["stdin", "x"])
        await read_until(grace, b"<key x>")
        assert len(asyncio.all_tasks()) < 100
        process.kill()


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
async def test_a_real_app_has_a_limit_of_memory_and_comes_after_the_server(serving):
    async with serving(real=True) as served:
        socket = await served.connect(await served.browser("Ada"))
        await read_until(socket, b"Conv2D")
        process = psutil.Process(served.server.sessions["Ada"].pid)
        soft, hard = process.rlimit(psutil.RLIMIT_DATA)
        assert (soft, hard) == (most_memory(), psutil.Process().rlimit(psutil.RLIMIT_DATA)[1])
        assert process.nice() == psutil.Process().nice() + 5
        of_app = Path(f"/proc/{process.pid}")
        assert (of_app / "oom_score_adj").read_text() == "500\n"
        if (of_app / "autogroup").exists():
            assert (of_app / "autogroup").read_text().endswith("nice 5\n")


TAKE = """
import sys
from tui_cnn.runs.resources import limit_memory
limit_memory(400 << 20)
if sys.argv[1] != "limited":
    limit_memory(int(sys.argv[1]) << 20 if sys.argv[1].isdecimal() else None)
try:
    taken = len(bytearray(800 << 20))
except MemoryError:
    taken = 0
print(taken >> 20)
"""


@pytest.mark.parametrize(("argument", "taken"), [("limited", 0), ("lifted", 800), ("1200", 800), ("500", 0)])
def test_memory_beyond_the_limit_is_refused_and_a_worker_may_have_another(argument, taken):
    ended = subprocess.run([sys.executable, "-c", TAKE, argument], capture_output=True, text=True, check=True)
    assert int(ended.stdout) == taken


def test_a_worker_of_a_served_app_has_the_limit_of_workers_and_stays_in_the_apps_session(tmp_path):
    """So that the kernel weighs a person's training against other people's apps together with the person's own."""
    code = (
        "import os, subprocess, sys\n"
        "from tui_cnn.runs.process import start_detached\n"
        "from tui_cnn.runs.resources import limit_memory\n"
        "limit_memory(1 << 30)\n"
        "worker = start_detached((sys.executable, '-c', sys.argv[1]), 'it', stdin=subprocess.DEVNULL,"
        " stdout=sys.stdout, stderr=sys.stderr)\n"
        "worker.wait()\n"
    )
    inner = (
        "import os, resource, sys\n"
        "from tui_cnn.worker.__main__ import main\n"
        "sys.stderr = open(os.devnull, 'w')\n"
        "main([])\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_DATA)\n"
        "print(soft, os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid())\n"
    )
    environment = {**os.environ, "CNN_TUI_CONFINED": str(tmp_path), "CNN_TUI_WORKER_MEMORY": str(3 << 30)}
    command = [sys.executable, "-c", code, inner]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert ended.stdout == f"{(3 << 30) + thread_memory()} False True\n", ended.stderr


def test_a_network_that_needs_more_than_a_person_may_take_fails_in_one_line(home):
    layers = (Flatten(), Dense(units=30_000), Dense(units=30_000), Dense(units=10, activation="softmax"))
    run = launch.make_run(Network("large", (28, 28, 1), layers), Recipe(epochs=1, limit=200))
    environment = {"CNN_TUI_HOME": str(home), "CNN_TUI_CONFINED": str(home), "CNN_TUI_WORKER_MEMORY": str(2 << 30)}
    command = [sys.executable, "-m", "tui_cnn.worker", "train", str(run.path)]
    ended = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    failed = Follower(run).poll().failed
    assert failed is not None, ended.stderr
    assert failed.error == "Not enough memory."
    assert ended.returncode == 1
