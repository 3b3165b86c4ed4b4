"""Images in colour, and of other sizes than the network's input, against Keras on arrays made by hand."""

import numpy as np
import pytest
from PIL import Image

from tests.coloured import Coloured, use
from tui_cnn.core.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load_test
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Imported, encode
from tui_cnn.runs.inspection.replies import pack
from tui_cnn.runs.inspection.requests import (
    Activate,
    Evaluate,
    FieldRequest,
    GradCam,
    Occlude,
    Open,
    Predict,
    Range,
    Saliency,
    Shift,
    Source,
    TopPatches,
)
from tui_cnn.runs.recipe import Recipe
from tui_cnn.worker.inspection.answers import Answers
from tui_cnn.worker.inspection.loaded_model import Engine

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

LAYERS = (
    Conv2D(filters=4, kernel_size=(3, 3), activation="relu", name="first"),
    MaxPooling2D(name="pool"),
    Conv2D(filters=5, kernel_size=(3, 3), activation="relu", name="second"),
    GlobalAveragePooling2D(name="mean"),
    Dense(units=3, activation="softmax", name="out"),
)
IMAGENET = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])
SCALED = {
    "0..1": lambda pixels: pixels / 255,
    "-1..1": lambda pixels: pixels / 127.5 - 1,
    "imagenet": lambda pixels: (pixels - IMAGENET[0]) / IMAGENET[1],
    "imagenet-bgr": lambda pixels: pixels[..., ::-1] - [103.939, 116.779, 123.68],
}


@pytest.fixture
def images(monkeypatch):
    """The test images of a data set in colour."""
    return use(monkeypatch, Coloured()).read_part("test")


@pytest.fixture
def saved(home, keras):
    """Make a run of a network with weights drawn at random."""
    from tui_cnn.worker.build import build

    def make(shape=(32, 32, 3), layers=LAYERS, recipe=None):
        network = Network("coloured", shape, layers)
        run = make_run(network, recipe or Recipe())
        model = build(network)
        random = np.random.default_rng(5)
        model.set_weights([random.normal(0, 0.3, weight.shape) for weight in model.weights])
        model.save(run.best_file)
        return run, model, Source(str(run.path))

    return make


@pytest.fixture
def ask(keras):
    answers = Answers()

    def ask(request):
        job = answers.begin(request)
        while True:
            try:
                next(job)
            except StopIteration as end:
                return end.value

    return ask


def outputs(keras, model, name, inputs):
    part = keras.Model(model.input, model.get_layer(name).output)
    return part(inputs.astype("float32"), training=False).numpy()


@pytest.mark.parametrize("scale", list(SCALED))
def test_activations_and_predictions(ask, saved, images, keras, scale):
    _run, model, source = saved(recipe=Recipe(scale=scale))
    opened = ask(Open(source=source))
    assert opened.image_shape == opened.own_shape == (32, 32, 3)
    assert (opened.class_names, opened.outputs) == (("red", "green", "blue"), (0, 1, 2))
    assert not opened.light_on_black
    inputs = SCALED[scale](images.astype(float))
    answer = ask(Activate(source=source, image=7))
    assert (answer.image.numpy() == images[7]).all()
    for name in ("first", "pool", "second"):
        expected = outputs(keras, model, name, inputs[[7]])[0]
        least = 1e-4 * float(np.abs(expected).max())
        assert answer.layers[name].numpy() == pytest.approx(expected, rel=1e-4, abs=least)
    shares = outputs(keras, model, "out", inputs)
    assert ask(Evaluate(source=source)).probabilities.numpy() == pytest.approx(shares, rel=1e-3, abs=1e-5)
    own = ask(Predict(source=source, images=pack(255 - images[:3])))
    expected = outputs(keras, model, "out", SCALED[scale](255.0 - images[:3]))
    assert own.probabilities.numpy() == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_by_the_statistics_of_the_run(ask, saved, images, keras):
    run, model, source = saved(recipe=Recipe(scale="standardize"))
    with pytest.raises(RunError, match="the mean and standard deviation of its images are not known yet"):
        ask(Open(source=source))
    run.scaling_file.write_text('{"scale": "standardize", "mean": [100, 90, 80], "deviation": [50, 60, 70]}')
    inputs = (images - np.array([100.0, 90, 80])) / [50, 60, 70]
    found = ask(Predict(source=source, images=(0, 1))).probabilities.numpy()
    assert found == pytest.approx(outputs(keras, model, "out", inputs[:2]), rel=1e-3, abs=1e-5)


