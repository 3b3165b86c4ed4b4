"""`cnn-tui export`: to the standard output or to a file, by the format's name or by the file's."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from tests.worker_here import export_here
from tui_cnn.core.layers import Conv2D, Dense
from tui_cnn.core.network import Network
from tui_cnn.formats.export import TEXT_FORMATS, export_text
from tui_cnn.formats.keras.reading import read_keras
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import read_network, save_network
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.recipe import Recipe, rates


def test_the_recipe_of_a_run_is_in_its_python(cnn_tui, keras, monkeypatch):
    """What it says, Keras is given: seen by a model that only writes down how it is trained."""
    import numpy as np

    recipe = Recipe(
        epochs=2,
        batch_size=20,
        optimizer="sgd",
        learning_rate=0.03,
        weight_decay=0.001,
        validation=0.25,
        patience=3,
        seed=7,
        limit=40,
        schedule="cosine",
        warmup=0.5,
        label_smoothing=0.1,
        augmentation="flip+shift+erase",
    )
    make_run(preset("fashion-dnn"), recipe)
    text = cnn_tui("export", "--run", "last", "--to", "python").stdout
    data = (np.arange(60 * 784, dtype="uint8").reshape(60, 28, 28), np.arange(60) % 10)
    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", lambda: (data, data))
    namespace = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), namespace)
    made = []
    fit = keras.Model.fit
    monkeypatch.setattr(
        keras.Model, "fit", lambda model, *given, **named: made.append(model) or fit(model, *given, **named)
    )
    namespace["main"]()
    (model,) = made
    settings = model.optimizer.get_config()
    assert (settings["name"], settings["momentum"]) == ("sgd", 0.9)
    assert settings["weight_decay"] == 0.001
    schedule = namespace["Schedule"](4, 1)
    assert settings["learning_rate"]["config"] == schedule.get_config()
    assert [float(schedule(step)) for step in range(4)] == pytest.approx(rates(recipe, 0, 4, 2), rel=1e-5)
    loss = model.loss.get_config()
    assert (loss["name"], loss["label_smoothing"]) == ("categorical_crossentropy", 0.1)
    assert [type(layer).__name__ for layer in model.layers[1:4]] == ["RandomFlip", "RandomTranslation", "Erase"]
    images = np.full((4, 28, 28, 1), 0.5, "float32")
    erased = np.asarray(model.layers[3](images, training=True))
    holes = (erased == 0).sum((1, 2, 3))
    assert holes.min() >= 16
    assert holes.max() <= 64
    np.testing.assert_array_equal(model.layers[3](images, training=False), images)
    assert model.optimizer.iterations == 2 * 2  # of 30 of 40 images in batches of 20, in two epochs
    assert model.history.params["epochs"] == 2
    assert "val_accuracy" in model.history.history
    assert '"val_accuracy", patience=3, restore_best_weights=True' in text
    assert "keras.utils.set_random_seed(7)" in text


EVERY_CHANGE = "flip+rotate+crop+brightness+contrast+mixup"


@pytest.mark.parametrize(
    "changes",
    [
        {"augmentation": EVERY_CHANGE, "ema": 0.9, "patience": 3},
        {"augmentation": "mixup", "class_weights": "balanced", "label_smoothing": 0.1, "validation": 0.0},
        {"class_weights": "balanced", "ema": 0.5, "scale": "standardize"},
        {"optimizer": "muon", "augmentation": "crop", "schedule": "one-cycle", "weight_decay": 0.01},
        {"class_weights": "balanced", "label_smoothing": 0.1, "scale": "-1..1", "augmentation": "crop"},
    ],
)
def test_what_a_run_weighed_mixed_and_averaged_is_in_its_python(cnn_tui, keras, monkeypatch, changes):
    """The script is run, with every call of `fit` written down."""
    import numpy as np

    from tui_cnn.data.splitting import balanced_weights

    recipe = Recipe(**{"epochs": 2, "batch_size": 16, "validation": 0.25, "optimizer": "sgd", **changes})
    make_run(preset("fashion-dnn"), recipe)
    text = cnn_tui("export", "--run", "last", "--to", "python").stdout
    images = np.random.default_rng(1).integers(0, 256, (64, 28, 28), dtype=np.uint8)
    labels = np.minimum(np.arange(64) % 16, 9)
    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", lambda: ((images, labels), (images, labels)))
    fit, calls = keras.Model.fit, []
    monkeypatch.setattr(
        keras.Model,
        "fit",
        lambda model, *given, **named: calls.append((model, given, named)) or fit(model, *given, **named),
    )
    namespace = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), namespace)
    namespace["main"]()
    ((model, given, named),) = calls
    trained_on = 48 if recipe.validation else 64
    assert model.optimizer.iterations == 2 * (trained_on // 16)
    assert ("val_loss" in model.history.history) == bool(recipe.validation)
    if recipe.class_weights == "balanced":
        assert named["class_weight"] == pytest.approx(dict(enumerate(balanced_weights(labels[:trained_on], 10))))
    if recipe.optimizer == "muon":
        inner = next(layer for layer in model.layers if layer.name == "fashion_dnn")
        assert model.optimizer.paths == [inner.layers[1].kernel.path]
    settings = model.optimizer.get_config()
    assert (settings["use_ema"], settings["ema_momentum"]) == ((True, recipe.ema) if recipe.ema else (False, 0.99))
    if recipe.ema:  # the average is the result
        swap, *_others = named["callbacks"]
        assert type(swap).__name__ == "SwapEMAWeights"
        average = model.optimizer._model_variables_moving_average
        assert recipe.patience or all(
            np.array_equal(one.numpy(), other.numpy())
            for one, other in zip(average, model.trainable_variables, strict=True)
        )
        assert "# Keras averages what is learned, but not the statistics" in text
    if "mixup" in recipe.augmentation:
        mixed, shares = given[0][0]
        assert len(given[0]) == trained_on // 16
        assert shares.sum(axis=1) == pytest.approx(1, abs=1e-6)
        assert ((shares > 0).sum(axis=1) <= 2).all()
        assert ((shares > 0) & (shares < 1)).any()
        assert mixed.shape[0] == 16
    if "crop" in recipe.augmentation:
        crop = next(layer for layer in model.layers if type(layer).__name__ == "Crop")
        whole = np.tile(np.arange(28, dtype="float32")[None, :, None, None], (50, 1, 28, 1))
        cut = np.asarray(crop(whole, training=True))
        heights = cut[:, -1, 5, 0] - cut[:, 0, 5, 0]
        assert 27 * 0.8**0.5 - 1 < heights.min() < heights.max() <= 27
        np.testing.assert_array_equal(crop(whole, training=False), whole)
    if recipe.scale != "0..1":
        inputs = [layer for layer in model.layers if type(layer).__name__ in ("Rescaling", "Normalization")]
        given = np.asarray(inputs[0](images[..., None].astype("float32")))
        assert given.mean() == pytest.approx(0, abs=0.02)
        assert given.std() == pytest.approx(1 if recipe.scale == "standardize" else 0.58, abs=0.02)


def test_a_toml_file_keeps_its_comments(cnn_tui):
    text = 'name = "n"  # mine\ninput_shape = [8]\n\n# the end\n[[layers]]\nunits = 2\ntype = "Dense"\n'
    Path("net.toml").write_text(text, "utf-8")
    assert cnn_tui("export", "net.toml", "--to", "toml").stdout == text
    wider = cnn_tui("export", "net.toml", "--to", "toml", "--input-shape", "9").stdout
    assert wider == text.replace("[8]", "[9]")


def test_a_network_that_cannot_be_built_names_the_code_of_the_finding(cnn_tui):
    """`check --explain` takes it, from `train` and `export` alike."""
    save_network(Path("net.toml"), Network("n", (4, 4, 1), (Conv2D(filters=1, kernel_size=(9, 9)),)))
    for command in (("export", "net.toml", "--to", "python"), ("train", "net.toml")):
        (line,) = cnn_tui(*command).stderr.splitlines()
        code = re.search(r"\[([a-z-]+)\]$", line)[1]
        assert cnn_tui("check", "--explain", code).exit_code == 0


@pytest.mark.parametrize("to", TEXT_FORMATS)
def test_text_goes_to_the_standard_output(cnn_tui, to):
    result = cnn_tui("export", "small-resnet", "--to", to)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == export_text(preset("small-resnet"), to)
    assert cnn_tui("export", "small-resnet", "--to", to, "--output", "-").stdout == result.stdout


@pytest.mark.parametrize(
    ("name", "to"), [("a.py", "python"), ("a.JSON", "json"), ("a.md", "markdown"), ("a.toml", "toml"), ("a.svg", "svg")]
)
def test_the_file_tells_the_format(cnn_tui, name, to):
    result = cnn_tui("export", "fashion-cnn", "-o", name)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert Path(name).read_text("utf-8") == export_text(preset("fashion-cnn"), to)


def test_the_format_that_is_named_counts(cnn_tui):
    assert cnn_tui("export", "fashion-cnn", "--to", "markdown", "-o", "a.py").exit_code == 0
    assert Path("a.py").read_text("utf-8").startswith("## fashion-cnn\n")


def test_there_and_back(cnn_tui):
    """TOML to Keras' archive to TOML: the worker builds it, and nothing is lost."""
    network = Network("mine", (6,), (Dense(units=3, activation="relu", name="first"), Dense(units=2)))
    save_network(Path("mine.toml"), network)
    result = cnn_tui("export", "mine.toml", "-o", "mine.keras")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert cnn_tui("export", "mine.keras", "-o", "again.toml").exit_code == 0
    assert read_network(Path("again.toml")) == network == read_keras(Path("mine.keras")).network
    assert json.loads(cnn_tui("check", "--json", "mine.keras").stdout)["total_params"] == 29


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_weights_of_a_file_are_exported(cnn_tui, keras):
    """Those of a model that someone has trained in Keras: they are not drawn anew without a word."""
    layers = keras.layers
    theirs = keras.Sequential(  # the last two have the names that Keras gives where it has made such layers before
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(3, 3, name="edges"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, name="dense_9"),
            layers.Dense(2, name="dense_10"),
        ]
    )
    theirs.save("trained.keras")
    result = cnn_tui("export", "trained.keras", "-o", "copy.keras")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    ours = keras.models.load_model("copy.keras").get_weights()
    assert all((one == other).all() for one, other in zip(ours, theirs.get_weights(), strict=True))
    result = cnn_tui("export", "trained.keras", "-o", "large.keras", "--input-shape", "8x8x2")
    line = "trained.keras: exported with untrained weights, because --input-shape changes the network\n"
    assert (result.exit_code, result.stderr) == (0, line)
    assert keras.models.load_model("large.keras").input_shape == (None, 8, 8, 2)


