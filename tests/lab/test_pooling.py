"""Pooling against TensorFlow, and what a shift does to it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from msgspec.structs import replace

from tui_cnn.lab.pooling import Pooling, moved, pooling_weights, relative_change, shifted, subsampled
from tui_cnn.lab.scene import LabArrays
from tui_cnn.lab.settings import PoolingSettings
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.bench import ImageStore

images = st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 4)).flatmap(
    lambda shape: arrays.arrays(float, shape, elements=st.integers(-9, 9).map(float))
)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@given(images, st.sampled_from(["max", "average"]), pairs, pairs, st.sampled_from(["valid", "same"]))
@settings(max_examples=150)
def test_what_tensorflow_gives(tf, image, kind, size, strides, padding):
    pooling = Pooling(image, kind, size, strides, padding)
    try:
        ours = pooling.output()
    except WindowError:
        assert padding == "valid"
        assert size[0] > image.shape[0] or size[1] > image.shape[1]
        return
    theirs = tf.nn.max_pool2d if kind == "max" else tf.nn.avg_pool2d
    np.testing.assert_allclose(ours, theirs(image[None], size, strides, padding.upper())[0].numpy(), rtol=1e-12)
    for index in range(pooling.steps):
        step = pooling.step(index)
        assert step.value == (step.patch[step.kept].max() if kind == "max" else step.patch[step.kept].mean())
        assert kind == "average" or step.kept.sum() == 1


@given(images, st.tuples(pairs, st.integers(0, 10**6)), st.integers(1, 3), st.sampled_from(["valid", "same"]))
@settings(max_examples=100)
def test_a_weighted_average_is_a_depthwise_convolution(tf, image, shape_and_seed, stride, padding):
    """With weights that sum to 1; at the border, where some are outside, divided by the sum of the others."""
    shape, seed = shape_and_seed
    weights = np.random.default_rng(seed).integers(1, 9, shape).astype(float)
    pooling = Pooling(image, "weighted-average", strides=(stride, stride), padding=padding, weights=weights)
    try:
        ours = pooling.output()
    except WindowError:
        assert padding == "valid"
        assert shape[0] > image.shape[0] or shape[1] > image.shape[1]
        return

    def convolved(values):
        kernel = np.repeat((weights / weights.sum())[..., None, None], image.shape[2], axis=2)
        return tf.nn.depthwise_conv2d(values[None], kernel, [1, stride, stride, 1], padding.upper())[0].numpy()

    np.testing.assert_allclose(ours, convolved(image) / convolved(np.ones_like(image)), atol=1e-9)
    if padding == "valid":
        np.testing.assert_allclose(ours, convolved(image), atol=1e-9)


def test_weights_are_a_row_or_all_rows():
    assert pooling_weights(PoolingSettings()) is None
    chosen = PoolingSettings(kind="weighted-average")
    assert pooling_weights(chosen).tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert pooling_weights(replace(chosen, weights="1,2/3,4/5,6")).tolist() == [[1, 2], [3, 4], [5, 6]]
    step = moved(replace(chosen, image="four-numbers", weights="1,2/3,4"), LabArrays()).pooling.step(0)
    assert step.value == (1 * 29 + 2 * 15 + 3 * 0 + 4 * 100) / 10
    for weights, padding, said in (
        ("1,2/3", "valid", "type one row"), ("0,0", "valid", "must not be 0"), ("0,1", "same", "must not be 0"),
        ("1,1,1,1,1,1,1,1", "valid", "up to 7 rows"),
    ):  # fmt: skip
        with pytest.raises(WindowError, match=said):
            pooling_weights(replace(chosen, weights=weights, padding=padding))


@given(images)
def test_global_ones(tf, image):
    for kind, reduce in (("global-max", tf.reduce_max), ("global-average", tf.reduce_mean)):
        np.testing.assert_allclose(Pooling(image, kind).output()[0, 0], reduce(image, axis=(0, 1)), rtol=1e-12)


@given(images, st.integers(1, 3))
def test_over_the_channels(tf, image, depth):
    """As TensorFlow does: the channels in groups, the largest of each; where a channel is left over, both refuse."""
    size = [1, 1, 1, depth]
    try:
        expected = tf.nn.max_pool(image[np.newaxis], size, size, "VALID")[0]
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, ValueError):
        with pytest.raises(WindowError, match="cannot be pooled in groups of"):
            Pooling(image, "depth-max", depth=depth).output()
    else:
        np.testing.assert_array_equal(Pooling(image, "depth-max", depth=depth).output(), expected)


def test_two_by_two_keeps_a_quarter():
    image = np.arange(16.0).reshape(4, 4, 1)
    assert Pooling(image).output()[..., 0].tolist() == [[5, 7], [13, 15]]
    assert Pooling(image, "average").output()[..., 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    step = Pooling(image).step(3)
    assert step.kept.tolist() == [[False, False], [False, True]]


def test_a_small_shift_moves_what_strides_see_and_not_what_the_maximum_is():
    image = np.zeros((6, 6, 1))
    image[2, 2] = 9
    moved = shifted(image, 1, 1)
    assert moved[3, 3, 0] == 9
    assert (Pooling(moved).output() == Pooling(image).output()).all()
    assert subsampled(image, (2, 2)).max() == 9
    assert subsampled(moved, (2, 2)).max() == 0


def test_a_relative_change_by_hand():
    before = np.array([[[3.0]], [[4.0]]])
    assert relative_change(before, before) == 0
    assert relative_change(before, before + 1) == pytest.approx(2**0.5 / 5)
    assert relative_change(0 * before, before) == 0


@pytest.mark.parametrize("kind", ["max", "average"])
def test_strides_change_more_than_pooling_as_the_lesson_says(kind):
    """Of the first test images moved by one pixel; a count of values that differ at all said the opposite."""
    images = ImageStore("")
    images.read_tests()
    changes = []
    for index in range(40):
        settings = PoolingSettings(image="fashion", index=index, kind=kind, right=1)
        found = moved(settings, images.arrays(settings))
        changes.append((found.pooled_change, found.strided_change))
    pooled, strided = np.array(changes).T
    assert np.mean(pooled < strided) > 0.85
    assert np.median(pooled) < 0.8 * np.median(strided)


@given(images, st.integers(-8, 8), st.integers(-8, 8))
def test_what_is_shifted_out_is_gone(image, down, across):
    """Against shifting a picture that has zeros all around, which never loses anything."""
    height, width, channels = image.shape
    around = np.zeros((height + 16, width + 16, channels))
    around[8 + down : 8 + height + down, 8 + across : 8 + width + across] = image
    np.testing.assert_array_equal(shifted(image, down, across), around[8 : 8 + height, 8 : 8 + width])