def test_only_the_layers_that_are_asked_for(ask, saved, images):
    _run, _model, source = saved()
    everything = ask(Activate(source=source, image=2))
    some = ask(Activate(source=source, image=2, layers=("second", "first")))
    assert some.layers == {name: everything.layers[name] for name in ("first", "second")}
    assert some.probabilities == everything.probabilities
    assert ask(Activate(source=source, image=2, layers=())).layers == {}
    with pytest.raises(RunError, match="no layer “nowhere”"):
        ask(Activate(source=source, image=2, layers=("nowhere",)))


def test_a_grey_network_on_a_set_in_colour(ask, saved, images, keras):
    """Its images become grey as Pillow does it, in the store; one's own are read in grey, and not inverted."""
    _run, model, source = saved((32, 32, 1))
    grey = np.stack([np.asarray(Image.fromarray(image).convert("L")) for image in images])[..., np.newaxis]
    opened = ask(Open(source=source))
    assert opened.image_shape == opened.own_shape == (32, 32, 1)
    assert not opened.light_on_black
    answer = ask(Activate(source=source, image=3))
    assert (answer.image.numpy() == grey[3]).all()
    assert answer.layers["first"].numpy() == pytest.approx(outputs(keras, model, "first", grey[[3]] / 255)[0], abs=1e-5)


@pytest.mark.parametrize("fit", ["pad", "crop", "stretch"])
def test_a_smaller_and_a_larger_input(ask, saved, images, keras, fit):
    _run, model, source = saved((20, 24, 3), recipe=Recipe(fit=fit))
    image = Image.fromarray(images[4])
    resized = Image.Resampling.LANCZOS
    if fit == "stretch":
        expected = np.asarray(image.resize((24, 20), resized))
    elif fit == "crop":  # as wide as the input; of the height, what is in the middle
        expected = np.asarray(image.resize((24, 20), resized, (0, 32 * (1 - 20 / 24) / 2, 32, 32 * (1 + 20 / 24) / 2)))
    else:
        expected = np.zeros((20, 24, 3), np.uint8)
        expected[:, 2:22] = image.resize((20, 20), resized)
    answer = ask(Activate(source=source, image=4))
    assert (answer.image.numpy() == expected).all()
    shares = outputs(keras, model, "out", expected[np.newaxis] / 255)[0]
    assert answer.probabilities.numpy() == pytest.approx(shares, rel=1e-4)


def test_saliency(ask, saved, images, keras):
    """A linear network's slope is its weight; of the three channels the largest counts."""
    _run, model, source = saved(layers=(Flatten(), Dense(units=3, activation="softmax")))
    weights = model.get_weights()[0].reshape(32, 32, 3, 3)
    answer = ask(Saliency(source=source, image=5, target=1))
    assert answer.values.numpy() == pytest.approx(np.abs(weights[..., 1]).max(axis=-1), rel=1e-5)


