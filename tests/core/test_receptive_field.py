"""Receptive fields equal the pixels that have a gradient, and published tables."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.formulas import equations
from tests.core.gradients import seen_by
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    AveragePooling2D,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    DepthwiseConv2D,
    Flatten,
    UpSampling2D,
    ZeroPadding2D,
)
from tui_cnn.core.network import Network
from tui_cnn.core.rows import field_formula
from tui_cnn.formats.presets import preset

extents = st.tuples(st.integers(1, 4), st.integers(1, 4))
steps = st.tuples(st.integers(1, 2), st.integers(1, 2))
paddings = st.sampled_from(["valid", "same"])
sides = st.tuples(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.tuples(st.integers(0, 2), st.integers(0, 2)))
windows = st.one_of(
    st.builds(Conv2D, filters=st.just(1), kernel_size=extents, strides=steps, padding=paddings),
    st.builds(Conv2D, filters=st.just(1), kernel_size=extents, dilation_rate=steps, padding=paddings),
    st.builds(DepthwiseConv2D, kernel_size=extents, padding=paddings),
    st.builds(AveragePooling2D, pool_size=extents, strides=steps, padding=paddings),
)
plain = st.one_of(windows, st.builds(ZeroPadding2D, padding=sides), st.builds(Cropping2D, cropping=sides))
spreading = st.one_of(
    st.builds(UpSampling2D, size=steps, interpolation=st.sampled_from(["nearest", "bilinear"])),
    st.builds(Conv2DTranspose, filters=st.just(1), kernel_size=extents, strides=steps, padding=paddings),
)
same_size = st.builds(Conv2D, filters=st.just(1), kernel_size=extents, dilation_rate=steps, padding=st.just("same"))
branches = st.lists(st.lists(same_size, max_size=2).map(tuple), min_size=2, max_size=3).map(
    lambda stacks: Branches(merge="add", branches=tuple(stacks))
)


def agree(network):
    """Compare for the cell in the middle, if none of what it sees on the way is padding: that has no gradient."""
    analysis = analyze(network)
    assume(analysis.output_shape is not None)
    row, column = analysis.output_shape[0] // 2, analysis.output_shape[1] // 2
    top_level = [row for row in analysis.rows if len(row.path) == 1]
    down, across = (row, row), (column, column)
    for step in reversed(top_level):
        down, across = (
            step.figures.receptive_field_map.down.back(down),
            step.figures.receptive_field_map.across.back(across),
        )
        assume(down[0] >= 0 and across[0] >= 0)
        assume(down[1] < step.input_shape[0] and across[1] < step.input_shape[1])
    region = top, left, bottom, right = top_level[-1].field.region(row, column, network.input_shape)
    assume(top > 0 and left > 0 and bottom < network.input_shape[0] - 1 and right < network.input_shape[1] - 1)
    assert region == seen_by(network, row, column)


@pytest.mark.usefixtures("keras")
@settings(max_examples=50)
@given(st.lists(plain, min_size=1, max_size=4).map(tuple))
def test_windows(layers):
    agree(Network("windows", (30, 27, 1), layers))


@pytest.mark.usefixtures("keras")
@settings(max_examples=50)
@given(st.lists(st.one_of(plain, spreading), min_size=1, max_size=4).map(tuple))
def test_with_upsampling(layers):
    agree(Network("upsampling", (20, 17, 1), layers))


@pytest.mark.usefixtures("keras")
@settings(max_examples=40)
@given(st.lists(st.one_of(windows, branches), min_size=1, max_size=4).map(tuple))
def test_through_branches(layers):
    agree(Network("branches", (30, 27, 1), layers))


def test_the_tutorial_network():
    """FIGURES: 18 pixels at stride 4, padding 0, at the last convolution; everything from Flatten on."""
    rows = analyze(preset("fashion-cnn")).rows
    assert [row.field.down.size for row in rows[:5]] == [3, 4, 8, 10, 18]
    assert (rows[4].field.down.stride, rows[4].field.down.padding) == (4, 0)
    assert [row.field.status for row in rows[4:]] == ["exact", "full", "full", "full"]


@settings(max_examples=100)
@given(st.lists(st.one_of(plain, branches), min_size=1, max_size=4).map(tuple))
def test_formulas_give_the_numbers(layers):
    """Every field that is exact has its recurrence filled in, wherever the layer looks at more than one cell."""
    for row in analyze(Network("drawn", (30, 27, 1), layers)).rows:
        formula = field_formula(row)
        if formula is None:
            assert row.field is None or row.field in row.input_fields
            continue
        down, across = row.field.down, row.field.across
        for name, text in formula._asdict().items():
            given_axes = equations(text)
            assert {getattr(down, name), getattr(across, name)} == set(given_axes)
            assert given_axes == [getattr(down, name), getattr(across, name)][: len(given_axes)]


def test_formulas_as_a_person_writes_them():
    """The tutorial network's last convolution, 3×3 over cells of 10 pixels that lie 4 apart."""
    rows = analyze(preset("fashion-cnn")).rows
    assert field_formula(rows[4]) == ("10 + (3 - 1)·4 = 18", "4·1 = 4", "0 + 0·4 = 0")
    assert field_formula(rows[5]) is None
    residual = next(row for row in analyze(preset("small-resnet")).rows if isinstance(row.layer, Branches))
    assert field_formula(residual) == ("max(3, 1) + max(7 - 3, 3 - 1) = 7", "1", "max(3, 1) = 3")


