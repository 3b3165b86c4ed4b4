"""The whole table: published figures, totals that add up, and stacks that break."""

import pytest
from hypothesis import given

from tests.core.strategies import mostly_sound, networks
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Flatten, MaxPooling2D
from tui_cnn.core.network import Network, walk
from tui_cnn.core.unrolling import unrolled
from tui_cnn.formats.presets import preset

CONVOLUTION = Conv2D(filters=4, kernel_size=(3, 3), padding="same")
RESIDUAL = Branches(branches=((CONVOLUTION, CONVOLUTION), ()))


def column(network, number):
    return [number(row.figures) for row in analyze(network).rows]


def params(figures):
    return figures.parameters.total


def macs(figures):
    return figures.macs.value


def test_the_tutorial_network():
    network = preset("fashion-cnn")
    assert column(network, params) == [320, 0, 18_496, 0, 36_928, 0, 36_928, 650]
    assert column(network, macs) == [194_688, 0, 2_230_272, 0, 331_776, 0, 36_864, 640]
    assert column(network, lambda figures: figures.output_shape) == [
        (26, 26, 32),
        (13, 13, 32),
        (11, 11, 64),
        (5, 5, 64),
        (3, 3, 64),
        (576,),
        (64,),
        (10,),
    ]


@pytest.mark.parametrize(
    ("name", "parameters", "multiplications"),
    [("fashion-cnn", 93_322, 2_794_240), ("fashion-dnn", 101_770, 101_632), ("lenet-5", 61_706, 416_520)],
)
def test_published_totals(name, parameters, multiplications):
    analysis = analyze(preset(name))
    assert (analysis.totals.params, analysis.totals.macs) == (parameters, multiplications)
    assert analysis.totals.trainable == parameters
    assert analysis.totals.complete
    assert analysis.output_shape == (10,)
    assert all(check.severity == "info" for check in analysis.checks)


def test_lenet_layer_by_layer():
    assert [count for count in column(preset("lenet-5"), params) if count] == [156, 2_416, 48_120, 10_164, 850]


@pytest.mark.parametrize(
    ("groups", "parameters", "multiplications"),
    [(1, 62_378_344, 1_135_256_096), (2, 60_965_224, 724_406_816)],
)
def test_alexnet(groups, parameters, multiplications):
    def conv(filters, size, grouped=True, **fields):
        return Conv2D(filters=filters, kernel_size=(size, size), groups=groups if grouped else 1, **fields)

    pool = MaxPooling2D(pool_size=(3, 3), strides=(2, 2))
    network = Network(
        "alexnet",
        (227, 227, 3),
        (
            conv(96, 11, grouped=False, strides=(4, 4)),
            pool,
            conv(256, 5, padding="same"),
            pool,
            conv(384, 3, grouped=False, padding="same"),
            conv(384, 3, padding="same"),
            conv(256, 3, padding="same"),
            pool,
            Flatten(),
            Dense(units=4096),
            Dense(units=4096),
            Dense(units=1000),
        ),
    )
    totals = analyze(network).totals
    assert (totals.params, totals.macs) == (parameters, multiplications)


def test_vgg_16():
    layers = []
    for filters, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        layers += [Conv2D(filters=filters, kernel_size=(3, 3), padding="same")] * times + [MaxPooling2D()]
    network = Network("vgg-16", (224, 224, 3), (Block(name="features", layers=tuple(layers)),))
    assert analyze(network).totals.params == 14_714_688
    for place, layer in enumerate((Flatten(), Dense(units=4096), Dense(units=4096), Dense(units=1000)), start=1):
        network = edits.insert(network, (place,), layer)
    totals = analyze(network).totals
    assert (totals.params, totals.macs) == (138_357_544, 15_470_264_320)


