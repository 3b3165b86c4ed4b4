"""A run keeps the classes that it began with: it does not go on with others, which its outputs do not stand for."""

import pytest

from tests.data.image_sets import colours, save
from tui_cnn.core.layers import Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load
from tui_cnn.runs.directory import make_run, write_desired
from tui_cnn.runs.further import longer_recipe, make_longer
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower

pytestmark = [
    pytest.mark.usefixtures("keras", "home"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]


@pytest.fixture
def run(tmp_path):
    for number, image in enumerate(colours(12, 6, 6)):
        save(image, tmp_path / "set" / ("apple", "pear")[number % 2] / f"{number}.png")
    network = Network("n", (6, 6, 3), (Flatten(), Dense(units=2)))
    return make_run(network, Recipe(epochs=1, data=str(tmp_path / "set")))


def trained(run, desired="run"):
    """Train it in this process; return its state, and what went wrong."""
    from tui_cnn.worker import running

    write_desired(run.desired_file, desired)
    running.train(run)
    snapshot = Follower(run).poll()
    return snapshot.state, snapshot.failed.error if snapshot.failed else ""


def test_a_run_is_not_resumed_with_other_classes(run, tmp_path):
    load(tmp_path / "set")  # decoded, so that it stops only in the training
    assert trained(run, "stop") == ("interrupted", "")
    assert run.output_names() == ("apple", "pear")
    (tmp_path / "set" / "pear").rename(tmp_path / "set" / "fig")
    refusal = "set: its classes are not those that the run began with (fig, pear); put them back, or start a new run"
    assert trained(run) == ("failed", refusal)
    (tmp_path / "set" / "fig").rename(tmp_path / "set" / "pear")
    assert trained(run) == ("finished", "")


def test_a_run_is_not_trained_further_with_other_classes(run, tmp_path):
    assert trained(run) == ("finished", "")
    longer = make_longer(run, longer_recipe(run, 1))
    for old, new in (("apple", "x"), ("pear", "apple"), ("x", "pear")):  # the same names for each other's images
        (tmp_path / "set" / old).rename(tmp_path / "set" / new)
    (tmp_path / "set" / "apple").rename(tmp_path / "set" / "zebra")
    state, problem = trained(longer)
    assert state == "failed"
    assert problem.startswith("set: its classes are not those that the run began with (apple, zebra); put them back")