def same(*kernel):
    return Conv2D(filters=1, kernel_size=kernel, padding="same")


@pytest.mark.parametrize(
    ("branches", "size", "padding"),
    [
        # An even kernel sees one cell more behind than before: 2 and 2 reach from 0 to 2, a 3 from -1 to 1.
        (((same(2, 2), same(2, 2)), (same(3, 3),)), 4, 1),
        (((same(3, 3),), ()), 3, 1),
        (((same(4, 4),), (same(5, 5),)), 5, 2),
    ],
)
@pytest.mark.usefixtures("keras")
def test_a_merged_cell_sees_all_that_its_branches_see(branches, size, padding):
    network = Network("merge", (12, 12, 1), (Branches(branches=branches),))
    field = analyze(network).rows[0].field
    assert (field.down.size, field.down.padding) == (field.across.size, field.across.padding) == (size, padding)
    assert field.region(6, 5, (12, 12, 1)) == seen_by(network, 6, 5)


def test_the_formula_of_a_merge():
    fork = Branches(branches=((same(2, 2), same(2, 2)), (same(3, 3),)))
    row = analyze(Network("merge", (12, 12, 1), (fork,))).rows[0]
    assert field_formula(row) == ("max(0, 1) + max(3 - 0, 3 - 1) = 4", "1", "max(0, 1) = 1")


def test_cells_that_see_unevenly():
    """Each cell of the smaller image is repeated: two see the same three pixels, the first two from one before it."""
    down = analyze(Network("n", (6, 6, 1), (same(3, 3), UpSampling2D()))).rows[1].field.down
    assert (down.size, down.stride, down.padding) == (3, Fraction(1, 2), 1)
    assert down.table[:4] == ((-1, 1), (-1, 1), (0, 2), (0, 2))


def test_a_branch_that_is_stretched_over_the_image_sees_all_of_it():
    """One number for each channel: every cell of the merged image hangs on it."""
    whole = Conv2D(filters=1, kernel_size=(9, 9))
    rows = analyze(Network("gate", (9, 9, 1), (Branches(merge="multiply", branches=((whole,), ())), same(3, 3)))).rows
    assert [row.field.status for row in rows] == ["full", "exact", "full"]


def test_a_region_is_clipped_to_the_image():
    field = analyze(Network("n", (6, 5, 1), (same(5, 5),))).rows[0].field
    assert field.region(0, 0, (6, 5, 1)) == (0, 0, 2, 2)
    assert field.region(5, 4, (6, 5, 1)) == (3, 2, 5, 4)
    full = analyze(Network("n", (6, 5, 1), (Flatten(),))).rows[0].field
    assert full.region(0, 0, (6, 5, 1)) == (0, 0, 5, 4)


def test_an_image_too_large_to_ask_each_cell_of_is_not_known():
    """Where cells see unevenly each is worked out; evenly, or on a smaller image, it is known however large."""
    large = UpSampling2D(size=(1024, 1024))
    even = [ZeroPadding2D(padding=((4096, 4096), (4096, 4096)))] * 9
    rows = analyze(Network("n", (8, 8, 1), (UpSampling2D(size=(64, 64)), large, *even, Flatten()))).rows
    assert [row.field.status for row in rows[:1]] == ["unaligned"]
    assert {row.field for row in rows[1:-1]} == {None}
    padded = analyze(Network("n", (8, 8, 1), (*even, Conv2D(filters=1, kernel_size=(3, 3))))).rows
    assert padded[-1].field.down.size == 3
    forked = Branches(branches=((AveragePooling2D(), UpSampling2D()), ()))
    rows = analyze(Network("n", (8, 8, 1), (*even, forked))).rows
    assert [row.field for row in rows if row.layer is forked] == [None]
