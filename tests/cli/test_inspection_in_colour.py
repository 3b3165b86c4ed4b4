"""Commands that ask about a network in colour: pictures are brought to its input as the images of its run were."""

import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.coloured import Coloured, use
from tests.worker_here import export_here
from tui_cnn.core.layers import Conv2D, Dense, GlobalAveragePooling2D
from tui_cnn.core.network import Network
from tui_cnn.runs.directory import list_runs, make_run
from tui_cnn.runs.recipe import Recipe

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

LAYERS = (
    Conv2D(filters=4, kernel_size=(3, 3), activation="relu", name="maps"),
    GlobalAveragePooling2D(),
    Dense(units=3, activation="softmax", name="out"),
)


@pytest.fixture(autouse=True)
def asked_here(monkeypatch, keras):
    """Ask the inspector's own code in this process, and let it write the weights of a model's file."""
    export_here(monkeypatch)
    from tui_cnn.cli import inspecting
    from tui_cnn.runs.inspection.replies import OpenReply
    from tui_cnn.runs.inspection.requests import Open
    from tui_cnn.worker.inspection.answers import Answers

    answers = Answers()

    def ask(request, _reply):
        job = answers.begin(request)
        while True:
            try:
                next(job)
            except StopIteration as end:
                return end.value

    @contextmanager
    def inspection(source):
        yield ask, ask(Open(source=source), OpenReply)

    monkeypatch.setattr(inspecting, "inspection", inspection)


@pytest.fixture
def source(monkeypatch):
    return use(monkeypatch, Coloured())


@pytest.fixture
def built(keras, source, home):
    """A run whose images were cut to fill its input, and its model."""
    from tui_cnn.worker.build import build

    network = Network("coloured", (24, 32, 3), LAYERS)
    run, model = make_run(network, Recipe(fit="crop", scale="-1..1")), build(network)
    random = np.random.default_rng(2)
    model.set_weights([random.normal(0, 0.3, weight.shape) for weight in model.weights])
    model.save(run.best_file)
    return run, model


def shares(model, pixels):
    return model((pixels[np.newaxis] / 127.5 - 1).astype("float32"), training=False).numpy()[0]


def test_a_picture_is_predicted_in_colour_and_never_inverted(cnn_tui, built, source):
    run, model = built
    light = np.full((48, 64, 3), 250, np.uint8)
    light[10:30, 20:40] = (200, 30, 20)
    Image.fromarray(light).save("light.png")
    expected = shares(model, np.asarray(Image.fromarray(light).resize((32, 24), Image.Resampling.LANCZOS)))
    result = cnn_tui("predict", str(run.path), "light.png", "-i", "4", "--json")
    picture, indexed = map(json.loads, result.stdout.splitlines())
    assert not picture["inverted"]
    found = {each["class"]: each["probability"] for each in picture["predictions"]}
    assert [found[number] for number in range(3)] == pytest.approx(expected, rel=1e-3)
    assert (indexed["label"], indexed["label_name"]) == (1, "green")
    turned = json.loads(cnn_tui("predict", str(run.path), "light.png", "--invert", "--json").stdout)
    assert turned["inverted"]
    assert turned["predictions"] != picture["predictions"]


def test_explanations_and_activations(cnn_tui, built, source, keras):
    run, model = built
    cut = Image.fromarray(source.read_part("test")[2]).resize((32, 24), Image.Resampling.LANCZOS, (0, 4, 32, 28))
    cnn_tui("activations", str(run.path), "-i", "2", "-o", "a.npz")
    with np.load("a.npz") as saved:
        assert (saved["image"] == np.asarray(cut)).all()
        maps = keras.Model(model.input, model.get_layer("maps").output)
        assert saved["maps"] == pytest.approx(shares(maps, np.asarray(cut)), rel=1e-4, abs=1e-5)
        assert saved["probabilities"] == pytest.approx(shares(model, np.asarray(cut)), rel=1e-4)
    for method in ("saliency", "grad-cam", "occlusion"):
        result = cnn_tui("explain", str(run.path), "-i", "2", "--method", method, "-o", "why.png")
        assert (result.exit_code, result.stderr) == (0, "")
        Image.open("why.png").verify()
    assert "covered by a square of 6×6, colour " in result.stdout


