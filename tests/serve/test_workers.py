"""The workers of all people share one process that has loaded TensorFlow: in turn, confined, and each on its own."""

import asyncio
import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.serve.conftest import read_until, until
from tui_cnn import landlock
from tui_cnn.runs import shared_workers
from tui_cnn.runs.guest import thread_memory
from tui_cnn.runs.inspection.client import Inspector
from tui_cnn.runs.inspection.replies import Predictions
from tui_cnn.runs.inspection.requests import Predict, Source
from tui_cnn.runs.process import PACKAGES
from tui_cnn.serve import workers as module
from tui_cnn.serve.environment import environment
from tui_cnn.serve.workers import Workers

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="workers are shared on Linux"),
    pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock"),
]


class Asked:
    """A worker that a person has asked for, and what was said of it."""

    def __init__(self, channel, given, written):
        self.said = []
        self._channel = channel
        self._given = given
        self._written = written
        self._rest = b""
        channel.setblocking(False)

    def tell(self, line):
        os.write(self._given, f"{line}\n".encode())

    async def line(self):
        """Return the next line that the worker writes."""
        async with asyncio.timeout(60):
            while b"\n" not in self._rest:
                self._rest += await asyncio.to_thread(os.read, self._written, 4096)
        line, _newline, self._rest = self._rest.partition(b"\n")
        return line.decode()

    async def hears(self, message):
        """Wait until something was said."""

        def heard():
            with suppress(BlockingIOError):
                while (said := shared_workers.receive(self._channel)[0]) is not None:
                    self.said.append(said)
            return message in self.said

        await until(heard)

    def leave(self):
        """Be interested no more."""
        self._channel.close()

    def close(self):
        self.leave()
        os.close(self._given)
        os.close(self._written)


class Class:
    """People who ask one server for workers."""

    def __init__(self, root, places, command=None):
        stand_in = sys.executable, str(Path(__file__).with_name("forking.py"))
        self.workers = Workers(places, 4 << 30, command or stand_in)
        self.sockets = {}
        self._root = root
        self._followed = []
        self._asked = []

    def home(self, name):
        return self._root / "people" / name

    def join(self, *names):
        for name in names:
            (self.home(name) / "tmp").mkdir(parents=True)
            (self.home(name) / "secret").write_text(f"secret of {name}")
            (self._root / "turns" / name).mkdir(parents=True)
            settings = environment(self.home(name), self._root / "turns" / name, quota=1, memory=1, trusted=False)
            requests, self.sockets[name] = shared_workers.pair()
            self.workers.follow(name, requests, settings)
            self._followed.append(requests)

    def ask(self, name, *arguments):
        """Ask for a worker as a relay does."""
        ours, theirs = shared_workers.pair()
        (source, given), (written, sink) = os.pipe(), os.pipe()
        request = {"arguments": list(arguments) or ["inspect"], "language": "en"}
        shared_workers.send(self.sockets[name], request, [source, sink, 2, theirs.fileno()])
        theirs.close()
        os.close(source)
        os.close(sink)
        self._asked.append(Asked(ours, given, written))
        return self._asked[-1]

    def close(self):
        for requests in self._followed:
            self.workers.ignore(requests)
        self.workers.close()
        for each in (*self.sockets.values(), *self._asked):
            each.close()


@pytest.fixture
async def people(tmp_path, monkeypatch):
    """Make classes; the stand-in for the process with TensorFlow finds our modules."""
    monkeypatch.setattr(module, "common_environment", lambda: {**os.environ})
    made = []

    def make(*names, places=8):
        made.append(Class(tmp_path, places))
        made[-1].join(*names)
        return made[-1]

    yield make
    for each in made:
        each.close()


