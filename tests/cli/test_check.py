"""`cnn-tui check`: the table, the JSON, and the exit status."""

import json
from pathlib import Path
from textwrap import dedent

import h5py
import numpy as np
import pytest

from tui_cnn.core.layers import BatchNormalization, Block, Branches, Conv2D, Dense, Flatten, Opaque, UpSampling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import save_network

BROKEN = Network("broken", (8, 8, 1), (Flatten(), Conv2D(filters=2, kernel_size=(3, 3)), Dense(units=3)))
NESTED = Network(
    "얕은-net",
    (8, 8, 2),
    (
        Block(
            name="스테이지",
            layers=(
                Branches(
                    branches=(
                        (Conv2D(filters=2, kernel_size=(3, 3), padding="same", use_bias=False), BatchNormalization()),
                        (),
                    )
                ),
            ),
        ),
        Flatten(),
        Dense(units=10, activation="softmax", name="head"),
    ),
)
LINEAR = (
    "warning[no-activation]: layer 2: Conv2D: no activation before the next Dense, so both act as one linear layer; "
    'fix: activation = "relu"'
)
UNITS = "MACs: multiply-accumulates per image, in convolution and dense kernels, without biases"


def test_the_table_of_the_tutorial_network(cnn_tui):
    result = cnn_tui("check", "fashion-cnn")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == dedent(
        f"""\
        fashion-cnn, input 28×28×1

        #  layer         settings     output    parameters       MACs    RF
        1  Conv2D        32 3×3 relu  26×26×32         320    194,688     3
        2  MaxPooling2D  2×2          13×13×32           0          0     4
        3  Conv2D        64 3×3 relu  11×11×64      18,496  2,230,272     8
        4  MaxPooling2D  2×2          5×5×64             0          0    10
        5  Conv2D        64 3×3 relu  3×3×64        36,928    331,776    18
        6  Flatten                    576                0          0  full
        7  Dense         64 relu      64            36,928     36,864  full
        8  Dense         10 softmax   10               650        640  full
           total                      10            93,322  2,794,240

        parameters: 93,322 trainable, 0 non-trainable
        {UNITS}
        RF: receptive field of a cell, in pixels of the input
        FLOPs: 5,588,480 per image, counted as 2xmacs
        memory: parameters 373 kB, inference peak 108 kB (one image), training step 6.33 MB (batch of 32)

        info[dropped]: layer 4: MaxPooling2D: image 11×11, window 2×2, stride 2: 1 row and 1 column dropped; fix: padding = "same"

        to see why: cnn-tui check --explain dropped
        """  # noqa: E501
    )


def test_the_table_of_a_broken_network(cnn_tui):
    save_network(Path("broken.toml"), BROKEN)
    result = cnn_tui("check", "broken.toml")
    assert result.exit_code == 1
    assert result.stdout == dedent(
        f"""\
        broken, input 8×8×1

        #  layer    settings  output  parameters  MACs    RF
        1  Flatten            64               0     0  full
        2  Conv2D   2 3×3     —                —     —     —
        3  Dense    3         —                —     —     —
           total              —              ≥ 0   ≥ 0

        parameters: ≥ 0 trainable, ≥ 0 non-trainable
        {UNITS}
        RF: receptive field of a cell, in pixels of the input
        memory: parameters ≥ 0 B, float32

        broken.toml:7:1: error[shape]: layer 2: Conv2D: needs height × width × channels, but gets 64; fix: move it to position 1, before Flatten
        broken.toml:7:1: {LINEAR}

        to see why: cnn-tui check --explain shape
        """  # noqa: E501
    )


