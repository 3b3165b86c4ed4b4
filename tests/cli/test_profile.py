"""`cnn-tui profile`: every layer that is built is measured once, beside what the analysis counts."""

import json

import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    GlobalAveragePooling2D,
)
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import save_network

CONV = Conv2D(filters=4, kernel_size=(3, 3), padding="same", activation="relu")
NETWORK = Network(
    "measured",
    (12, 12, 3),
    (
        CONV,
        Conv2D(filters=2, kernel_size=(1, 1), muted=True),
        Block(repeat=2, layers=(Branches(branches=((CONV, BatchNormalization()), ())),)),
        Dropout(rate=0.5),
        GlobalAveragePooling2D(),
        Dense(units=10, activation="softmax"),
    ),
)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    from click.testing import CliRunner

    from tui_cnn.cli.program import program

    file = tmp_path_factory.mktemp("profile") / "measured.toml"
    save_network(file, NETWORK)
    printed = CliRunner().invoke(program, ["profile", str(file), "--batch-size", "4", "--json", "--device", "cpu"])
    assert printed.exit_code == 0, printed.stderr
    return json.loads(printed.stdout)


def test_each_layer_is_measured_and_stands_beside_its_counts(report):
    heard = Network("measured", NETWORK.input_shape, (NETWORK.layers[0], *NETWORK.layers[2:]))
    rows = [row for row in analyze(heard).rows if not isinstance(row.layer, Block)]
    assert [tuple(layer["path"]) for layer in report["layers"]] == [row.path for row in rows]
    assert [layer["macs"] for layer in report["layers"]] == [row.figures.macs.value for row in rows]
    assert [layer["times"] for layer in report["layers"]] == [row.times for row in rows]
    assert all(layer["forward"] > 0 for layer in report["layers"])
    assert report["forward"] > 0
    assert report["machine"]["peak"] > report["machine"]["bandwidth"] > 1e8
    assert report["machine"]["device"] == "CPU:0"


def test_nothing_is_left_out_of_what_is_timed(keras, monkeypatch):
    """TensorFlow drops what nobody needs: all times of a layer in one call are given back, each by Keras itself."""
    import numpy as np

    from tui_cnn.worker import layer_profile
    from tui_cnn.worker.build import build_network

    results = []
    monkeypatch.setattr(layer_profile, "_timed", lambda compute, *_more: results.append(compute()) or 0.001)
    drawn = []
    draw = layer_profile._drawn
    monkeypatch.setattr(layer_profile, "_drawn", lambda *given: drawn.append(draw(*given)) or drawn[-1])
    (call,) = build_network(Network("one", (8, 8, 3), (CONV,))).calls
    layer_profile._timed_layer(call, 2, is_first=False, overhead=0.0)
    forward, both = results
    assert len(forward) == len(both) == len(drawn) == layer_profile._MOST_TIMES
    for inputs, output, gradients in zip(drawn, forward, both, strict=True):
        np.testing.assert_allclose(output, call.layer(inputs), rtol=1e-5, atol=1e-6)
        assert [tuple(one.shape) for one in gradients] == [(2, 8, 8, 3), (3, 3, 3, 4), (4,)]


def test_the_table_and_the_roofline(cnn_tui, tmp_path):
    save_network(tmp_path / "small.toml", Network("small", (8, 8, 1), (CONV, GlobalAveragePooling2D(), Dense(units=3))))
    printed = cnn_tui("profile", "small.toml", "--batch-size", "2", "--roofline")
    assert printed.exit_code == 0
    lines = printed.stdout.splitlines()
    assert lines[0].startswith("small: batches of 2 on ")
    assert [line.split()[-1] in ("memory", "compute") for line in lines[2:5]] == [True] * 3
    assert "Limits of this machine: " in printed.stdout
    assert "Whole network: forward " in printed.stdout
    assert "FLOPs per second against FLOPs per byte" in printed.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("nothing",), "nothing: file or preset not found"),
        (("fashion-cnn", "--input-shape", "4x4"), "does not fit"),
        (("fashion-cnn", "--batch-size", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_measured_is_one_line(cnn_tui, arguments, line):
    printed = cnn_tui("profile", *arguments)
    assert (printed.exit_code, printed.stderr.count("\n")) == (2, 1)
    assert line in printed.stderr
