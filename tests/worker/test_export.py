"""A network as a file with a built model: what Keras loads again, and what other runtimes read."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

import tui_cnn
from tests.worker.networks import SMALL_CNN
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    Branches,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthMaxPooling2D,
    Dropout,
    Flatten,
    Normalization,
    Opaque,
    RandomFlip,
    RandomZoom,
    UpSampling2D,
)
from tui_cnn.core.network import Network
from tui_cnn.extras import install_command
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.reading import read_keras
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import dumps_network

PACKAGES = Path(tui_cnn.__file__).parents[1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_keras_loads_it_and_so_do_we(keras, tmp_path):
    from tui_cnn.worker.export import export

    path = tmp_path / "model.keras"
    path.write_text("old")
    export(SMALL_CNN, "keras", path)
    model = keras.models.load_model(path)
    totals = analyze(SMALL_CNN).totals
    assert (model.count_params(), model.output_shape) == (totals.params, (None, 10))
    network, notes = read_keras(path)
    assert notes == ()
    assert network.layers == SMALL_CNN.layers
    assert [one.name for one in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_a_file_says_of_its_model_is_never_built(keras, tmp_path, harmful):
    """The best of a run is exported with its weights, whatever stands beside them in its file."""
    import numpy as np

    from tui_cnn.runs.directory import make_run
    from tui_cnn.runs.recipe import Recipe
    from tui_cnn.worker.build import build
    from tui_cnn.worker.export import main

    run = make_run(SMALL_CNN, Recipe())
    model = build(SMALL_CNN)
    model.save(run.best_file)
    harmful.put_into(run.best_file)
    path = tmp_path / "model.keras"
    assert main("keras", path, run.path) == 0
    assert not harmful.has_run()
    for ours, theirs in zip(keras.models.load_model(path).get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_onnx_says_what_to_install(tmp_path, without):
    from tui_cnn.worker.export import export

    without("onnx")
    with pytest.raises(FormatError) as error:
        export(SMALL_CNN, "onnx", tmp_path / "model.onnx")
    command = install_command("onnx")
    assert error.value.problem == f"ONNX needs the package onnx; install it with: {command}"
    assert list(tmp_path.iterdir()) == []


def test_onnx(tmp_path):
    import onnx

    run("onnx", tmp_path / "model.onnx", dumps_network(SMALL_CNN))
    model = onnx.load(tmp_path / "model.onnx")
    onnx.checker.check_model(model)
    (images,) = model.graph.input
    assert [axis.dim_value for axis in images.type.tensor_type.shape.dim][1:] == [28, 28, 1]


WIDE = Conv2D(filters=6, kernel_size=(1, 3), padding="same", groups=3, dilation_rate=(1, 2))
ODD = Network(
    "odd",
    (8, 8, 3),
    (
        RandomFlip(),
        Normalization(mean=(0.4, 0.5, 0.6), variance=(0.1, 0.2, 0.3)),
        RandomZoom(height_factor=0.5),
        Conv2D(filters=4, kernel_size=(3, 3), activation="gelu"),
        Conv2D(filters=6, kernel_size=(3, 2), groups=2, strides=(2, 2), padding="same", activation="celu"),
        Branches(
            branches=((Conv2D(filters=6, kernel_size=(3, 3), padding="same", groups=3, dilation_rate=(2, 2)),), ())
        ),
        Normalization(invert=True),
        DepthMaxPooling2D(),
        UpSampling2D(interpolation="bilinear"),
        Conv2DTranspose(filters=4, kernel_size=(3, 3), strides=(2, 2), padding="same"),
        Dropout(rate=0.5),
        Flatten(),
        Dense(units=10, activation="softmax"),
    ),
)
"""Augmentation, groups, functions that ONNX spells out, normalization, several layers of Keras in one of ours."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("network", [preset("small-inception"), preset("small-mobile"), ODD], ids=lambda one: one.name)
def test_onnx_gives_the_numbers_of_keras(keras, tmp_path, network):
    """With the weights of a run, by the evaluator that defines what ONNX means."""
    import numpy as np
    import onnx
    from onnx.reference import ReferenceEvaluator

    from tui_cnn.worker.build import build
    from tui_cnn.worker.export import export

    random = np.random.default_rng(0)
    model = build(network)
    for weight in model.weights:
        shape, spread = tuple(weight.shape), weight.name in ("variance", "moving_variance", "gamma")
        weight.assign(random.uniform(0.5, 1.5, shape) if spread else random.normal(0, 0.2, shape))
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # as it does where weights are loaded: Normalization goes by what it makes of them
    model.save(tmp_path / "best.keras")
    export(network, "onnx", tmp_path / "model.onnx", weights=tmp_path / "best.keras")
    written = onnx.load(tmp_path / "model.onnx")
    onnx.checker.check_model(written)
    images = random.random((2, *network.input_shape), dtype=np.float32)
    (found,) = ReferenceEvaluator(written).run(None, {written.graph.input[0].name: images})
    expected = np.asarray(model(images, training=False))
    assert expected.max() - expected.min() > 0.01
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_what_onnx_cannot_say(tmp_path):
    from tui_cnn.worker.export import export

    network = Network("n", (4, 4, 1), (UpSampling2D(interpolation="lanczos3", name="large"), Flatten()))
    with pytest.raises(FormatError) as error:
        export(network, "onnx", tmp_path / "model.onnx")
    assert error.value.source == tmp_path / "model.onnx"
    assert error.value.problem == "ONNX has no operation for UpSampling2D (layer large); replace the layer"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (Network("n", (4,), (Conv2D(filters=1, kernel_size=(1, 1)),)), "n: layer 1: Conv2D: needs height"),
        (
            Network("n", (4,), (Opaque(kind="X", config="{}"),)),
            "n: layer 1: X is opaque and cannot be exported to this format",
        ),
    ],
)
def test_what_cannot_be_built(tmp_path, network, expected):
    from tui_cnn.worker.export import export

    with pytest.raises(FormatError) as error:
        export(network, "keras", tmp_path / "model.keras")
    assert str(error.value).startswith(expected)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old(tmp_path, monkeypatch, keras):
    from tui_cnn.worker.export import export

    def full(_model, path):
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save", full)
    path = tmp_path / "model.keras"
    path.write_text("old")
    with pytest.raises(FormatError) as error:
        export(SMALL_CNN, "keras", path)
    assert error.value.problem == "cannot be written: No space left on device"
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("model.keras", "old")]


def run(to, path, text):
    command = [sys.executable, "-m", "tui_cnn.worker", "export", to, str(path)]
    return subprocess.run(command, input=text, cwd=PACKAGES, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = ", "standard input: is not valid TOML"),
        ('name = "n"\ninput_shape = [4]\n', "n: the network has no layers"),
    ],
)
def test_the_process_refuses_in_a_line(tmp_path, text, expected):
    ended = run("keras", tmp_path / "model.keras", text)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(expected)
    assert len(ended.stderr.splitlines()) == 1


def test_bad_usage():
    ended = run("png", "x", "")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(
        "usage: python -m tui_cnn.worker train RUN_DIR | test RUN_DIR | prewarm RUNTIME | probe | export "
    )


def test_text_that_is_not_utf_8(tmp_path, monkeypatch, capsys):
    from tui_cnn.worker.export import main

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    assert main("keras", tmp_path / "model.keras") == 2
    assert capsys.readouterr().err == "standard input: is not UTF-8 text\n"