async def test_each_worker_reaches_one_home_and_all_have_one_parent(people):
    both = people("Ada", "Bob")
    answers = {}
    for name in ("Ada", "Bob"):
        asked = both.ask(name)
        await asked.hears({"started": True})
        asked.tell("who")
        process, parent, home, argument = (await asked.line()).split()
        assert (int(parent), home, argument) == (both.workers.pid, str(both.home(name)), "inspect")
        assert os.getsid(int(process)) == int(process)
        answers[name] = []
        for other in ("Ada", "Bob"):
            asked.tell(f"read {both.home(other) / 'secret'}")
            answers[name].append(await asked.line())
        (both.home(name) / "link").symlink_to(both.home("Bob" if name == "Ada" else "Ada") / "secret")
        asked.tell(f"read {both.home(name) / 'link'}")
        answers[name].append(await asked.line())
    denied = "PermissionError"
    assert answers == {"Ada": ["secret of Ada", denied, denied], "Bob": [denied, "secret of Bob", denied]}


async def test_who_waits_hears_how_many_come_first_and_people_take_turns(people):
    three = people("Ada", "Bob", "Cyd", places=1)
    first = three.ask("Ada")
    await first.hears({"started": True})
    again = three.ask("Ada")
    bob, cyd = three.ask("Bob"), three.ask("Cyd")
    await cyd.hears({"waiting": 1})
    await again.hears({"waiting": 2})  # the others come before a second one of the same person
    await first.hears({"status": 7})  # it was asked to leave
    await bob.hears({"started": True})
    await again.hears({"waiting": 1})
    await bob.hears({"status": 7})
    await cyd.hears({"started": True})
    cyd.tell("end 0")
    await cyd.hears({"status": 0})
    await again.hears({"started": True})
    assert {"waiting": 0} in bob.said


async def test_a_flood_of_one_person_is_refused_and_keeps_nobody_waiting(people):
    both = people("Ada", "Bob", places=3)
    asked = [both.ask("Ada", "export") for _number in range(7)]
    for each in asked[:2]:
        await each.hears({"started": True})
    refusal = {"refused": "too many of your requests wait; try again in a moment"}
    await asked[6].hears(refusal)
    assert refusal not in asked[5].said
    bob = both.ask("Bob")
    await bob.hears({"started": True})
    assert len(both.workers.pids) == 3


async def test_a_killed_worker_is_the_end_of_that_one_alone(people):
    both = people("Ada", "Bob")
    ada, bob = both.ask("Ada"), both.ask("Bob")
    for each in (ada, bob):
        await each.hears({"started": True})
    ada.tell("who")
    os.kill(int((await ada.line()).split()[0]), signal.SIGKILL)
    await ada.hears({"status": -signal.SIGKILL})
    bob.tell("who")
    assert str(both.workers.pid) in await bob.line()
    ada = both.ask("Ada")
    await ada.hears({"started": True})
    ada.tell("slow")  # one step of an answer has no end
    await ada.hears({"status": -signal.SIGALRM})


async def test_after_the_end_of_the_parent_there_is_another(people):
    both = people("Ada", "Bob", places=1)
    ada = both.ask("Ada", "export")
    await ada.hears({"started": True})
    ada.tell("who")
    worker = psutil.Process(int((await ada.line()).split()[0]))
    bob = both.ask("Bob")
    await bob.hears({"waiting": 0})
    before = both.workers.pid
    os.kill(before, signal.SIGKILL)
    await ada.hears({"status": -signal.SIGKILL})
    await bob.hears({"started": True})
    assert both.workers.pid != before
    await until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


async def test_what_nobody_waits_for_any_more_ends_or_never_begins(people):
    both = people("Ada", "Bob", places=1)
    ada, bob, again = both.ask("Ada", "export"), both.ask("Bob"), both.ask("Bob")
    await ada.hears({"started": True})
    await again.hears({"waiting": 1})
    bob.leave()
    await again.hears({"waiting": 0})
    ada.leave()
    await again.hears({"started": True})


async def test_what_runs_too_long_is_ended(people, monkeypatch):
    monkeypatch.setattr(module, "_LONGEST", 0.5)
    asked = people("Ada").ask("Ada", "quantize")
    await asked.hears({"status": -signal.SIGKILL})


