"""Edges: filters against SciPy, Canny against a slow reference, pixel by pixel; thin lines; what is joined."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tui_cnn.lab.edges import SCHARR, SOBEL, canny, correlated, gaussian, joined, magnitude
from tui_cnn.lab.photo import grey_levels, scaled
from tui_cnn.lab.townscape import townscape


def town(size=(40, 60)):
    return grey_levels(scaled(townscape(), size))


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (5, 1), (1, 7), (7, 7), (3, 5)])
def test_a_filter_gives_what_scipy_gives(shape):
    random = np.random.default_rng(0)
    kernel, plane = random.normal(size=shape), random.uniform(0, 255, (9, 14))
    np.testing.assert_allclose(correlated(plane, kernel), ndimage.correlate(plane, kernel, mode="nearest"))


def test_a_filter_of_an_even_size_begins_at_its_upper_left():
    plane = np.arange(12.0).reshape(3, 4)
    expected = plane + np.pad(plane, ((0, 1), (0, 1)), "edge")[1:, 1:]
    np.testing.assert_array_equal(correlated(plane, np.array([[1.0, 0], [0, 1]])), expected)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 1.75, 5.0])
def test_the_blur_is_a_gaussian(sigma):
    impulse = np.zeros((81, 81))
    impulse[40, 40] = 1
    expected = ndimage.gaussian_filter(impulse, sigma, radius=math.ceil(3 * sigma), mode="nearest")
    weights = gaussian(sigma)
    np.testing.assert_allclose(correlated(correlated(impulse, weights), weights.T), expected, atol=1e-12)


def test_no_blur():
    assert gaussian(0).tolist() == [[1]]
    np.testing.assert_array_equal(canny(town(), 0, 0.1, 0.3).smoothed, town())


def test_the_gradient_is_scipys():
    plane = town()
    across, down = (ndimage.sobel(plane, axis, mode="nearest") for axis in (1, 0))
    np.testing.assert_allclose(magnitude(plane, SOBEL), np.hypot(across, down), atol=1e-5)
    flat = [ndimage.correlate(plane, kernel, mode="nearest") for kernel in SCHARR]
    np.testing.assert_allclose(magnitude(plane, SCHARR), np.hypot(*flat), atol=1e-5)
    assert SCHARR[0].tolist() == [[3, 0, -3], [10, 0, -10], [3, 0, -3]]


def slow_canny(plane, sigma, low, high):
    """Canny as books have it, a pixel at a time: magnitude, what is left of it, and the edges."""
    rows, columns = plane.shape
    smooth = ndimage.gaussian_filter(plane, sigma, radius=math.ceil(3 * sigma), mode="nearest") if sigma else plane
    across, down = (ndimage.sobel(smooth, axis, mode="nearest").round(6) for axis in (1, 0))

    def length(row, column):
        inside = 0 <= row < rows and 0 <= column < columns
        return math.hypot(across[row, column], down[row, column]) if inside else 0.0

    lengths = np.array([[length(row, column) for column in range(columns)] for row in range(rows)])
    left = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            angle = math.degrees(math.atan2(down[row, column], across[row, column])) % 180
            if angle < 22.5 or angle >= 157.5:
                step = 0, 1
            elif angle < 67.5:
                step = 1, 1
            elif angle < 112.5:
                step = 1, 0
            else:
                step = 1, -1
            here = lengths[row, column]
            if here > length(row - step[0], column - step[1]) and here >= length(row + step[0], column + step[1]):
                left[row, column] = here
    largest = lengths.max()
    edges = {(r, c) for r in range(rows) for c in range(columns) if left[r, c] > 0 and left[r, c] >= high * largest}
    stack = list(edges)
    while stack:
        row, column = stack.pop()
        for near in [(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1)]:
            is_inside = 0 <= near[0] < rows and 0 <= near[1] < columns
            if is_inside and near not in edges and left[near] > 0 and left[near] >= low * largest:
                edges.add(near)
                stack.append(near)
    return lengths, left, edges


@pytest.mark.parametrize(
    ("sigma", "low", "high"), [(1.0, 0.15, 0.35), (0, 0.1, 0.3), (2.0, 0.05, 0.6), (1.5, 0.5, 0.2)]
)
def test_canny_gives_what_the_slow_one_gives(sigma, low, high):
    plane = town()
    made, (lengths, left, edges) = canny(plane, sigma, low, high), slow_canny(plane, sigma, low, high)
    np.testing.assert_allclose(made.magnitude, lengths, atol=1e-4)
    assert ((made.thinned > 0) == (left > 0)).all()
    assert {(int(row), int(column)) for row, column in np.argwhere(made.edges)} == edges
    assert 0 < len(edges) < plane.size / 2
    assert made.high == pytest.approx(high * lengths.max())


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9), st.sampled_from([0, 0.8]))
@settings(max_examples=40, deadline=None)
def test_any_small_image(seed, rows, columns, sigma):
    plane = np.random.default_rng(seed).integers(0, 4, (rows, columns)) * 60.0
    made, (_lengths, left, edges) = canny(plane, sigma, 0.2, 0.5), slow_canny(plane, sigma, 0.2, 0.5)
    if sigma == 0:  # else rounding may differ where two neighbours are equal
        np.testing.assert_array_equal(made.thinned > 0, left > 0)
        assert {tuple(place) for place in np.argwhere(made.edges).tolist()} == edges
    assert not (made.strong & made.weak).any()
    assert (made.edges <= (made.strong | made.weak)).all()
    assert (made.strong <= made.edges).all()


@pytest.mark.parametrize("angle", range(0, 180, 15))
@pytest.mark.parametrize("sigma", [0.8, 1.5])
def test_a_straight_edge_is_thin(angle, sigma):
    """No square of 2 by 2 pixels is left, and the line goes through the whole image."""
    rows, columns = np.mgrid[-20:21, -20:21]
    slope = np.radians(angle)
    distance = columns * np.cos(slope) + rows * np.sin(slope)
    made = canny(200 * (distance + 0.5).clip(0, 1), sigma, 0.3, 0.6)
    inside = made.edges[3:-3, 3:-3]
    assert not (inside[1:, 1:] & inside[1:, :-1] & inside[:-1, 1:] & inside[:-1, :-1]).any()
    assert inside.any(axis=1 if np.cos(slope) ** 2 > 0.5 else 0).all()
    assert np.abs(distance[3:-3, 3:-3][inside]).max() < 2


@pytest.mark.parametrize(("down", "across", "direction"), [(0, 1, 0), (1, 1, 1), (1, 0, 2), (1, -1, 3), (-1, -1, 1)])
def test_the_direction_of_a_ramp(down, across, direction):
    rows, columns = np.mgrid[:9, :9]
    assert (canny(10.0 * (down * rows + across * columns), 0, 0, 0).direction[1:-1, 1:-1] == direction).all()


def test_a_flat_image_has_no_edges():
    made = canny(np.full((5, 6), 77.0), 1, 0, 0)
    assert not made.edges.any()
    assert not made.strong.any()


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.5), st.floats(0, 0.2))
@settings(max_examples=60, deadline=None)
def test_what_is_joined_is_what_scipy_labels(seed, weak_share, strong_share):
    random = np.random.default_rng(seed)
    drawn = random.uniform(size=(13, 17))
    strong = drawn < strong_share
    weak = ~strong & (drawn < strong_share + weak_share)
    labels, _count = ndimage.label(strong | weak, np.ones((3, 3)))
    expected = np.isin(labels, np.unique(labels[strong])) & (labels > 0)
    np.testing.assert_array_equal(joined(strong, weak), expected)
