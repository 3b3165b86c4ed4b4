"""Maps and kernels as numbers and colours, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui_cnn.insight.colours import Scale, is_signed, paint, scale_number, scale_of
from tui_cnn.insight.maps import (
    by_strength,
    cosine,
    dead,
    histogram,
    occlusion_loss,
    per_filter,
    statistics,
)

MAPS = np.stack([np.arange(6.0).reshape(2, 3), np.zeros((2, 3)), np.full((2, 3), -2.0)], axis=-1)


def test_statistics():
    found = statistics(MAPS)
    assert found.minimum.tolist() == [0, 0, -2]
    assert found.maximum.tolist() == [5, 0, -2]
    assert found.mean.tolist() == [2.5, 0, -2]
    assert found.spread == pytest.approx([np.sqrt(35 / 12), 0, 0])
    assert found.norm == pytest.approx([np.sqrt(55), 0, np.sqrt(24)])
    assert found.active == pytest.approx([5 / 6, 0, 1])
    assert by_strength(MAPS).tolist() == [0, 2, 1]
    assert dead(found.minimum, found.maximum).tolist() == [False, True, True]
    assert statistics(np.array([1.0, -3.0])).mean.tolist() == [1, -3]


def test_histogram():
    found = histogram(MAPS[..., 0], 3)
    assert found.counts.tolist() == [2, 2, 2]
    assert found.edges == pytest.approx([0, 5 / 3, 10 / 3, 5])


def test_a_scale_begins_at_zero_or_goes_around_it():
    assert scale_of(MAPS, signed=True) == Scale(-5, 5, "diverging")
    assert scale_of(MAPS[..., 0], signed=False) == Scale(0, 5, "sequential")
    assert scale_of(MAPS[..., 0], signed=True) == Scale(-5, 5, "diverging")
    assert scale_of(MAPS[..., 1], signed=False) == Scale(0, 1, "sequential"), (
        "what is zero everywhere has the colour of zero"
    )
    assert scale_of(MAPS, signed=True).shares(MAPS[..., 0]).ravel() == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9, 1])
    assert (scale_of(MAPS, signed=True)._replace(palette="grey").paint(MAPS[..., 1]) == 128).all()


@pytest.mark.filterwarnings("error")
def test_what_is_no_number_counts_for_nothing_and_is_painted_as_such():
    values = np.array([1.0, np.nan, 3.0, np.inf, 2.0, -np.inf])
    assert scale_of(values[:5], signed=False) == Scale(0, 3, "sequential")
    assert Scale(0, 4, "grey").paint(values[np.newaxis])[0, :, 0].tolist() == [64, 96, 191, 255, 128, 0]
    nothing = np.full((3, 3), np.nan)
    assert (scale_of(nothing, signed=True).paint(nothing) == 96).all()
    assert histogram(values, 2).counts.tolist() == [1, 2]
    assert histogram(nothing, 2).counts.tolist() == [0, 0]


def test_per_filter():
    kernel = np.random.default_rng(0).normal(size=(3, 3, 4, 2))
    assert per_filter(kernel)[1, 2, 1] == pytest.approx(kernel[1, 2, :, 1].sum())


def test_cosine():
    assert cosine(np.array([[1, 0]]), np.array([[1, 1]])) == pytest.approx(np.sqrt(0.5))
    assert cosine(np.zeros((3, 3)), np.ones((3, 3))) == 0


def test_colours():
    assert paint(np.array([[0.0, 0.5, 1.0]]), "grey").tolist() == [[[0] * 3, [128] * 3, [255] * 3]]
    assert paint(np.array([[-1.0, 0.125, 2.0]])).tolist() == [[[68, 1, 84], [71, 44, 122], [253, 231, 37]]]
    image = np.array([[0, 200]], np.uint8)
    assert Scale(0, 1, "grey", 0.5).lay(np.array([[0.0, 1.0]]), image).tolist() == [[[0] * 3, [228] * 3]]


def test_the_bar_of_a_scale_has_the_colours_as_they_lie_over_black_and_over_white():
    assert Scale(0, 1, "grey", 0.5).bar(3)[..., 0].tolist() == [[0, 64, 128], [128, 192, 255]]
    assert Scale(0, 1, "grey").bar(3)[..., 0].tolist() == [[0, 128, 255]] * 2


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0.00"), (0.00173, "0.0017"), (-0.5, "−0.50"), (5.861, "5.86"), (2e6, "2e+06")]
)
def test_no_number_of_a_scale_but_zero_reads_as_zero(value, text):
    assert scale_number(value) == text


floats = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(arrays(np.float64, (3, 4, 2), elements=floats))
def test_zero_is_white_for_what_is_signed_and_the_first_colour_for_all_else(values):
    signed = is_signed(values)
    assert signed == (values.min() < 0)
    for number in range(2):  # whatever is in one of the maps
        scale = scale_of(values[..., number], signed=signed)
        assert scale.paint(np.zeros((1, 1))).tolist() == [[[247] * 3 if signed else [68, 1, 84]]]
        assert scale.low == (-scale.high if signed else 0)
        shares = scale.shares(values[..., number])
        assert shares.min() >= 0
        assert shares.max() <= 1


def test_a_pixel_loses_the_mean_of_what_the_squares_over_it_cost():
    """Two squares of 2 by 2 in steps of 1, on 2 by 3 pixels: the middle column lies under both."""
    lost = occlusion_loss(np.array([[0.5, 0.9]]), 0.8, (2, 1), (2, 4))
    assert lost == pytest.approx(np.array([[0.3, 0.1, -0.1, 0]] * 2))
