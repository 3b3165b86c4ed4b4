"""Worker processes that never outlive a test."""

import time

import psutil
import pytest

from tui_cnn.runs import launch
from tui_cnn.runs.snapshot import ACTIVE, Follower


def _command(process):
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # it has just ended
        return []


class Runner:
    """Starts runs as the screen does, and ends their workers when the test is over."""

    def __init__(self):
        self._runs = []

    def start(self, network, recipe):
        return self.adopt(launch.start(network, recipe))

    def adopt(self, run):
        self._runs.append(run)
        return run

    def workers(self, run):
        """The processes that this one has started for a run."""
        return [child for child in psutil.Process().children(recursive=True) if str(run.path) in _command(child)]

    def wait(self, follower, condition):
        """Poll until the condition holds; the limit is only there to end a broken test."""
        deadline = time.monotonic() + 300
        while not condition(snapshot := follower.poll()):
            assert time.monotonic() < deadline, (snapshot, follower.run.log_file.read_text())
            time.sleep(0.02)
        return snapshot

    def wait_for_end(self, run):
        return self.wait(Follower(run), lambda snapshot: snapshot.state not in ACTIVE)

    def end(self):
        for run in self._runs:
            for process in self.workers(run):
                process.kill()
                process.wait()


@pytest.fixture
def runner():
    runner = Runner()
    yield runner
    runner.end()
