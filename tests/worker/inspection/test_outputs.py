"""What each layer says equals what Keras says of the model that it loads from the same file."""

import numpy as np
import pytest
from scipy import ndimage

from tui_cnn.core.layers import (
    Activation,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    SeparableConv2D,
    Softmax,
)
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load_test
from tui_cnn.data.image_transform import ZOOM_STEPS, ImageTransform
from tui_cnn.formats.toml import loads_network
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import pack
from tui_cnn.runs.inspection.requests import Activate, Kernels, Open, Predict, Source, Transform

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

SAME = {"kernel_size": (3, 3), "padding": "same"}
NESTED = Network(
    "nested",
    (32, 32, 3),
    (
        Block(
            name="stem",
            layers=(
                Conv2D(filters=4, kernel_size=(3, 3), activation="relu"),
                Branches(
                    merge="concatenate",
                    branches=(
                        (Block(layers=(Conv2D(filters=3, **SAME), BatchNormalization())),),
                        (SeparableConv2D(filters=2, activation="tanh", **SAME),),
                        (Branches(merge="add", branches=((Conv2D(filters=4, **SAME),), ())),),
                    ),
                ),
            ),
        ),
        MaxPooling2D(),
        Flatten(),
        Dense(units=10, activation="softmax"),
    ),
)


@pytest.fixture(scope="module")
def test_set():
    return load_test()


def as_input(image, shape):
    """What the design says: a border of zeros, the grey as each channel, 0 to 1."""
    padded = np.zeros(shape[:2], np.uint8)
    top, left = (shape[0] - 28) // 2, (shape[1] - 28) // 2
    padded[top : top + 28, left : left + 28] = image[..., 0]
    return np.repeat(padded[..., None], shape[2], axis=-1)[None].astype("float32") / 255


def by_layer(keras, model, inputs):
    return {
        layer.name: keras.Model(model.input, layer.output)(inputs, training=False).numpy()[0] for layer in model.layers
    }


def test_activations_of_a_trained_network(ask, keras, trained, test_set):
    model = keras.saving.load_model(trained.best_file)
    source = Source(str(trained.path))
    opened = ask(Open(source=source))
    assert loads_network(opened.network, "x") == trained.network()
    assert opened.class_names == test_set.class_names
    assert [info.kind for info in opened.layers] == [
        "Conv2D", "Conv2D", "BatchNormalization", "Branches", "MaxPooling2D",
        "Flatten", "Dropout", "Dense", "Dropout", "Dense",
    ]  # fmt: skip
    assert [info.has_kernels for info in opened.layers] == [True, True] + [False] * 8
    for number in (0, 17):
        expected = by_layer(keras, model, as_input(test_set.images[number], (28, 28, 1)))
        answer = ask(Activate(source=source, image=number))
        assert answer.stamp == trained.best_file.stat().st_mtime_ns
        assert (answer.image.numpy() == test_set.images[number]).all()
        assert list(answer.layers) == [info.name for info in opened.layers]
        for info, array in zip(opened.layers, answer.layers.values(), strict=True):
            assert array.dtype == "float32"
            assert array.shape == info.shape == expected[info.name].shape
            assert array.numpy() == pytest.approx(expected[info.name], rel=1e-6, abs=1e-6)
        assert answer.probabilities.numpy() == pytest.approx(expected["dense_1"], rel=1e-5, abs=1e-7)


def test_activations_of_nested_blocks_and_branches(ask, keras, untrained, test_set):
    run, model = untrained(NESTED)
    source = Source(str(run.path))
    opened = ask(Open(source=source))
    assert opened.padding == (2, 2)
    expected = by_layer(keras, model, as_input(test_set.images[3], (32, 32, 3)))
    assert {info.name for info in opened.layers} == set(expected) - {"input_layer"}
    answer = ask(Activate(source=source, image=3))
    for info, array in zip(opened.layers, answer.layers.values(), strict=True):
        assert array.numpy() == pytest.approx(expected[info.name], rel=1e-5, abs=1e-5)
    assert [info.path for info in opened.layers if info.kind == "Branches"] == [(0, 1, 2, 0), (0, 1)]


def test_large_values_are_sent_whole(ask, untrained):
    run, model = untrained(Network("large", (28, 28, 1), (Flatten(), Dense(units=10))))
    model.set_weights([weight * 1e6 for weight in model.get_weights()])
    model.save(run.best_file)
    answer = ask(Activate(source=Source(str(run.path)), image=0))
    assert [array.dtype for array in answer.layers.values()] == ["float32", "float32"]
    assert np.abs(answer.layers["dense"].numpy()).max() > np.finfo("float16").max


