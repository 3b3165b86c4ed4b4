"""A small network, trained for real."""

import time

import pytest

from tests.worker.networks import SMALL_CNN
from tui_cnn.runs import launch
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower

RECIPE = Recipe(epochs=2, limit=1500)


def train(home, network=SMALL_CNN, recipe=RECIPE):
    """Train in `home`, and return the finished run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(home))
        run = launch.start(network, recipe)
    follower, deadline = Follower(run), time.monotonic() + 300
    while (snapshot := follower.poll()).state in ("running", "paused"):
        assert time.monotonic() < deadline, run.log_file.read_text()
        time.sleep(0.05)
    assert snapshot.state == "finished", snapshot.failed
    return run