def test_grad_cam(ask, saved, images, keras):
    """Before a global average Grad-CAM is CAM: the maps weighed by the class's weights, over their size."""
    _run, model, source = saved()
    maps = outputs(keras, model, "second", images[[6]] / 255)[0]
    weights = model.get_layer("out").get_weights()[0][:, 2]
    answer = ask(GradCam(source=source, image=6, target=2))
    assert answer.layers == ("first", "pool", "second")
    expected = np.maximum(maps @ weights / maps[..., 0].size, 0)
    assert expected.max() > 0
    assert answer.values[2].numpy() == pytest.approx(expected, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("grey", [None, 90])
def test_occlusion(ask, saved, images, keras, grey):
    _run, model, source = saved()
    image = images[8]
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    colour = np.median(border, axis=0).astype(int) if grey is None else np.full(3, grey)
    answer = ask(Occlude(source=source, image=8, target=0, size=10, step=11, grey=grey))
    assert answer.fill == tuple(colour)
    for row in range(3):
        for column in range(3):
            covered = image.copy()
            covered[11 * row : 11 * row + 10, 11 * column : 11 * column + 10] = colour
            expected = outputs(keras, model, "out", covered[np.newaxis] / 255)[0, 0]
            assert answer.values.numpy()[row, column] == pytest.approx(expected, rel=1e-4)


def test_fields_patches_ranges_and_shifts(ask, saved, images, keras):
    _run, model, source = saved()
    field = ask(FieldRequest(source=source, image=pack(images[0]), layer="second", row=3, column=4, sample=20))
    assert field.computed == field.measured == (6, 8, 13, 15)
    patches = ask(TopPatches(source=source, layer="first", sample=40, top=3))
    maps = outputs(keras, model, "first", images / 255)
    strongest = maps.max(axis=(1, 2))
    assert patches.values.numpy()[:, 0] == pytest.approx(strongest.max(axis=0), rel=1e-5)
    assert patches.images.numpy()[:, 0].tolist() == strongest.argmax(axis=0).tolist()
    ranges = ask(Range(source=source, sample=40)).layers[0]
    assert ranges.maximum.numpy() == pytest.approx(maps.max(axis=(0, 1, 2)), rel=1e-5)
    shifts = ask(Shift(source=source, sample=40, reach=1))
    moved = np.zeros_like(images)
    moved[:, 1:, :-1] = images[:, :-1, 1:]  # down, and to the left
    right = outputs(keras, model, "out", moved / 255).argmax(axis=1) == np.arange(40) % 3
    assert shifts.accuracy.numpy()[2, 0] == pytest.approx(right.mean())


def test_a_model_from_elsewhere_takes_ones_own_image_in_full(ask, saved, keras):
    """Fashion-MNIST is shown to it with a border, but a photograph is not first made as small and grey as that."""
    run, model, source = saved((40, 36, 3))
    run.events_file.write_bytes(encode(Imported(file="theirs.keras")))
    opened = ask(Open(source=source))
    assert (opened.image_shape, opened.own_shape, opened.padding) == ((28, 28, 1), (40, 36, 3), (6, 4))
    photograph = np.random.default_rng(0).integers(0, 256, (40, 36, 3), np.uint8)
    answer = ask(Activate(source=source, image=pack(photograph)))
    assert (answer.image.numpy() == photograph).all()
    expected = outputs(keras, model, "out", photograph[np.newaxis] / 255)[0]
    assert answer.probabilities.numpy() == pytest.approx(expected, rel=1e-4)
    framed = np.zeros((40, 36, 3))
    framed[6:34, 4:32] = load_test().images[0]
    answer = ask(Activate(source=source, image=0))
    assert (answer.image.numpy() == framed).all()
    seen = ask(FieldRequest(source=source, image=pack(photograph), layer="first", row=1, column=2, sample=4))
    assert seen.measured == (1, 2, 3, 4)
    assert ask(Saliency(source=source, image=pack(photograph))).values.shape == (40, 36)
    with pytest.raises(RunError, match="an image must be 40×36×3 bytes, not uint8 of 1×40×36×1"):
        ask(Predict(source=source, images=pack(photograph[..., :1])))


@pytest.mark.parametrize(
    ("names", "outputs_of_set"), [(["Green", "blue", "RED"], (2, 0, 1)), (["green", "red", "cat"], (1, 0, -1))]
)
def test_outputs_with_names_of_their_own(ask, saved, images, keras, names, outputs_of_set):
    run, _model, source = saved()
    run.events_file.write_bytes(encode(Imported(file="theirs.keras")))
    run.classes_file.write_text(str(names).replace("'", '"'))
    opened = ask(Open(source=source))
    assert (opened.class_names, opened.outputs) == (tuple(names), outputs_of_set)
    if -1 in outputs_of_set:
        with pytest.raises(RunError, match="no output matches blue of the test set; import the model"):
            ask(Evaluate(source=source))
    else:
        assert ask(Evaluate(source=source)).labels.numpy()[:3].tolist() == [2, 0, 1]


def test_batches_are_smaller_the_more_a_network_computes():
    """Of every layer all values of a batch may be in memory at once."""
    small = Engine(Network("small", (28, 28, 1), (Flatten(), Dense(units=10))))
    wide = (Conv2D(filters=64, kernel_size=(1, 1)),) * 2
    large = Engine(Network("large", (224, 224, 3), (*wide, GlobalAveragePooling2D())))
    assert small.batch == 250
    assert large.batch == (1 << 27) // (2 * 64 * 224 * 224 + 64) == 20
