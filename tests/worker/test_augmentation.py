"""Random changes of images, and mixed labels: against Pillow, numpy, scipy and Keras' own layers."""

from hashlib import blake2b

import numpy as np
import pytest
from PIL import Image
from scipy import stats

from tui_cnn.runs.recipe import AUGMENTATIONS, Recipe

pytestmark = pytest.mark.usefixtures("keras")

COLOUR = (64, 12, 14, 3)


def noise(shape):
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def augmented(images, kinds, step=3, seed=0):
    import tensorflow as tf

    from tui_cnn.worker.augmentation import augment

    return augment(tf.constant(images), kinds.split("+"), seed, tf.constant(step)).numpy()


def drawn(kind, rows, count, step=3, seed=0):
    """What is drawn for a kind, each row (n, 1, 1, 1) for images."""
    from tui_cnn.worker.augmentation import _draw

    return [row.numpy() for row in _draw(kind, rows, count, seed, step)]


@pytest.mark.parametrize(
    ("shape", "kinds", "digest"),
    [
        ((64, 28, 28, 1), "flip", "30f31860f3bd1cbd"),
        ((64, 28, 28, 1), "shift", "3f7b6ab182432b66"),
        ((64, 28, 28, 1), "flip+shift", "d95e4346daa1fd3e"),
        ((64, 28, 28, 1), "flip+shift+erase", "5189f9835f57ea3d"),
        ((16, 12, 14, 3), "flip+shift+erase", "46a2a87bb43412c0"),
        ((8, 32, 32, 1), "flip+shift+erase", "6ce6f7bb6cb0bc28"),
    ],
)
def test_what_earlier_versions_drew_is_still_drawn(shape, kinds, digest):
    """The digests are of what was drawn before there were more kinds."""
    images = augmented(noise(shape), kinds, step=11, seed=7)
    assert images.dtype == np.uint8
    assert blake2b(images.tobytes(), digest_size=8).hexdigest() == digest


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_seed_and_step_decide_and_nothing_before(kind):
    images = noise(COLOUR)
    np.testing.assert_array_equal(augmented(images, kind, 7), augmented(images, kind, 7))
    for other in (augmented(images, kind, 8), augmented(images, kind, 7, seed=1)):
        assert not np.array_equal(augmented(images, kind, 7), other)


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_what_a_kind_draws_does_not_depend_on_the_others(kind):
    """The last of two kinds does to what the first has made what it would do alone."""
    for other in AUGMENTATIONS[: AUGMENTATIONS.index(kind)]:
        images = noise(COLOUR)
        both = augmented(images, f"{kind}+{other}")
        np.testing.assert_allclose(both, augmented(augmented(images, other), kind), atol=1e-3)


class TestMoved:
    def test_about_half_are_mirrored_and_the_rest_left(self):
        images = 1 + noise(COLOUR) // 2
        changed = augmented(images, "flip")
        mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(changed, images, strict=True)]
        same = [np.array_equal(new, old) for new, old in zip(changed, images, strict=True)]
        assert np.array_equal(mirrored, np.logical_not(same))
        assert 16 < sum(mirrored) < 48

    def test_images_are_moved_by_up_to_two_pixels(self):
        images = 1 + noise(COLOUR) // 2
        found = set()
        for new, old in zip(augmented(images, "shift"), images, strict=True):
            framed = np.pad(old, ((2, 2), (2, 2), (0, 0)))
            found |= {
                (down, right)
                for down in range(5)
                for right in range(5)
                if np.array_equal(new, framed[down : down + 12, right : right + 14])
            }
        assert len(found) > 15

    def test_a_square_is_erased_and_nothing_else_changes(self):
        images = 1 + noise(COLOUR) // 2
        changed = augmented(images, "flip+shift+erase")
        moved = augmented(images, "flip+shift")
        erased = (changed != moved).all(axis=-1).sum(axis=(1, 2))
        assert (changed[changed != moved] == 0).all()
        assert 16 <= erased.max() <= 64
        np.testing.assert_array_equal(augmented(images, "none"), images)