def test_the_outputs_of_a_model_get_names(cnn_tui, keras, source, tmp_path):
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    model.save("theirs.keras")
    (tmp_path / "names.txt").write_text("blue\nred\ngreen\n")
    for names in ("names.txt", "blue,red, green"):
        result = cnn_tui("inspect", "theirs.keras", "--no-open", "--scale", "imagenet", "--classes", names)
        assert (result.exit_code, result.stderr) == (0, "")
        (run,) = list_runs()
        assert run.output_names() == ("blue", "red", "green")
        assert (run.recipe().scale, result.stdout.strip()) == ("imagenet", run.id)
        images = source.read_part("test")
        scaled = (images - np.array([123.675, 116.28, 103.53])) / [58.395, 57.12, 57.375]
        said = model(scaled.astype("float32"), training=False).numpy().argmax(axis=1)
        report = json.loads(cnn_tui("evaluate", "last", "--json").stdout)
        assert [each["name"] for each in report["classes"]] == ["blue", "red", "green"]
        right = said == np.array([1, 2, 0])[np.arange(len(images)) % 3]  # red, green, blue of the set are these outputs
        assert report["accuracy"] == pytest.approx(right.mean())
        cnn_tui("delete", run.id, "--yes")


def test_standardized_by_the_data_set_that_is_given(cnn_tui, keras, source):
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(3)])
    model.save("theirs.keras")
    assert cnn_tui("inspect", "theirs.keras", "--no-open", "--scale", "standardize").exit_code == 0
    (run,) = list_runs()
    training = source.read_part("train").astype(float)
    assert run.scaling().mean == pytest.approx(training.mean(axis=(0, 1, 2)), rel=1e-6)
    assert run.scaling().deviation == pytest.approx(training.std(axis=(0, 1, 2)), rel=1e-6)


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["m.keras", "--scale", "none", "--classes", "a,b"], "m.keras: has 3 outputs, but there are 2 class names"),
        (["m.keras", "--scale", "none", "--classes", "a,,b"], "a,,b: class name 1 is empty"),
        (["m.keras", "--scale", "none", "--classes", "no.txt"], "no.txt: file not found; check the path"),
        (["m.keras"], "specify --scale 0..1 or -1..1 or none or standardize or imagenet or imagenet-bgr"),
        (["m.txt", "--scale", "none"], "m.txt: only .keras, .h5 and .onnx files with weights can be inspected"),
        (["m.onnx", "--scale", "none"], "m.onnx: file not found; check the path"),
    ],
)
def test_refusals(cnn_tui, keras, source, args, line):
    keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(3)]).save("m.keras")
    Path("m.txt").touch()
    result = cnn_tui("inspect", "--no-open", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert line in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list_runs() == []


@pytest.fixture
def elsewhere(monkeypatch):
    """Few images, all of which are brought to a model's input; their classes are not its own."""
    source = use(monkeypatch, Coloured())
    source.class_names = (*source.class_names, "grey")


@pytest.fixture
def model_file(keras, tmp_path, elsewhere):
    """A model of three classes, as somebody else may have made it, and its file."""
    model = keras.Sequential(
        [keras.Input((24, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")]
    )
    model.save(tmp_path / "other.keras")
    return model


def predicted(result):
    (line,) = result.stdout.splitlines()
    return {each["name"]: each["probability"] for each in json.loads(line)["predictions"]}


def test_a_model_file_takes_images_as_it_is_said_to(cnn_tui, model_file, tmp_path):
    picture = np.random.default_rng(3).integers(0, 256, (40, 32, 3), np.uint8)
    Image.fromarray(picture).save("own.png")
    cut = picture[8:32]
    options = ("--scale", "-1..1", "--fit", "crop", "--classes", "red,green,blue")
    result = cnn_tui("predict", "other.keras", "own.png", "--json", *options)
    assert result.stderr == "other.keras: taken with --scale -1..1, --fit crop, class names: red,green,blue\n"
    expected = model_file(cut[None].astype("float32") / 127.5 - 1, training=False).numpy()[0]
    assert predicted(result) == pytest.approx(dict(zip(("red", "green", "blue"), expected.tolist(), strict=True)))
    result = cnn_tui("predict", "other.keras", "own.png", "--json")
    assert result.stderr == "other.keras: taken with --scale 0..1, --fit pad, class names: numbers\n"
    assert set(predicted(result)) == {"0", "1", "2"}
    result = cnn_tui("predict", "other.keras", "own.png", "--classes", "a,b")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has 3 outputs, but there are 2 class names; give one for each output" in result.stderr


def test_a_file_of_onnx_is_taken_as_one_of_keras_is(cnn_tui, model_file):
    Image.fromarray(np.random.default_rng(3).integers(0, 256, (24, 32, 3), np.uint8)).save("own.png")
    assert cnn_tui("export", "other.keras", "--to", "onnx", "-o", "other.onnx").exit_code == 0
    by_keras, by_onnx = (cnn_tui("predict", file, "own.png", "--json") for file in ("other.keras", "other.onnx"))
    assert by_onnx.stderr == "other.onnx: taken with --scale 0..1, --fit pad, class names: numbers\n"
    assert predicted(by_onnx) == pytest.approx(predicted(by_keras), abs=1e-5)


def test_a_run_has_its_own_way_to_take_images(cnn_tui, built):
    run, _model = built
    result = cnn_tui("predict", run.id, "-i", "0", "--fit", "crop")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--scale, --fit, --classes and --output are for model files; {run.id} has its own" in result.stderr


def test_an_output_of_several_is_named_and_told(keras, cnn_tui, elsewhere):
    image, number = keras.Input((8, 8, 3)), keras.Input((2,), name="number")
    flat = keras.layers.Concatenate()([keras.layers.Flatten()(image), number])
    mask = keras.layers.Conv2D(1, 1, name="mask")(image)
    kinds = [keras.layers.Dense(3, activation="softmax", name=name)(flat) for name in ("kind", "other")]
    keras.Model([image, number], [mask, *kinds]).save("several.keras")
    Image.new("RGB", (8, 8), (200, 100, 0)).save("own.png")
    zeros = "input “number” gets zeros\n"
    for options, chosen in (((), "kind"), (("--output", "other"), "other")):
        result = cnn_tui("predict", "several.keras", "own.png", "--json", *options)
        assert result.exit_code == 0, result.output
        assert f"several.keras: shown up to output “{chosen}”\nseveral.keras: {zeros}" in result.stderr
        model = keras.Model([image, number], kinds[0 if chosen == "kind" else 1])
        given = np.asarray(Image.open("own.png"), np.float32)[np.newaxis] / 255
        expected = np.asarray(model([given, np.zeros((1, 2))]))[0]
        told = {each["class"]: each["probability"] for each in json.loads(result.stdout)["predictions"]}
        assert [told[number] for number in range(3)] == pytest.approx(expected, rel=1e-4)
    refused = cnn_tui("predict", "several.keras", "own.png", "--output", "mask")
    assert refused.exit_code == 2
    assert "its output is not a list of classes, so it cannot predict" in refused.stderr
    made = cnn_tui("inspect", "several.keras", "--scale", "0..1", "--no-open", "--output", "mask")
    assert made.stderr == "several.keras: shown up to output “mask”\n"
    assert cnn_tui("show", "last").output.count("shown up to output “mask”") == 1
