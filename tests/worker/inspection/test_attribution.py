"""Saliency, Grad-CAM and occlusion, against what was derived by hand, and against differences of Keras' outputs."""

import numpy as np
import pytest

from tui_cnn.core.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load_test
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import pack
from tui_cnn.runs.inspection.requests import GradCam, Occlude, Saliency, Source

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

IMAGES = load_test().images[..., 0]
SOFTMAX = Dense(units=10, activation="softmax")


def scores_of(keras, model, images):
    """The logarithms of the probabilities are the scores less what is the same for all classes: compare differences."""
    return np.log(model(images, training=False).numpy().astype(float))


def test_saliency_of_a_linear_network_is_its_weights(ask, untrained):
    run, model = untrained(Network("linear", (28, 28, 1), (Flatten(), SOFTMAX)))
    kernel = model.get_weights()[0]
    for target in (0, 7):
        answer = ask(Saliency(source=Source(str(run.path)), image=1, target=target))
        assert answer.target == target
        assert answer.values.numpy() == pytest.approx(np.abs(kernel[:, target]).reshape(28, 28), rel=1e-5)


def test_saliency_takes_the_largest_of_the_channels(ask, untrained):
    run, model = untrained(Network("colour", (30, 28, 3), (Flatten(), SOFTMAX)))
    kernel = model.get_weights()[0]
    answer = ask(Saliency(source=Source(str(run.path)), image=1, target=2))
    expected = np.abs(kernel[:, 2]).reshape(30, 28, 3).max(axis=-1)
    assert answer.values.numpy() == pytest.approx(expected, rel=1e-5)


def test_saliency_is_the_slope_of_the_score(ask, untrained, keras):
    """Each pixel is moved a little, up and down. Softmax takes from each score what all have in common, so the slope
    of class 4's score is that of the score less another's, plus the other's own."""
    layers = (Conv2D(filters=3, kernel_size=(5, 5), strides=(3, 3), activation="tanh"), Flatten(), Dense(units=10))
    run, model = untrained(Network("curved", (28, 28, 1), layers))
    image, step = IMAGES[4].astype("float64") / 255, 0.02
    pixels = [(row, column) for row in range(0, 28, 5) for column in range(0, 28, 5)]
    moved = np.repeat(image[None], 2 * len(pixels), axis=0)
    for place, (row, column) in enumerate(pixels):
        moved[2 * place, row, column] += step
        moved[2 * place + 1, row, column] -= step
    scores = model(moved[..., None].astype("float32"), training=False).numpy().astype(float)[:, 4]
    slopes = np.abs(scores[::2] - scores[1::2]) / (2 * step)
    answer = ask(Saliency(source=Source(str(run.path)), image=4, target=4))
    found = np.array([answer.values.numpy()[pixel] for pixel in pixels])
    assert slopes.max() > 0.05
    assert found == pytest.approx(slopes, rel=0.02, abs=1e-3)


def test_grad_cam_is_the_class_activation_map(ask, untrained, keras):
    """Behind a global average and one dense layer, Grad-CAM is CAM (Selvaraju et al. 2017, section 3.1): the maps,
    weighed by the class's weights, over their size."""
    layers = (Conv2D(filters=6, kernel_size=(5, 5), activation="relu"), GlobalAveragePooling2D(), SOFTMAX)
    run, model = untrained(Network("cam", (28, 28, 1), layers))
    image = IMAGES[2][None, ..., None].astype("float32") / 255
    maps = keras.Model(model.input, model.layers[1].output)(image).numpy()[0]
    for target in (0, 3):
        weights = model.get_weights()[2][:, target]
        answer = ask(GradCam(source=Source(str(run.path)), image=2, target=target))
        assert answer.layers == ("conv2d",)
        expected = np.maximum((maps @ weights) / (24 * 24), 0)
        assert answer.values[0].numpy() == pytest.approx(expected, rel=1e-4, abs=1e-7)
    assert answer.probability == pytest.approx(float(model(image).numpy()[0, 3]), rel=1e-5)