@given(networks())
def test_rows_add_up_to_totals_and_keep_their_places(network):
    analysis = analyze(network)
    walked = list(walk(network.layers))
    assert [(row.path, row.layer) for row in analysis.rows] == walked
    known = [row for row in analysis.rows if row.figures is not None]
    assert analysis.totals.trainable == sum(row.figures.parameters.trainable.value for row in known)
    assert analysis.totals.non_trainable == sum(row.figures.parameters.non_trainable.value for row in known)
    assert analysis.totals.params == sum(row.figures.parameters.total for row in known)
    assert analysis.totals.macs == sum(row.figures.macs.value for row in known)
    assert analysis.totals.complete == (len(known) == len(analysis.rows))
    assert all(row.holds_layers == isinstance(row.layer, Block | Branches) for row in analysis.rows)
    assert (analysis.output_shape is None) == any(check.code in ("empty", "shape") for check in analysis.checks)


@given(mostly_sound().map(unrolled))
def test_each_layer_gets_what_the_one_before_it_gives(network):
    shapes = {(): network.input_shape}
    rows = {row.path: row for row in analyze(network).rows}
    for path, row in rows.items():
        parent = path[:-1]
        if path[-1]:
            figures = rows[(*parent, path[-1] - 1)].figures
            assert row.input_shape == (figures.output_shape if figures else None)
        else:
            holder = parent if parent in shapes else parent[:-1]
            assert row.input_shape == shapes[holder]
        shapes[path] = row.input_shape


@pytest.fixture
def broken():
    """A stack whose third layer has too large a window, with a residual block behind it."""
    return Network(
        "broken",
        (8, 8, 1),
        (CONVOLUTION, MaxPooling2D(), Conv2D(filters=2, kernel_size=(5, 5)), RESIDUAL, Flatten(), Dense(units=3)),
    )


def test_what_comes_after_a_break_stays_visible(broken):
    analysis = analyze(broken)
    assert [row.path for row in analysis.rows] == [(0,), (1,), (2,), (3,), (3, 0, 0), (3, 0, 1), (4,), (5,)]
    assert [row.figures is None for row in analysis.rows] == [False, False, *[True] * 6]
    assert [row.input_shape for row in analysis.rows] == [(8, 8, 1), (8, 8, 4), (4, 4, 4), *[None] * 5]
    assert [row.error is None for row in analysis.rows] == [True, True, False, *[True] * 5]
    assert analysis.output_shape is None


def test_totals_of_a_broken_stack_say_that_they_are_partial(broken):
    totals = analyze(broken).totals
    assert (totals.params, totals.macs, totals.complete) == (40, 3 * 3 * 8 * 8 * 4, False)


def test_a_broken_branch_leaves_the_other_branches_their_numbers():
    misfit = Conv2D(filters=4, kernel_size=(9, 9))
    network = Network("branches", (8, 8, 4), (Branches(branches=((misfit,), (CONVOLUTION,))), Flatten()))
    holder, first, second, flatten = analyze(network).rows
    assert holder.figures is None
    assert holder.error is None
    assert first.error is not None
    assert second.figures.parameters.total == 148
    assert flatten.input_shape is None
    assert not analyze(network).totals.complete


def test_branches_that_cannot_be_merged_are_the_error_of_the_branches():
    network = Network("merge", (8, 8, 4), (Branches(branches=((MaxPooling2D(),), ())),))
    holder, pool = analyze(network).rows
    said = "add needs branches of the same shape, but gets 4×4×4, 8×8×4 (height, width differ)"
    assert str(holder.error) == said
    assert pool.figures.output_shape == (4, 4, 4)


def test_a_container_has_a_shape_and_no_numbers_of_its_own():
    holder = analyze(Network("residual", (8, 8, 4), (RESIDUAL,))).rows[0]
    assert holder.figures.output_shape == (8, 8, 4)
    assert holder.figures.parameters.total == holder.figures.macs.value == 0


def test_no_layers_no_output():
    analysis = analyze(Network("empty", (8, 8, 4)))
    assert analysis.output_shape is None
    assert not analysis.totals.complete
