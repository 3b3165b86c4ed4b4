"""`cnn-tui predict`, `evaluate`, `explain`, `activations` and `kernels`, on a run that was trained for real."""

import asyncio
import io
import json
from base64 import b64decode
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import sklearn.metrics as truth
from PIL import Image

from tui_cnn.data.dataset import load_test
from tui_cnn.runs.ledger import ledger_file
from tui_cnn.runs.snapshot import Follower

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras loads so


@pytest.fixture(scope="module")
def test_set():
    return load_test()


def to_its_end(job):
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


@pytest.fixture(autouse=True)
def asked_here(monkeypatch, keras):
    """Ask the inspector's own code in this process: each start of the real one, tested in tests/runs, takes long."""
    from tui_cnn.cli import inspecting
    from tui_cnn.runs.inspection.replies import OpenReply
    from tui_cnn.runs.inspection.requests import Open
    from tui_cnn.worker.inspection.answers import Answers

    answers = Answers()

    def ask(request, reply):
        answer = to_its_end(answers.begin(request))
        assert isinstance(answer, reply)
        return answer

    @contextmanager
    def inspection(source):
        yield ask, ask(Open(source=source), OpenReply)

    monkeypatch.setattr(inspecting, "inspection", inspection)


@pytest.fixture
def model(keras, trained):
    return keras.saving.load_model(trained.best_file)


def outputs(model, image):
    return model(image[None].astype("float32") / 255, training=False).numpy()[0]


def test_a_bad_picture_suppresses_no_answer(cnn_tui, trained, test_set):
    Image.fromarray(test_set.images[3][..., 0]).save("good.png")
    Path("bad.png").write_text("no image")
    result = cnn_tui("predict", str(trained.path), "bad.png", "good.png", "-i", "3", "-i", "99999", "--json")
    bad, good, indexed, missing = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [bad["error"], missing["error"]]
    assert bad["error"].startswith("bad.png: ")
    assert missing == {"image": 99999, "error": "no test image 99999; the test images are 0 to 9,999"}
    assert good["predictions"] == indexed["predictions"]


