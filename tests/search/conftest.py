"""Coordinators and workers that never outlive a test."""

import time
from contextlib import suppress

import psutil
import pytest

from tui_cnn.search import launch
from tui_cnn.search.directory import make_search
from tui_cnn.search.history import read_history


def _processes(text):
    """The processes with `text` in their command: those of a search have sessions of their own, and no parent."""
    own = psutil.Process().pid
    running = psutil.process_iter(["cmdline"])
    return [each for each in running if each.pid != own and any(text in part for part in each.info["cmdline"] or ())]


class Searcher:
    """Makes and starts searches; kills what is left of them when the test is over."""

    def __init__(self, home):
        self._home = home

    def start(self, network, plan, jobs=None):
        search = make_search(network, plan)
        launch.examine(network, plan)
        launch.start(search, jobs)
        return search

    def coordinator(self, search):
        (process,) = _processes(str(search.path))
        return process

    def workers(self, run):
        return _processes(str(run.path))

    def wait(self, search, condition):
        """Poll until the condition holds; the limit is only there to end a broken test."""
        deadline = time.monotonic() + 300
        while not condition(history := read_history(search)):
            assert time.monotonic() < deadline, (history, search.log_file.read_text())
            time.sleep(0.02)
        return history

    def wait_for_end(self, search):
        return self.wait(search, lambda history: history.state != "running")

    def end(self):
        """All that was started in this home names it."""
        for process in _processes(str(self._home)):
            with suppress(psutil.NoSuchProcess):  # it has just ended
                process.kill()


@pytest.fixture
def searcher(home):
    searcher = Searcher(home)
    yield searcher
    searcher.end()