def test_what_was_not_kept_is_said(cnn_tui):
    model = json.loads(export_text(preset("fashion-dnn"), "json"))
    model["config"]["layers"][-1]["config"]["kernel_constraint"] = {"class_name": "MaxNorm", "config": {}}
    Path("m.json").write_text(json.dumps(model))
    result = cnn_tui("export", "m.json", "--to", "toml")
    assert result.exit_code == 0
    assert result.stderr == "m.json: kernel_constraint ignored (dense_1)\n"
    assert "units = 128" in result.stdout


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ((), "specify the format with --to, or a file name that implies it with --output"),
        (("-o", "a.txt"), "specify the format with --to, or a file name that implies it with --output"),
        (("--to", "keras"), "keras is not a text format; specify a file with --output"),
        (("--to", "onnx", "-o", "-"), "onnx is not a text format; specify a file with --output"),
    ],
)
def test_bad_usage(cnn_tui, args, problem):
    result = cnn_tui("export", "fashion-cnn", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"cnn-tui export: {problem} (see cnn-tui export --help)\n"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("no.toml", "--to", "json"), "no.toml: file not found; check the path"),
        (("none.toml", "--to", "python"), "none: the network has no layers; add one [empty]"),
        (("none.toml", "-o", "a.keras"), "a.keras: none: the network has no layers; add one [empty]"),
        (("fashion-dnn", "-o", "no/a.json"), "no/a.json: directory no not found"),
    ],
)
def test_what_cannot_be_done(cnn_tui, args, expected):
    save_network(Path("none.toml"), Network("none", (4,)))
    result = cnn_tui("export", *args)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"{expected}\n")
    assert not Path("a.keras").exists()


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_weights_stay_the_same_through_onnx(cnn_tui, keras, monkeypatch):
    """Out and in again: the same network with the same weights, in Keras' newer form and its older one."""
    export_here(monkeypatch)
    images = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    assert cnn_tui("export", "fashion-cnn", "-o", "first.keras").exit_code == 0
    for before, after in (("first.keras", "m.onnx"), ("m.onnx", "m.h5"), ("m.h5", "n.onnx"), ("n.onnx", "last.keras")):
        assert cnn_tui("export", before, "-o", after).exit_code == 0
    first, last = (keras.saving.load_model(name)(images) for name in ("first.keras", "last.keras"))
    np.testing.assert_allclose(first, last, rtol=1e-4, atol=1e-6)