@pytest.mark.parametrize(("weights", "least"), [(None, "≥ "), (4, "")])
def test_what_is_known_of_an_unknown_layer_and_what_is_not(cnn_tui, weights, least):
    """Its shape is that of its file; sums over the others are lower bounds, wherever they stand."""
    unknown = Opaque(kind="Scale", config="{}", stated_shape=(6, 6, 4), weights=weights)
    layers = (Conv2D(filters=4, kernel_size=(3, 3)), unknown, Flatten(), Dense(units=3))
    save_network(Path("net.toml"), Network("net", (8, 8, 3), layers))
    text = cnn_tui("check", "net.toml").stdout
    params = 112 + (weights or 0) + 435
    assert f"parameters: {least}{params} trainable, {least}0 non-trainable" in text
    assert f"memory: parameters {least}{4 * params / 1000:.3g} kB, float32" in text
    assert "≥: at least, because not all is known of layer 2 Scale" in text
    report = json.loads(cnn_tui("check", "net.toml", "--json").stdout)
    assert [layer["output_shape"] for layer in report["layers"]] == [[6, 6, 4], [6, 6, 4], [144], [3]]
    assert [layer["params"] for layer in report["layers"]] == [112, weights, 0, 435]
    assert (report["total_params"], report["params_complete"], report["unknown"]) == (params, weights == 4, [[1]])


def test_layers_within_layers_and_wide_letters(cnn_tui):
    save_network(Path("nested.toml"), NESTED)
    result = cnn_tui("check", "nested.toml")
    assert result.exit_code == 0
    assert result.stdout == dedent(
        f"""\
        얕은-net, input 8×8×2

        #        layer                     settings            output  parameters   MACs    RF
        1        Block “스테이지”                              8×8×2                         3
        1.1        Branches                add                 8×8×2                         3
        1.1.1.1        Conv2D              2 3×3 same no bias  8×8×2           36  2,304     3
        1.1.1.2        BatchNormalization                      8×8×2            8      0     3
        2        Flatten                                       128              0      0  full
        3        Dense “head”              10 softmax          10           1,290  1,280  full
                 total                                         10           1,334  3,584

        parameters: 1,330 trainable, 4 non-trainable
        {UNITS}
        RF: receptive field of a cell, in pixels of the input
        FLOPs: 7,168 per image, counted as 2xmacs
        memory: parameters 5.34 kB, inference peak 1.54 kB (one image), training step 88.1 kB (batch of 32)

        nested.toml:8:1: info[small-field]: layer 1.1: Branches: the receptive field of the last feature map is 3×3 pixels, less than half of 8×8

        to see why: cnn-tui check --explain small-field
        """  # noqa: E501
    )


def test_equal_findings_share_a_line(cnn_tui):
    """The JSON keeps each."""
    even = Conv2D(filters=4, kernel_size=(2, 2), padding="same", activation="relu")
    odd = Conv2D(filters=4, kernel_size=(3, 3), padding="same", activation="relu")
    blocks = [Block(layers=(even,)), odd] * 6
    save_network(Path("even.toml"), Network("even", (28, 28, 1), (*[even] * 3, odd, *blocks, Flatten())))
    lines = cnn_tui("check", "even.toml").stdout.splitlines()
    assert [line for line in lines if "info[even-same]" in line] == [
        (
            "even.toml:7:1: info[even-same]: 9 layers (1–3, 5.1, 7.1, 9.1 and 3 more): Conv2D: an even 2×2 "
            "kernel with same padding shifts the image by half a pixel; fix: kernel_size = [3, 3]"
        )
    ]
    checks = json.loads(cnn_tui("check", "even.toml", "--json").stdout)["checks"]
    paths = [check["path"] for check in checks if check["code"] == "even-same"]
    assert paths == [[0], [1], [2], [4, 0], [6, 0], [8, 0], [10, 0], [12, 0], [14, 0]]


def test_uneven_receptive_fields_are_explained(cnn_tui):
    shortcut = Conv2D(filters=2, kernel_size=(3, 3), strides=(2, 2), padding="same")
    mixed = Branches(branches=((shortcut, UpSampling2D()), ()))
    save_network(Path("uneven.toml"), Network("uneven", (8, 8, 2), (mixed,)))
    out = cnn_tui("check", "uneven.toml").stdout
    assert "  ≤ " in out
    assert "\n≤: at most" in out
    assert "≤" not in cnn_tui("check", "fashion-cnn").stdout