def test_larger_images_are_moved_and_erased_more():
    for side, reach in ((28, 2), (41, 2), (42, 3), (64, 4), (224, 16)):
        images = np.full((200, side, side, 1), 9, np.uint8)
        moved = augmented(images, "shift")
        rows = (moved == 0).all(axis=(2, 3)).sum(axis=1)
        assert rows.max() == reach
        erased = (augmented(images, "erase") == 0).sum(axis=(1, 2, 3))
        assert erased.max() == (4 * reach) ** 2
        assert erased.min() >= (2 * reach) ** 2


def test_a_crop_is_what_pillow_cuts_out_and_enlarges():
    images = noise((40, 20, 30, 3))
    changed = augmented(images, "crop")
    area, top, left = drawn("crop", 3, 40)
    side = np.sqrt(0.8 + 0.2 * area)
    assert 0.8 <= (side**2).min() < 0.83 < 0.97 < (side**2).max() <= 1
    for number, image in enumerate(images):
        height, width = side[number] * 20, side[number] * 30
        x, y = left[number] * (30 - width), top[number] * (20 - height)
        pillow = Image.fromarray(image).resize((30, 20), Image.Resampling.BILINEAR, (x, y, x + width, y + height))
        np.testing.assert_allclose(changed[number], np.asarray(pillow), atol=1.01)


def test_a_rotation_is_that_of_pillow():
    images = noise((40, 20, 30, 3))
    changed = augmented(images, "rotate")
    (turn,) = drawn("rotate", 1, 40)
    degrees = 20 * turn - 10
    assert -10 <= degrees.min() < -8
    assert 8 < degrees.max() <= 10
    for number, image in enumerate(images):
        pillow = Image.fromarray(image).rotate(degrees[number], Image.Resampling.BILINEAR)
        np.testing.assert_allclose(changed[number][4:-4, 4:-4], np.asarray(pillow)[4:-4, 4:-4], atol=1.01)
    assert (changed[:, 0, 0] == 0).any(), "zeros come in"


@pytest.mark.parametrize(("kind", "layer"), [("brightness", "RandomBrightness"), ("contrast", "RandomContrast")])
def test_values_change_as_in_the_layers_of_keras(keras, kind, layer):
    images = noise(COLOUR)
    (more,) = (2 * row[:, None, None, None] - 1 for row in drawn(kind, 1, 64))
    assert -0.2 <= 0.2 * more.min() < -0.15 < 0.15 < 0.2 * more.max() <= 0.2
    oracle = getattr(keras.layers, layer)(0.2)
    given = {"rgb_delta": 0.2 * more * 255} if kind == "brightness" else {"contrast_factor": 1 + 0.2 * more}
    theirs = np.asarray(oracle.transform_images(images.astype("float32"), given, training=True))
    np.testing.assert_allclose(augmented(images, kind), theirs, atol=1e-3)


class TestMixup:
    def test_shares_are_those_of_the_paper_and_partners_are_each_once(self):
        from tui_cnn.worker.augmentation import mixture

        drawn = mixture(4000, 3, 5)
        assert sorted(drawn.partner.numpy()) == list(range(4000))
        assert stats.kstest(drawn.share.numpy(), stats.beta(0.2, 0.2).cdf).pvalue > 0.01
        assert abs(stats.pearsonr(drawn.share.numpy(), drawn.partner.numpy()).statistic) < 0.05

    def test_images_and_labels_are_mixed_as_the_layer_of_keras_does(self, keras):
        from tui_cnn.worker.augmentation import mixture

        images, labels = noise(COLOUR), np.arange(64) % 10
        drawn = mixture(64, 0, 3)
        oracle = keras.layers.MixUp()
        given = {"mix_weight": drawn.share, "permutation_order": drawn.partner}
        theirs = oracle.transform_images(images.astype("float32"), given)
        np.testing.assert_allclose(augmented(images, "mixup"), np.asarray(theirs), atol=1e-3)
        shares = np.eye(10, dtype="float32")[labels]
        np.testing.assert_allclose(drawn.of(shares), oracle.transform_labels(shares, given), atol=1e-6)


def test_a_recipe_lists_its_kinds_in_one_order():
    assert Recipe(augmentation="mixup+crop+flip").augmentations == ("flip", "crop", "mixup")
    assert Recipe().augmentations == ()
