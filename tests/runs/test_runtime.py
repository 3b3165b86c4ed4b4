"""What TensorFlow is told before it begins, by the network and the recipe."""

import pytest

from tests.worker.networks import IN_LANES, SMALL_CNN
from tui_cnn.core.layers import BatchNormalization, Block, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import Runtime, runtime, thread_count

DEEP = Network("n", (28, 28), (Flatten(), Block(layers=(Block(layers=(BatchNormalization(),)),)), Dense(units=10)))


@pytest.mark.parametrize(
    ("network", "batch_size", "threads", "lanes", "sharing"),
    [
        (IN_LANES, 32, 2, 2, 1),
        (IN_LANES, 31, 2, 1, 1),
        (IN_LANES, 128, 8, 8, 1),
        (IN_LANES, 128, 9, 1, 9),
        (IN_LANES, 128, 1, 1, 1),
        (preset("fashion-cnn"), 32, 2, 2, 1),
        (SMALL_CNN, 128, 2, 1, 2),
        (DEEP, 33, 2, 1, 2),
        (DEEP, 32, 2, 1, 1),
        (DEEP, 32, 3, 1, 3),
    ],
)
def test_each_thread_has_a_lane_where_there_are_images_enough_and_none_need_each_other(
    network, batch_size, threads, lanes, sharing
):
    told = runtime(network, Recipe(batch_size=batch_size, threads=threads))
    assert told == Runtime(threads=threads, lanes=lanes, sharing=sharing)


def test_lanes_may_normalize_what_they_have_where_the_recipe_lets_them():
    for network in (SMALL_CNN, DEEP):
        told = runtime(network, Recipe(batch_size=128, threads=2, ghost_batches=True))
        assert told == Runtime(threads=2, lanes=2)


def test_the_recipe_says_the_rest():
    told = runtime(IN_LANES, Recipe(threads=2, device="cpu", deterministic=True))
    assert told == Runtime(threads=2, lanes=2, device="cpu", deterministic=True)


def test_there_are_as_many_threads_as_processors_that_may_be_used(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: {3, 5, 7}, raising=False)
    assert thread_count(Recipe()) == 3
    assert thread_count(Recipe(threads=2)) == 2
