"""A network as a file with a built model: what Keras loads again, and what other runtimes read."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

import tui_cnn
from tests.worker.networks import SMALL_CNN
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Opaque
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.reading import read_keras
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


def test_onnx_says_what_to_install(tmp_path, monkeypatch):
    from tui_cnn.worker.export import export

    monkeypatch.setattr("tui_cnn.worker.export.find_spec", lambda package: None)
    with pytest.raises(FormatError) as error:
        export(SMALL_CNN, "onnx", tmp_path / "model.onnx")
    assert error.value.problem == "ONNX needs onnx, tf2onnx; install with: pip install 'cnn-tui[onnx]'"
    assert list(tmp_path.iterdir()) == []


def test_onnx(tmp_path):
    import onnx

    run("onnx", tmp_path / "model.onnx", dumps_network(SMALL_CNN))
    model = onnx.load(tmp_path / "model.onnx")
    onnx.checker.check_model(model)
    (images,) = model.graph.input
    assert [axis.dim_value for axis in images.type.tensor_type.shape.dim][1:] == [28, 28, 1]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (Network("n", (4,), (Conv2D(filters=1, kernel_size=(1, 1)),)), "n: layer 1: Conv2D: needs height"),
        (
            Network("n", (4,), (Opaque(kind="X", config="{}"),)),
            "n: layer 1: X is opaque, so it cannot be written there",
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
    assert ended.stderr.startswith("usage: python -m tui_cnn.worker train RUN_DIR | spare | probe | export keras|onnx")


def test_text_that_is_not_utf_8(tmp_path, monkeypatch, capsys):
    from tui_cnn.worker.export import main

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    assert main("keras", tmp_path / "model.keras") == 2
    assert capsys.readouterr().err == "standard input: is not UTF-8 text\n"