def test_grad_cam_at_a_layer_in_the_middle(ask, untrained, keras):
    """By differences: a whole map is raised by a little, which moves the score by the sum of the gradients in it."""
    layers = (
        Conv2D(filters=3, kernel_size=(5, 5), strides=(3, 3), activation="tanh", name="first"),
        Conv2D(filters=2, kernel_size=(3, 3), activation="tanh", name="second"),
        Flatten(),
        Dense(units=10),
    )
    run, model = untrained(Network("deep", (28, 28, 1), layers))
    maps = keras.Model(model.input, model.get_layer("first").output)(IMAGES[2][None, ..., None] / 255.0).numpy()
    rest = keras.Model(model.get_layer("first").output, model.output)
    step, importance = 1e-3, []
    for channel in range(3):
        more, less = maps.copy(), maps.copy()
        more[..., channel] += step
        less[..., channel] -= step
        difference = rest(more).numpy().astype(float)[0, 5] - rest(less).numpy().astype(float)[0, 5]
        importance.append(difference / (2 * step) / maps[0, ..., 0].size)
    expected = np.maximum(maps[0] @ np.array(importance), 0)
    answer = ask(GradCam(source=Source(str(run.path)), image=2, target=5))
    assert answer.layers == ("first", "second")
    assert expected.max() > 0
    assert answer.values[0].numpy() == pytest.approx(expected, rel=0.02, abs=0.02 * expected.max())


def test_occlusion_covers_each_place(ask, trained, keras):
    model = keras.saving.load_model(trained.best_file)
    asked = Occlude(source=Source(str(trained.path)), image=9, size=7, step=3, grey=90)
    answer = ask(asked)
    target = answer.target
    plain = model(IMAGES[9][None, ..., None].astype("float32") / 255, training=False).numpy()[0]
    assert target == plain.argmax()
    assert answer.probability == pytest.approx(plain.max(), rel=1e-5)
    expected = np.zeros((8, 8))
    for row in range(8):
        for column in range(8):
            covered = IMAGES[9].copy()
            covered[3 * row : 3 * row + 7, 3 * column : 3 * column + 7] = 90
            expected[row, column] = model(covered[None, ..., None].astype("float32") / 255, training=False)[0, target]
    assert answer.values.numpy() == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_occlusion_with_the_background_adds_nothing(ask, trained):
    """Where the image is as dark as its background already, covering it changes nothing; a grey square does."""
    source = Source(str(trained.path))
    dark = [(row, column) for row in range(12) for column in range(12)
            if not IMAGES[9][2 * row : 2 * row + 6, 2 * column : 2 * column + 6].any()]  # fmt: skip
    assert dark
    places = tuple(np.transpose(dark))
    for image, grey in ((9, 0), (pack(255 - IMAGES[9][..., None]), 255)):
        answer = ask(Occlude(source=source, image=image))
        assert answer.fill == (grey,)
        assert answer.values.numpy()[places] == pytest.approx(answer.probability, abs=1e-6)
    answer = ask(Occlude(source=source, image=9, grey=128))
    assert answer.fill == (128,)
    assert np.abs(answer.values.numpy()[places] - answer.probability).max() > 1e-4


def test_refusals(ask, trained, untrained):
    source = Source(str(trained.path))
    with pytest.raises(RunError, match="no class 10; the classes are 0 to 9"):
        ask(Saliency(source=source, image=0, target=10))
    with pytest.raises(RunError, match="a square of size 29 does not fit into an image of 28×28"):
        ask(Occlude(source=source, image=0, size=29))
    run, _model = untrained(Network("flat", (784,), (SOFTMAX,)))
    with pytest.raises(RunError, match="flat: no layer with feature maps"):
        ask(GradCam(source=Source(str(run.path)), image=0))


def test_a_maximum_is_followed_to_where_it_was(ask, untrained):
    """Through pooling with a kernel of ones, the score's slope is the weight of the cell, at the largest pixel only."""
    run, model = untrained(Network("max", (28, 28, 1), (MaxPooling2D(pool_size=(4, 4)), Flatten(), SOFTMAX)))
    values = ask(Saliency(source=Source(str(run.path)), image=1, target=0)).values.numpy()
    image = IMAGES[1].reshape(7, 4, 7, 4).transpose(0, 2, 1, 3).reshape(7, 7, 16)
    moved = values.reshape(7, 4, 7, 4).transpose(0, 2, 1, 3).reshape(7, 7, 16)
    lonely = (image == image.max(axis=-1, keepdims=True)).sum(axis=-1) == 1
    assert lonely.any()
    assert (moved[lonely].argmax(axis=-1) == image[lonely].argmax(axis=-1)).all()
    assert moved[lonely].max(axis=-1) == pytest.approx(np.abs(model.get_weights()[0][:, 0]).reshape(7, 7)[lonely])
