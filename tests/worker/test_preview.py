"""Images as a training would see them, asked for by a process that has no TensorFlow."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tui_cnn
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.preview import Previewer
from tui_cnn.runs.recipe import Recipe

EVERYTHING = Recipe(augmentation="flip+shift+crop+brightness+mixup", seed=4)


@pytest.fixture(scope="module")
def previewer():
    with Previewer() as previewer:
        yield previewer


def noise(shape=(8, 20, 24, 3)):
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.usefixtures("keras")
def test_a_preview_is_the_very_batch_that_is_trained_on(previewer):
    import tensorflow as tf

    from tui_cnn.core.layers import Dense, Flatten
    from tui_cnn.core.network import Network
    from tui_cnn.data.fitting import fit
    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.steps import Samples, Steps

    network = Network("n", (24, 24, 3), (Flatten(), Dense(units=10)))
    steps = Steps(make_model(network, EVERYTHING), fit((20, 24, 3), network.input_shape), EVERYTHING)
    samples = Samples(tf.constant(noise()), tf.zeros((8,), tf.int32))
    trained_on, _labels = steps._batch(samples, tf.range(8), 0, tf.constant(6))
    shown = previewer.preview(noise(), EVERYTHING, step=6, shape=(24, 24, 3))
    np.testing.assert_allclose(shown, trained_on.numpy() * 255, atol=0.5001)


def test_another_step_is_another_preview(previewer):
    first, again, other = (previewer.preview(noise(), EVERYTHING, step) for step in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(previewer.preview(noise(), Recipe()), noise())


@pytest.mark.parametrize("images", [noise((2, 3, 3)), noise((0, 3, 3, 1)), np.zeros((1, 3, 3, 1), "float32")])
def test_what_is_no_images_is_said_and_the_next_is_answered(previewer, images):
    with pytest.raises(RunError, match="there are no images"):
        previewer.preview(images, Recipe())
    assert previewer.preview(noise(), Recipe()).shape == (8, 20, 24, 3)


def test_images_that_do_not_fit_are_refused(previewer):
    with pytest.raises(RunError, match="not fitted"):
        previewer.preview(noise(), Recipe(), shape=(10, 10, 3))


def test_a_process_that_has_died_is_started_again(previewer):
    previewer.preview(noise(), Recipe())
    previewer._worker.kill()
    previewer._worker.wait()
    with pytest.raises(RunError, match="ended unexpectedly"):
        previewer.preview(noise(), Recipe())
    assert previewer.preview(noise(), Recipe()).shape == (8, 20, 24, 3)


def test_rubbish_ends_it_without_a_traceback():
    command = [sys.executable, "-m", "tui_cnn.worker", "preview"]
    for rubbish in (b"\xff" * 8, b"\x00\x00\x00\x03abc", b"\x00"):
        done = subprocess.run(
            command, input=rubbish, capture_output=True, cwd=Path(tui_cnn.__file__).parents[1], check=False
        )
        assert b"Traceback" not in done.stderr
        assert not done.stdout