def test_dense_without_flatten_fails_on_warnings(cnn_tui):
    layers = (Conv2D(filters=8, kernel_size=(3, 3), activation="relu"), Dense(units=10, activation="softmax"))
    save_network(Path("net.toml"), Network("net", (28, 28, 1), layers))
    result = cnn_tui("check", "net.toml", "--fail-on", "warning")
    assert result.exit_code == 1
    assert "warning[no-flatten]: layer 2: Dense: gets 26×26×8 without a Flatten before it" in result.stdout


def test_json_of_a_sound_network(cnn_tui):
    save_network(Path("nested.toml"), NESTED)
    result = cnn_tui("check", "--json", "nested.toml")
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    report = json.loads(result.stdout)
    layers = report.pop("layers")
    assert [check["code"] for check in report.pop("checks")] == ["small-field"]
    assert report.pop("budgets") == []
    assert report == {
        "name": "얕은-net",
        "input_shape": [8, 8, 2],
        "output_shape": [10],
        "total_params": 1334,
        "trainable_params": 1330,
        "non_trainable_params": 4,
        "macs": 3584,
        "inputs": [{"name": "input_layer", "shape": [8, 8, 2]}],
        "outputs": [{"name": "head", "shape": [10]}],
        "complete": True,
        "params_complete": True,
        "unknown": [],
        "flops": {"convention": "2xmacs", "value": 7168},
        # The branch's input, what comes out of its convolution, and of its normalization: three times 8·8·2 values.
        "memory": {"parameters": 5336, "inference": 1536, "training": 88_112, "batch_size": 32},
        "receptive_field": {"size": [3, 3], "stride": [1.0, 1.0], "padding": [1, 1], "status": "exact"},
    }
    assert layers[0] == {
        "path": [0],
        "name": "스테이지",
        "type": "Block",
        "output_shape": [8, 8, 2],
        "params": 0,
        "macs": 0,
        "receptive_field": report["receptive_field"],
    }
    assert layers[3] == {
        "path": [0, 0, 0, 1],
        "name": "batch_normalization",
        "type": "BatchNormalization",
        "output_shape": [8, 8, 2],
        "params": 8,
        "macs": 0,
        "receptive_field": report["receptive_field"],
    }
    for column, total in (("params", "total_params"), ("macs", "macs")):
        assert sum(layer[column] for layer in layers) == report[total]


def test_json_of_a_broken_network_guesses_nothing(cnn_tui):
    save_network(Path("broken.toml"), BROKEN)
    result = cnn_tui("check", "broken.toml", "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert [layer["output_shape"] for layer in report["layers"]] == [[64], None, None]
    assert [layer["params"] for layer in report["layers"]] == [0, None, None]
    assert report["output_shape"] is None
    assert (
        report["total_params"] is report["trainable_params"] is report["non_trainable_params"] is report["macs"] is None
    )
    assert [check for check in report["checks"] if check["severity"] == "error"] == [
        {
            "code": "shape",
            "severity": "error",
            "path": [1],
            "message": "Conv2D: needs height × width × channels, but gets 64",
            "fix": "move it to position 1, before Flatten",
        }
    ]


def test_an_object_a_line(cnn_tui):
    result = cnn_tui("check", "--json", "fashion-cnn", "fashion-dnn", "lenet-5")
    assert [json.loads(line)["total_params"] for line in result.stdout.splitlines()] == [93_322, 101_770, 61_706]


def test_several_tables_stand_apart(cnn_tui):
    result = cnn_tui("check", "fashion-dnn", "lenet-5")
    assert "no problems found\n\nlenet-5, input 32×32×1\n" in result.stdout


@pytest.mark.parametrize(
    ("models", "status"),
    [
        (["fashion-cnn", "broken.toml"], 1),
        (["broken.toml", "fashion-cnn"], 1),
        (["missing.toml", "broken.toml"], 2),
        (["broken.toml", "missing.toml"], 2),
    ],
)
def test_the_worst_status_counts(cnn_tui, models, status):
    save_network(Path("broken.toml"), BROKEN)
    assert cnn_tui("check", *models).exit_code == status


def test_what_a_keras_file_holds_that_is_not_kept_is_said(cnn_tui):
    dense = {"units": 10, "activation": "softmax", "kernel_constraint": "max_norm"}
    layers = [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4]}},
        {"module": "keras.layers", "class_name": "Dense", "config": dense},
    ]
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "net", "layers": layers}}
    Path("net.json").write_text(json.dumps(model))
    for command in (("check", "net.json"), ("diff", "net.json", "fashion-dnn")):
        result = cnn_tui(*command)
        assert result.stderr.startswith("net.json: "), result.stderr
        assert "kernel_constraint ignored" in result.stderr


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"\xff", "net.toml: is not UTF-8 text (byte 0)"),
        (b'name = "n"', "net.toml: the field “input_shape” is missing"),
        (
            b'name = "n"\ninput_shape = [8]\n[[layers]]\ntype = "Danse"\n',
            "net.toml: layer 1: unknown layer “Danse”; did you mean “Dense”?",
        ),
    ],
)
def test_bad_files(cnn_tui, tmp_path, text, line):
    (tmp_path / "net.toml").write_bytes(text)
    result = cnn_tui("check", "net.toml")
    assert (result.exit_code, result.stdout, result.stderr.partition(" (at line ")[0].strip()) == (2, "", line)


