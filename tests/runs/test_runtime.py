"""What TensorFlow is told before it begins, by the network and the recipe."""

import pytest

from tests.worker.networks import IN_LANES, SMALL_CNN
from tui_cnn.core.layers import BatchNormalization, Block, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.machine import Measurement, record
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import Runtime, runtime, thread_count, usual_runtime

DEEP = Network("n", (28, 28), (Flatten(), Block(layers=(Block(layers=(BatchNormalization(),)),)), Dense(units=10)))


@pytest.mark.parametrize(
    ("network", "batch_size", "threads", "lanes", "sharing"),
    [
        (IN_LANES, 32, 2, 2, 1),
        (IN_LANES, 31, 2, 1, 1),
        (IN_LANES, 128, 8, 8, 1),
        (IN_LANES, 128, 9, 9, 1),
        (IN_LANES, 32, 8, 8, 1),
        (IN_LANES, 32, 16, 8, 1),
        (IN_LANES, 7, 16, 1, 16),
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


def both_ways(batch_size, slower, threads=8, networks=4):
    """Measurements of some networks in lanes and without; lanes take so many times as long."""
    for network in map(str, range(networks)):
        for lanes in (1, threads):
            yield Measurement(
                network=network,
                precision="float32",
                batch_size=batch_size,
                threads=threads,
                lanes=lanes,
                features={},
                step_seconds=0.01 * (slower if lanes > 1 else 1),
            )


def test_where_lanes_were_measured_to_be_slower_there_are_none():
    """What counts is the size of batches that is nearest; too few networks say nothing."""
    small, large = Recipe(batch_size=32, threads=8), Recipe(batch_size=128, threads=8)
    shared = Runtime(threads=8, lanes=1, sharing=8)
    measured = [*both_ways(32, 1.1), *both_ways(128, 0.5)]
    assert runtime(IN_LANES, small, measured) == shared
    assert runtime(IN_LANES, large, measured) == Runtime(threads=8, lanes=8)
    assert runtime(IN_LANES, large, [*both_ways(32, 1.1)]) == shared
    assert runtime(IN_LANES, small, [*both_ways(32, 1.1, networks=3)]).lanes == 8
    assert runtime(IN_LANES, small, [*both_ways(32, 1.1, threads=4)]).lanes == 8
    record(*measured)
    assert runtime(IN_LANES, small) == shared
    assert usual_runtime(IN_LANES, small).lanes == 8


def test_the_recipe_says_the_rest():
    told = runtime(IN_LANES, Recipe(threads=2, device="cpu", deterministic=True))
    assert told == Runtime(threads=2, lanes=2, device="cpu", deterministic=True)


def test_there_are_as_many_threads_as_processors_that_may_be_used(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: {3, 5, 7}, raising=False)
    assert thread_count(Recipe()) == 3
    assert thread_count(Recipe(threads=2)) == 2