@pytest.mark.parametrize(
    "end",
    [
        (Dense(units=10, activation="softmax"),),
        (Dense(units=10), Softmax()),
        (Dense(units=10), Activation(activation="softmax")),
        (Block(layers=(Dense(units=10, activation="softmax"),)),),
        (Dense(units=10),),
        (Branches(merge="add", branches=((Dense(units=10),), (Dense(units=10, activation="relu"),))),),
    ],
    ids=["fused", "layer", "activation", "block", "scores", "branches"],
)
def test_probabilities(ask, untrained, test_set, end):
    """Of a network that ends in no softmax, its outputs are scores."""
    network = Network("n", (28, 28, 1), (Conv2D(filters=3, kernel_size=(5, 5)), GlobalAveragePooling2D(), *end))
    run, model = untrained(network)
    outputs = model(test_set.images[:300].astype("float32") / 255).numpy().astype(float)
    if end[-1] in (Dense(units=10),) or isinstance(end[-1], Branches):
        outputs = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    source = Source(str(run.path))
    found = ask(Predict(source=source, images=tuple(range(300)))).probabilities.numpy()
    assert found == pytest.approx(outputs, rel=1e-4, abs=1e-6)
    drawn = ask(Predict(source=source, images=pack(test_set.images[:2]))).probabilities.numpy()
    assert drawn == pytest.approx(outputs[:2], rel=1e-4, abs=1e-6)
    assert ask(Predict(source=source, images=())).probabilities.shape == (0, 10)


def by_scipy(image, transform):
    """The same change, by SciPy, of (height, width): made larger about the middle, rotated, shifted."""
    middle = (np.array(image.shape) - 1) / 2
    scale = np.full(2, 1 / transform.factor)
    larger = ndimage.affine_transform(image.astype(float), scale, middle - scale * middle, order=1)
    rotated = ndimage.rotate(larger, transform.degrees, reshape=False, order=1)
    return np.clip(np.round(ndimage.shift(rotated, (transform.dy, transform.dx), order=0)), 0, 255)


@pytest.mark.parametrize(
    "transforms",
    [
        tuple(ImageTransform(degrees=degrees) for degrees in range(-180, 181, 5)),
        tuple(ImageTransform(zoom=zoom) for zoom in range(ZOOM_STEPS + 1)),
        tuple(ImageTransform(dx=dx, dy=2) for dx in range(-14, 15)),
        (ImageTransform(zoom=3, degrees=30, dx=-2),),
    ],
    ids=["angle", "scale", "shift", "all"],
)
def test_an_image_under_transforms(ask, keras, trained, transforms):
    """Each row is what Keras predicts of the image as SciPy changes it; the image is smooth, with a black border."""
    random = np.random.default_rng(2)
    image = np.zeros((28, 28))
    image[8:20, 8:20] = random.integers(0, 256, (12, 12))
    image = ndimage.gaussian_filter(2 * image, 1.5).clip(0, 255).astype(np.uint8)
    model = keras.saving.load_model(trained.best_file)
    changed = np.stack([by_scipy(image, each) for each in transforms])[..., np.newaxis]
    ours = np.stack([each.apply(image[..., np.newaxis]) for each in transforms])
    assert np.abs(ours - changed).max() <= 3, "levels of 255"
    request = Transform(source=Source(str(trained.path)), image=pack(image[..., np.newaxis]), transforms=transforms)
    found = ask(request).probabilities.numpy()
    assert found == pytest.approx(model.predict(ours.astype("float32") / 255, verbose=0), abs=1e-5)
    assert found == pytest.approx(model.predict(changed / 255, verbose=0), abs=0.05)
    assert len(transforms) == 1 or np.abs(found - found[0]).max() > 0.1, "they do not all give the same"


def test_a_test_image_goes_by_its_number(ask, trained):
    source, turned = Source(str(trained.path)), (ImageTransform(), ImageTransform(degrees=90))
    found = ask(Transform(source=source, image=3, transforms=turned)).probabilities.numpy()
    images = load_test().images[3]
    expected = ask(Predict(source=source, images=pack(np.stack([images, np.rot90(images)])))).probabilities.numpy()
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_network_of_numbers_instead_of_an_image(ask, untrained, test_set):
    run, model = untrained(Network("dense", (784,), (Dense(units=10, activation="softmax"),)))
    answer = ask(Activate(source=Source(str(run.path)), image=5))
    expected = model(test_set.images[5].reshape(1, 784).astype("float32") / 255).numpy()[0]
    assert answer.probabilities.numpy() == pytest.approx(expected, rel=1e-5)
    assert (answer.image.numpy() == test_set.images[5]).all()


def test_weights(ask, keras, trained):
    model = keras.saving.load_model(trained.best_file)
    answer = ask(Kernels(source=Source(str(trained.path))))
    found = {(layer.name, name): array.numpy() for layer in answer.layers for name, array in layer.weights.items()}
    expected = {
        (layer.name, weight.name): weight.numpy()
        for layer in model.layers
        for weight in layer.weights
        if not weight.name.startswith("seed")
    }
    assert found.keys() == expected.keys()
    assert all((found[key] == expected[key]).all() for key in expected)


@pytest.mark.parametrize(
    ("images", "problem"),
    [
        ((10_000,), "no test image 10000; the test images are 0 to 9,999"),
        ((-1,), "no test image -1; the test images are 0 to 9,999"),
        (pack(np.zeros((3, 28, 1), np.uint8)), "an image must be 28×28×1 bytes, not uint8 of 1×3×28×1"),
        (pack(np.zeros((28, 28), np.uint8)), "an image must be 28×28×1 bytes, not uint8 of 28×28"),
        (pack(np.zeros((28, 28, 1), np.float32)), "an image must be 28×28×1 bytes, not float32 of 1×28×28×1"),
    ],
)
def test_what_is_no_image(ask, trained, images, problem):
    with pytest.raises(RunError) as refused:
        ask(Predict(source=Source(str(trained.path)), images=images))
    assert str(refused.value) == problem
