"""Spaces: what their keys mean, in which order a grid goes through them, and what is refused."""

from collections import Counter
from random import Random

import pytest

from tests.search.networks import TINY
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D
from tui_cnn.core.network import names, walk
from tui_cnn.core.unrolling import unrolled
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search.errors import SearchError
from tui_cnn.search.space import Variation, read_space

BASE = Variation(TINY, Recipe())


def space(**given):
    return read_space(given, BASE)


def test_a_grid_goes_through_the_space_like_an_odometer():
    grid = read_space({"conv2d.filters": [4, 8], "dropout.present": [True, False], "recipe.epochs": [1, 2]}, BASE)
    assert grid.count == 8
    assert [tuple(grid.at(index).values()) for index in range(8)] == [
        (4, True, 1),
        (4, True, 2),
        (4, False, 1),
        (4, False, 2),
        (8, True, 1),
        (8, True, 2),
        (8, False, 1),
        (8, False, 2),
    ]


def test_a_layer_has_its_name_and_its_number():
    by_name = read_space({"conv2d.filters": [5]}, BASE).build({"conv2d.filters": 5})
    by_number = read_space({"1.filters": [5]}, BASE).build({"1.filters": 5})
    assert by_name == by_number
    assert by_name.network.layers[0].filters == 5
    inner = read_space({"2.1.kernel_size": [5, [1, 3]]}, BASE)
    sizes = [inner.build(inner.at(index)).network.layers[1].layers[0].kernel_size for index in range(2)]
    assert sizes == [(5, 5), (1, 3)]
    assert inner.build(inner.at(0)).network.layers[0] == TINY.layers[0]


def test_repeats_and_absent_layers_leave_the_other_addresses_as_they_are():
    keys = {"1.present": [False], "2.1.repeat": [3], "2.repeat": [2], "3.present": [False], "5.activation": ["relu"]}
    built = read_space(keys, BASE)
    network = built.build(built.at(0)).network
    assert [type(layer).__name__ for layer in network.layers] == ["Block", "Flatten", "Dense"]
    stage, inner = network.layers[0], network.layers[0].layers[0]
    assert (stage.repeat, stage.name, inner.repeat) == (2, TINY.layers[1].name, 3)
    assert all(isinstance(layer, Conv2D) for layer in inner.layers)
    assert network.layers[2].activation == "relu"
    built = unrolled(network)
    assert sum(isinstance(layer, Conv2D) for _path, layer in walk(built.layers)) == 2 * 3
    assert len(set(names(built).values())) == len(names(built))  # no name stands twice
    assert analyze(network).output_shape == (10,)


def test_fields_of_the_recipe_vary_too():
    varied = space(recipe={"learning_rate": {"low": 0.001, "high": 0.1, "log": True}, "optimizer": ["adam", "sgd"]})
    setup = varied.build({"recipe.learning_rate": 0.05, "recipe.optimizer": "sgd"})
    assert (setup.recipe.learning_rate, setup.recipe.optimizer) == (0.05, "sgd")
    assert setup.network == TINY
    assert varied.count is None


def test_ranges_have_the_values_that_their_steps_hit():
    steps = {
        "conv2d.filters": {"low": 4, "high": 15, "step": 4},
        "dropout.rate": {"low": 0.1, "high": 0.3, "step": 0.1},
    }
    ranged = read_space(steps, BASE)
    assert ranged.count == 9
    assert [ranged.at(index)["dropout.rate"] for index in range(3)] == [0.1, 0.2, 0.3]
    assert [ranged.at(index)["conv2d.filters"] for index in (0, 3, 8)] == [4, 8, 12]
    drawn = Counter(ranged.draw(Random(number))["conv2d.filters"] for number in range(300))
    assert set(drawn) == {4, 8, 12}


def test_a_logarithmic_range_is_drawn_evenly_by_its_logarithm():
    ranged = read_space({"recipe.learning_rate": {"low": 1e-4, "high": 1, "log": True}}, BASE)
    rates = [ranged.draw(Random(number))["recipe.learning_rate"] for number in range(2000)]
    assert 1e-4 <= min(rates) <= max(rates) <= 1
    assert abs(sum(rate < 0.01 for rate in rates) - 1000) < 150  # half of four decades


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, 'the space is empty: add what varies to [space], such as "conv2d.filters" = [16, 32]'),
        ({"conv3d.filters": [1]}, "space: conv3d.filters: layer “conv3d” not found; did you mean “conv2d”?"),
        (
            {"99.filters": [1]},
            "space: 99.filters: layer “99” not found; use one of conv2d, body, conv2d_1, dropout, flatten, dense",
        ),
        ({"conv2d.filter": [1]}, "space: conv2d.filter: unknown field “filter”; did you mean “filters”?"),
        ({"conv2d.filters": [0]}, "space: conv2d.filters: filters must be a whole number, at least 1, not 0"),
        ({"conv2d.filters": ["4"]}, "space: conv2d.filters: filters must be a whole number, not '4'"),
        (
            {"conv2d.activation": ["rely"]},
            "space: conv2d.activation: activation cannot be 'rely'; did you mean “relu”?",
        ),
        ({"conv2d.filters": []}, "space: conv2d.filters has no values; list at least one"),
        ({"conv2d.filters": [4, 8, 4]}, "space: conv2d.filters lists 4 twice; remove one"),
        (
            {"conv2d.filters": 4},
            "space: conv2d.filters must be a list of values, or a range such as {low = 16, high = 64, step = 16}",
        ),
        ({"conv2d.filters": {"low": 4}}, "space: conv2d.filters needs the numbers low and high"),
        (
            {"conv2d.filters": {"low": 8, "high": 4}},
            "space: conv2d.filters: low = 8 must be less than high = 4",
        ),
        (
            {"conv2d.filters": {"low": 4, "high": 8, "step": 0}},
            "space: conv2d.filters: step must be more than 0",
        ),
        (
            {"recipe.learning_rate": {"low": 0.0, "high": 1.0, "log": True}},
            "space: recipe.learning_rate: low must be more than 0 where log = true",
        ),
        (
            {"conv2d.filters": {"low": 4, "high": float("inf")}},
            "space: conv2d.filters needs the numbers low and high",
        ),
        ({"recipe.epoch": [1]}, "space: recipe.epoch: unknown field “epoch”; did you mean “epochs”?"),
        ({"recipe.epochs": [0]}, "space: recipe.epochs: epochs must be a whole number, at least 1, not 0"),
        ({"2.repeat": [0]}, "space: 2.repeat must be a whole number from 1 to 100, not 0"),
        ({"2.present": ["no"]}, "space: 2.present must be true or false, not no"),
        (
            {"filters": [1]},
            "space: “filters” is not a layer and a field, such as conv2d.filters, nor one of the recipe",
        ),
        (
            {"1.filters": [1], "conv2d.filters": [2]},
            "space: 1.filters and conv2d.filters are the same field; remove one",
        ),
    ],
)
def test_what_is_no_space_is_refused_in_one_line(given, line):
    with pytest.raises(SearchError) as refusal:
        read_space(given, BASE)
    assert str(refusal.value) == line