def test_all_errors_of_a_file(cnn_tui):
    """Each on its line of the standard error, and in a list for programs."""
    Path("net.toml").write_text('name = "n"\ninput_shape = [0]\n\n[[layers]]\ntype = "Dens"\n', "utf-8")
    result = cnn_tui("check", "net.toml", "--json")
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert [line.rpartition(" (")[2] for line in lines] == ["at line 2, column 16)", "at line 5, column 1)"]
    report = json.loads(result.stdout)
    assert report["error"] == lines[0]
    assert [(one["line"], one["column"]) for one in report["errors"]] == [(2, 16), (5, 1)]
    assert report["errors"][1]["message"] == "layer 1: unknown layer “Dens”; did you mean “Dense”?"
    exported = cnn_tui("export", "net.toml", "--to", "python")
    assert (exported.exit_code, exported.stderr.splitlines()) == (2, lines)


def test_no_layers(cnn_tui):
    save_network(Path("empty.toml"), Network("empty", (8,)))
    result = cnn_tui("check", "empty.toml")
    assert result.exit_code == 1
    assert "\nempty.toml:1:1: error[empty]: the network has no layers; add one\n" in result.stdout


def test_formulas(cnn_tui):
    plain, explained = (cnn_tui("check", "fashion-cnn", *more).stdout for more in ((), ("--formulas",)))
    added = [line for line in explained.splitlines() if line not in plain.splitlines()]
    assert added[:13] == [
        "1 Conv2D",
        "  size: floor((28 + 2·0 - 3) / 1) + 1 = 26",
        "  trainable parameters: (3·3·1 + 1)·32 = 320",
        "  MACs: 3·3·1·26·26·32 = 194,688",
        "  RF: 1 + (3 - 1)·1 = 3",
        "  RF stride: 1·1 = 1",
        "  RF padding: 0 + 0·1 = 0",
        "2 MaxPooling2D",
        "  size: floor((26 + 2·0 - 2) / 2) + 1 = 13",
        "  RF: 3 + (2 - 1)·1 = 4",
        "  RF stride: 1·2 = 2",
        "  RF padding: 0 + 0·1 = 0",
        "3 Conv2D",
    ]
    assert added[-3:] == [
        "parameter memory (bytes): 4·93,322 = 373,288",
        "inference peak memory of one image (bytes): 4·(26·26·32 + 13·13·32) = 108,160",
        "training-step memory, batch of 32 (bytes): 4·(93,322 + 3·93,322 + 32·37,818) = 6,333,856",
    ]