@pytest.mark.parametrize(
    "message",
    [
        b"no JSON",
        b"[" * 10_000,
        b'{"arguments": ["train", "x"], "language": "en"}',
        b'{"arguments": ["inspect", 1], "language": "en"}',
        b'{"arguments": [], "language": "en"}',
        b'{"arguments": ["inspect"]}',
    ],
)
async def test_what_an_app_should_not_send_has_no_effect(people, message):
    ada = people("Ada")
    before = psutil.Process().num_fds()
    for files in ([], [0], [0, 1, 2, 0], [0, 1, 2, ada.sockets["Ada"].fileno()]):
        module.socket.send_fds(ada.sockets["Ada"], [message], files)
    await asyncio.sleep(0.1)
    assert ada.workers.pid is None
    assert psutil.Process().num_fds() == before
    asked = ada.ask("Ada")
    await asked.hears({"started": True})


INSPECT = """
import asyncio, json, sys
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.client import Inspector
from tui_cnn.runs.inspection.replies import OpenReply, Predictions
from tui_cnn.runs.inspection.requests import Open, Predict, Source

async def main():
    own, other, image = sys.argv[1:]
    async with Inspector() as inspector:
        await inspector.ask(Open(source=Source(own)), OpenReply)
        found = await inspector.ask(Predict(source=Source(own), images=(int(image),)), Predictions)
        try:
            await inspector.ask(Open(source=Source(other)), OpenReply)
        except RunError as error:
            refused = str(error)
        print(json.dumps([found.probabilities.numpy().tolist()[0], refused]), flush=True)
        sys.stdin.readline()

asyncio.run(main())
"""


async def test_six_people_inspect_at_once_with_one_tensorflow(tmp_path, trained):
    """Each gets the own answers, and nobody another's; the memory is far from that of several."""
    people = Class(tmp_path, 8, (sys.executable, "-m", "tui_cnn.worker", "fork"))
    names = [f"person {number}" for number in range(6)]
    people.join(*names)
    runs = [people.home(name) / "runs" / trained.id for name in names]
    apps = []
    try:
        for number, (name, run) in enumerate(zip(names, runs, strict=True)):
            shutil.copytree(trained.path, run)
            settings = environment(people.home(name), tmp_path / "turns" / name, quota=1, memory=1, trusted=False)
            socket = people.sockets[name].fileno()
            app = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", INSPECT, run, runs[number - 1], str(number)),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=PACKAGES,
                env=settings | {"CNN_TUI_WORKERS": str(socket)}, pass_fds=(socket,),
            )  # fmt: skip
            apps.append(app)
        found = [json.loads(await app.stdout.readline()) for app in apps]
        loaded = psutil.Process(people.workers.pid)
        forked = loaded.children()
        assert sorted(people.workers.pids) == sorted(process.pid for process in forked)
        assert len(forked) == len(names)
        shared = sum(process.memory_full_info().pss for process in (loaded, *forked))
        assert shared < 2.5 * loaded.memory_info().rss
    finally:
        for app in apps:
            app.stdin.close()
            await app.wait()
        people.close()
    async with Inspector() as inspector:
        question = Predict(source=Source(str(trained.path)), images=tuple(range(len(names))))
        expected = (await inspector.ask(question, Predictions)).probabilities.numpy()
    for (probabilities, refused), own in zip(found, expected, strict=True):
        assert probabilities == pytest.approx(own, abs=1e-5)
        assert "Permission denied" in refused


async def test_a_real_app_inspects_with_the_tensorflow_of_the_class(serving, trained):
    async with serving(real=True) as served:
        session = served.server.sessions["Ada"]
        shutil.copytree(trained.path, session.home / "runs" / trained.id)
        socket = await served.connect(await served.browser("Ada"), "/ws?width=120&height=40")
        await read_until(socket, b"Conv2D")
        await socket.send_json(["stdin", "3"])
        await read_until(socket, b"T-shirt/top", 240)  # the prediction
        (process,) = served.server.workers.pids
        loaded = psutil.Process(process).parent()
        assert loaded.pid == served.server.workers.pid
        of_app = psutil.Process(session.pid).children(recursive=True)
        assert all(each.memory_info().rss < 200e6 for each in of_app), "none of them has loaded TensorFlow"
        assert psutil.Process(process).nice() == psutil.Process().nice() + 5
        soft, _hard = psutil.Process(process).rlimit(psutil.RLIMIT_DATA)
        assert soft == served.server.limits.inspector + thread_memory()
    assert not loaded.is_running()
