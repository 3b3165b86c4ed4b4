"""A cluster on one machine: a scheduler and nodes as processes on loopback, each node with a home of its own."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
from distributed import Client

ROOT = Path(__file__).parents[2]
STUB = ROOT / "tests" / "search" / "stub"


def environment(home, *, stub):
    """What processes get: the program, and the worker that is to be used."""
    paths = [str(STUB)] if stub else []
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "LANGUAGE": "en"}
    return {**os.environ, **quiet, "CNN_TUI_HOME": str(home), "PYTHONPATH": os.pathsep.join([*paths, str(ROOT)])}


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def listens(port):
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0


class Loopback:
    """Starts and kills what a cluster is made of; `close` leaves nothing behind."""

    def __init__(self, directory, nodes=3, *, stub=True):
        self._directory = directory
        self._stub = stub
        self._port = free_port()
        self.address = f"tcp://127.0.0.1:{self._port}"
        self.scheduler = None
        self.nodes = {}
        self.start_scheduler()
        for number in range(nodes):
            self.start_node(number)

    def home(self, number):
        return self._directory / f"node{number}"

    def start_scheduler(self):
        command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--no-dashboard"]
        self.scheduler = self._start([*command, "--port", str(self._port)], self._directory / "scheduler")
        deadline = time.monotonic() + 120
        while not listens(self._port):
            assert time.monotonic() < deadline, self.log("scheduler")
            time.sleep(0.05)

    def start_node(self, number, **variables):
        command = [sys.executable, "-m", "tui_cnn", "node", "--scheduler", self.address, "--threads", "1"]
        self.nodes[number] = self._start(command, self.home(number), **variables)

    def start_plain_worker(self, number, resources):
        """A worker of Dask that nobody has made a node."""
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, "--no-dashboard"]
        self.nodes[number] = self._start([*command, "--nthreads", "1", "--resources", resources], self.home(number))

    def log(self, name):
        return (self._directory / f"{name}.log").read_text()

    def _start(self, command, home, **variables):
        with home.with_suffix(".log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**environment(home, stub=self._stub), **variables},
                cwd=self._directory,
                start_new_session=True,
            )

    def dask_worker(self, number):
        """The process of a node in which Dask runs its tasks; None: it is not there now."""
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.nodes[number].pid).children()
            return next((child for child in children if "spawn_main" in " ".join(child.cmdline())), None)
        return None

    def trainers(self):
        """All processes that train for a node."""
        places = [str(self.home(number)) for number in self.nodes]
        found = []
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or ()
            if any(word.startswith(place) for word in words for place in places):
                found.append(process)
        return found

    @staticmethod
    def kill(process):
        """As `kill -9` does; what a process has started is left to itself."""
        with suppress(psutil.NoSuchProcess):
            process.kill()
            process.wait()

    def restore(self):
        """Start again the nodes that have ended, and wait until the scheduler knows all."""
        for number, process in self.nodes.items():
            if process.poll() is not None:
                self.start_node(number)
        with Client(self.address, timeout=60) as client:
            client.wait_for_workers(len(self.nodes), timeout=120)

    def close(self):
        for process in [*self.nodes.values(), self.scheduler]:
            with suppress(psutil.NoSuchProcess):
                started = psutil.Process(process.pid).children(recursive=True)
                self.kill(process)
                for child in started:
                    self.kill(child)
        for process in self.trainers():
            self.kill(process)