def test_formulas_as_json(cnn_tui):
    assert "formulas" not in cnn_tui("check", "small-resnet", "--json").stdout
    report = json.loads(cnn_tui("check", "small-resnet", "--json", "--formulas").stdout)
    by_name = {layer["name"]: layer["formulas"] for layer in report["layers"]}
    assert by_name["batch_normalization"] == {"trainable_params": "2·16 = 32", "non_trainable_params": "2·16 = 32"}
    assert set(report["memory"]["formulas"]) == {"parameters", "inference", "training"}
    for layer in report["layers"]:
        counts = [layer["formulas"].get(name, "= 0") for name in ("trainable_params", "non_trainable_params")]
        assert sum(int(count.rpartition("= ")[2].replace(",", "")) for count in counts) == layer["params"]


def test_formulas_of_what_is_not_known(cnn_tui):
    save_network(Path("broken.toml"), BROKEN)
    report = json.loads(cnn_tui("check", "broken.toml", "--json", "--formulas").stdout)
    assert [layer["formulas"] for layer in report["layers"]] == [{"output_shape": "8·8·1 = 64"}, {}, {}]
    assert set(report["memory"]["formulas"]) == {"parameters"}


def test_the_picture_in_the_terminal_and_in_files(cnn_tui, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    for arguments in (["fashion-cnn", "--picture"], ["--picture", "fashion-cnn"]):
        result = cnn_tui("check", *arguments)
        assert result.exit_code == 0
        assert result.stdout.splitlines()[-1].split()[:3] == ["28×28×1", "26×26×32", "13×13×32"]
        assert "▀" in result.stdout
    for name, begin in [("a.svg", b"<svg"), ("b.PNG", b"\x89PNG")]:
        assert cnn_tui("check", "fashion-cnn", "--picture", str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).read_bytes().startswith(begin)
    assert json.loads(cnn_tui("check", "--json", "fashion-cnn", "--picture").stdout)["name"] == "fashion-cnn"
    refused = cnn_tui("check", "lenet-5", "fashion-cnn", "--picture", str(tmp_path / "c.svg"))
    assert refused.exit_code == 2
    assert "specify only one" in refused.stderr


def test_a_file_that_has_only_weights(cnn_tui):
    with h5py.File("m.weights.h5", "w") as file:
        file["layers/conv2d/vars/0"] = np.zeros((3, 3, 1, 8), "f4")
        file["layers/conv2d/vars/1"] = np.zeros(8, "f4")
        file["optimizer/vars/0"] = np.int64(1)
    result = cnn_tui("check", "m.weights.h5")
    assert result.exit_code == 0
    assert result.stdout == dedent(
        """\
        m.weights.h5: only weights, no layers

        tensor                shape    type     parameters
        layers/conv2d/vars/0  3×3×1×8  float32          72
        layers/conv2d/vars/1  8        float32           8
        total                                           80

        not counted: 1 values of the optimizer, metrics and random generators
        """
    )
    report = json.loads(cnn_tui("check", "--json", "m.weights.h5").stdout)
    assert (report["model"], report["total_params"], report["other_values"]) == ("m.weights.h5", 80, 1)
    assert report["tensors"][1] == {"name": "layers/conv2d/vars/1", "shape": [8], "dtype": "float32", "params": 8}


def test_limits_are_not_met_by_what_has_no_layers(cnn_tui):
    """A limit in CI never passes in silence."""
    with h5py.File("m.h5", "w") as file:
        file["x"] = np.zeros(3, "f4")
    result = cnn_tui("check", "m.h5", "--max-params", "100")
    assert result.exit_code == 2
    assert result.stderr == "m.h5: has only weights, no layers; list them with: cnn-tui check m.h5\n"


def test_where_the_working_directory_was_deleted(cnn_tui, tmp_path, monkeypatch):
    save_network(tmp_path / "net.toml", BROKEN)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert cnn_tui("check", "fashion-cnn").exit_code == 0
    assert f"{tmp_path}/net.toml:7:1: error[shape]" in cnn_tui("check", f"{tmp_path}/net.toml").stdout