def test_predict(cnn_tui, trained, test_set, model):
    run = str(trained.path)
    Image.fromarray(255 - test_set.images[3][..., 0]).save("light.png")
    Image.fromarray(test_set.images[3][..., 0].repeat(2, axis=0).repeat(2, axis=1)).save("large.png")
    result = cnn_tui("predict", run, "light.png", "large.png", "--index", "3", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    light, large, indexed = map(json.loads, result.stdout.splitlines())
    shares = outputs(model, test_set.images[3])
    for line in (light, indexed):
        best = shares.argsort()[::-1][:3]
        assert [each["class"] for each in line["predictions"]] == best.tolist()
        assert [each["name"] for each in line["predictions"]] == [test_set.class_names[number] for number in best]
        assert [each["probability"] for each in line["predictions"]] == pytest.approx(shares[best], rel=1e-4)
    assert (light["image"], light["inverted"]) == ("light.png", True)
    assert (large["image"], large["inverted"]) == ("large.png", False)
    assert (indexed["image"], indexed["label"], indexed["label_name"]) == (3, 1, "Trouser")
    as_is = json.loads(cnn_tui("predict", run, "light.png", "--as-is", "--json").stdout)
    assert as_is["predictions"] != light["predictions"]
    heading, *lines = cnn_tui("predict", run, "light.png", "-i", "3").stdout.splitlines()
    assert heading.split() == ["image", "first", "prob.", "second", "prob.", "third", "prob.", "label"]
    first = f"{test_set.class_names[shares.argmax()]}"
    assert lines[0].startswith(f"light.png  {first}")
    assert lines[0].endswith("inverted")
    assert lines[1].startswith(f"3          {first}")
    assert lines[1].endswith("Trouser")


def test_evaluate(cnn_tui, trained, test_set):
    run = str(trained.path)
    result = cnn_tui("evaluate", run, "--json", "--out", "p.npz")
    assert (result.exit_code, result.stderr) == (0, "")
    report = json.loads(result.stdout)
    with np.load("p.npz") as saved:
        probabilities, labels = saved["probabilities"], saved["labels"]
    predicted = probabilities.argmax(axis=1)
    finished = Follower(trained).poll().finished
    assert (report["run"], report["checkpoint"], report["images"]) == (trained.id, "best", 10_000)
    assert report["epoch"] == finished.tested_epoch
    assert report["accuracy"] == pytest.approx(finished.test_accuracy, abs=2e-4)
    assert report["loss"] == pytest.approx(finished.test_loss, rel=1e-4)
    assert report["confusion"] == truth.confusion_matrix(labels, predicted).tolist()
    columns = truth.precision_recall_fscore_support(labels, predicted, zero_division=0)
    for name, column in zip(("precision", "recall", "f1", "images"), columns, strict=True):
        assert [each[name] for each in report["classes"]] == pytest.approx(column)
    assert [each["name"] for each in report["classes"]] == list(test_set.class_names)
    assert 0 < report["calibration_error"] < 1
    (noted,) = map(json.loads, ledger_file().read_bytes().splitlines())
    assert (noted["by"], noted["weights"], noted["run"], noted["test_set"]) == (
        "person",
        "best",
        trained.id,
        test_set.digest,
    )
    assert noted["accuracy"] == pytest.approx(report["accuracy"])

    lines = cnn_tui("evaluate", run, "-o", "p.csv").stdout.splitlines()
    assert lines[0].startswith(f"10,000 test images  accuracy {report['accuracy']:.4f}  loss {report['loss']:.4f}")
    assert lines[0].endswith(f"(best weights, epoch {finished.tested_epoch})")
    assert lines[2].split() == ["class", "precision", "recall", "F1", "images"]
    assert lines[-1].split() == ["9", "Ankle", "boot", *map(str, report["confusion"][9])]
    table = np.genfromtxt("p.csv", delimiter=",", skip_header=1)
    assert table[:, 1].tolist() == labels.tolist()
    assert table[:, 2:] == pytest.approx(probabilities, rel=1e-5)


def test_evaluate_with_mirror_images(cnn_tui, trained, test_set, model):
    run = str(trained.path)
    report = json.loads(cnn_tui("evaluate", run, "--json", "--mirror").stdout)
    images = test_set.images.astype("float32") / 255
    mean = (model.predict(images, verbose=0) + model.predict(np.flip(images, axis=2), verbose=0)) / 2
    assert np.allclose(mean.sum(axis=1), 1, atol=1e-3), "the network ends in a softmax"
    assert report["mirrored"]["accuracy"] == pytest.approx((mean.argmax(axis=1) == test_set.labels).mean(), abs=2e-4)
    assert report["mirrored"]["loss"] == pytest.approx(truth.log_loss(test_set.labels, mean), rel=1e-4)
    assert report["mirrored"]["accuracy"] != report["accuracy"]
    lines = cnn_tui("evaluate", run, "--mirror").stdout.splitlines()
    assert lines[0].startswith(f"10,000 test images  accuracy {report['accuracy']:.4f}")
    assert lines[1].startswith(f"with mirror images  accuracy {report['mirrored']['accuracy']:.4f}")
    noted = [json.loads(line)["accuracy"] for line in ledger_file().read_bytes().splitlines()]
    assert noted == [pytest.approx(report["accuracy"])]  # the mirror images are no test of their own


def test_activations_and_kernels(cnn_tui, trained, test_set, model, keras):
    run = str(trained.path)
    result = cnn_tui("activations", run, "-i", "5", "--out", "a.npz")
    assert (result.exit_code, result.stderr) == (0, "")
    with np.load("a.npz") as saved:
        assert (saved["image"] == test_set.images[5]).all()
        assert saved["probabilities"] == pytest.approx(outputs(model, test_set.images[5]), rel=1e-4)
        for layer in model.layers[1:]:
            part = keras.Model(model.input, layer.output)
            assert saved[layer.name] == pytest.approx(outputs(part, test_set.images[5]), rel=1e-4, abs=1e-5)
    assert "conv2d               12×12×8  float32" in result.stdout.splitlines()
    result = cnn_tui("kernels", run, "-o", "k.npz")
    assert (result.exit_code, result.stderr) == (0, "")
    with np.load("k.npz") as saved:
        assert (saved["conv2d/kernel"] == model.get_layer("conv2d").get_weights()[0]).all()
        assert "batch_normalization/gamma" in saved


@pytest.mark.parametrize("method", ["saliency", "grad-cam", "occlusion"])
def test_explain(cnn_tui, trained, test_set, method):
    run = str(trained.path)
    for suffix in ("png", "svg", "npz", "csv"):
        result = cnn_tui("explain", run, "-i", "0", "--method", method, "--class", "9", "--out", f"why.{suffix}")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.startswith("Ankle boot (class 9), probability 0.")
    with np.load("why.npz") as saved:
        heat = saved["heat"]
        assert (saved["image"] == test_set.images[0]).all()
    assert heat.shape == {"saliency": (28, 28), "grad-cam": (6, 6), "occlusion": (12, 12)}[method]
    assert np.genfromtxt("why.csv", delimiter=",", skip_header=1) == pytest.approx(heat, rel=1e-5)
    tree, svg = ElementTree.parse("why.svg"), "{http://www.w3.org/2000/svg}"
    words = [each.text for each in tree.iter(f"{svg}text")]
    what = {"saliency": "Saliency", "grad-cam": "Grad-CAM of max_pooling2d", "occlusion": "Occlusion"}[method]
    assert words[:2] == [f"{what}: Ankle boot", "test image 0"]
    assert any(trained.id in text for text in words), "which run"
    assert {"row ↓", "column →", "20", "Image", what} <= set(words)
    least = "0.00" if method != "occlusion" else "−" + words[-2]
    assert words[-4:-1].count(least) == 1, "the colour scale begins at zero, or is around it"
    pictures = (b64decode(each.get("href").partition(",")[2]) for each in tree.iter(f"{svg}image"))
    image, drawn, _scale = (np.asarray(Image.open(io.BytesIO(each))).astype(int) for each in pictures)
    assert (image[6::12, 6::12] == test_set.images[0][..., 0]).all()
    drawn = drawn[6::12, 6::12] * ([1, 0, -1] if method == "occlusion" else 1)  # red where it falls; else light
    with Image.open("why.png") as picture:
        assert picture.size == tuple(2 * int(tree.getroot().get(side)) for side in ("width", "height"))
    hottest = np.unravel_index(heat.argmin() if method == "occlusion" else heat.argmax(), heat.shape)
    row, column = (int((place + 0.5) * 28 / size) for place, size in zip(hottest, heat.shape, strict=True))
    assert drawn[row, column].sum() > np.median(drawn.sum(axis=-1))


def test_a_layer_for_grad_cam(cnn_tui, trained):
    run = str(trained.path)
    result = cnn_tui("explain", run, "-i", "0", "--layer", "conv2d", "-o", "a.npz")
    assert result.exit_code == 0
    assert np.load("a.npz")["heat"].shape == (12, 12)
    result = cnn_tui("explain", run, "-i", "0", "--layer", "dense", "-o", "a.npz")
    assert result.exit_code == 2
    assert result.stderr.startswith("no layer “dense” with feature maps; available: conv2d, conv2d_1, ")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["predict", "RUN"], "specify an image file, or a test image with --index (see cnn-tui predict --help)"),
        (["predict", "RUN", "no.png"], "no.png: file not found; check the path"),
        (["predict", "RUN", "-i", "10000"], "no test image 10000; the test images are 0 to 9,999"),
        (["predict", "RUN", "-i", "0", "--checkpoint", "12"], "has no weights of 12; available: none"),
        (
            ["predict", "RUN", "-i", "0", "--checkpoint", "beste"],
            "“beste” is not a checkpoint; use best, last, or a number",
        ),
        (["predict", "last", "-i", "0"], "there are no runs yet; train a network first"),
        (["predict", "no.keras", "-i", "0"], "no.keras: file not found; check the path"),
        (["activations", "RUN", "-i", "0", "-o", "a.txt"], "a.txt: the file name must end in .npz"),
        (["activations", "RUN", "-o", "a.npz"], "specify one image file, or one test image with --index"),
        (
            ["activations", "RUN", "a.png", "-i", "0", "-o", "a.npz"],
            "specify one image file, or one test image with --index",
        ),
        (["explain", "RUN", "-i", "0", "-o", "a.gif"], "the file name must end in .png or .svg or .npz or .csv"),
        (["explain", "RUN", "-i", "0", "-o", "a.png", "--class", "10"], "no class 10; the classes are 0 to 9"),
        (["kernels", "RUN", "-o", "nowhere/a.npz"], "nowhere/a.npz: directory nowhere not found"),
    ],
)
def test_refusals(cnn_tui, trained, args, line):
    result = cnn_tui(*[str(trained.path) if each == "RUN" else each for each in args])
    assert (result.exit_code, result.stdout) == (2, "")
    assert line in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_asking_the_real_inspector(cnn_tui, trained, monkeypatch):
    """By a part of the run's id, as `resume` takes it."""
    from tui_cnn.cli import inspecting
    from tui_cnn.runs.inspection.replies import WeightsReply
    from tui_cnn.runs.inspection.requests import Kernels

    monkeypatch.undo()
    monkeypatch.setenv("CNN_TUI_HOME", str(trained.path.parents[1]))
    source = inspecting.source_of(trained.id[-4:], "best")
    assert source == inspecting.source_of("last", "best")

    with inspecting.inspection(source) as (ask, opened):
        assert opened.layers[0].name == "conv2d"
        assert ask(Kernels(source=source), WeightsReply).layers[0].weights["kernel"].shape == (5, 5, 1, 8)
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
