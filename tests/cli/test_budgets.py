"""Budgets, conventions and explanations of `cnn-tui check`: what CI relies on."""

import json

import pytest

from tui_cnn.cli.arguments import Count
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Branches, Conv2D, Dense, Flatten, GlobalAveragePooling2D
from tui_cnn.core.memory import memory
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import save_network

TRAINING = memory(analyze(preset("fashion-cnn"))).training


@pytest.mark.parametrize(
    ("option", "holds", "breaks", "line"),
    [
        ("--max-params", "93322", "93321", "fashion-cnn: 93,322 parameters, more than --max-params 93,321"),
        ("--max-macs", "2794240", "2.7M", "fashion-cnn: 2,794,240 MACs, more than --max-macs 2,700,000"),
        (
            "--max-memory",
            str(TRAINING),
            "6MB",
            f"fashion-cnn: {TRAINING:,} bytes of training-step memory, more than --max-memory 6,000,000",
        ),
        (
            "--min-receptive-field",
            "18",
            "19",
            "fashion-cnn: receptive field 18 pixels, less than --min-receptive-field 19",
        ),
        (
            "--max-flash",
            "105kB",
            "100kB",
            "fashion-cnn: 104,308 bytes of flash in int8, more than --max-flash 100,000",
        ),
        ("--max-ram", "27040", "27kB", "fashion-cnn: 27,040 bytes of RAM in int8, more than --max-ram 27,000"),
        ("--output-shape", "10", "7x7x64", "fashion-cnn: the output shape is 10, but --output-shape is 7×7×64"),
    ],
)
def test_a_budget_that_holds_and_one_that_is_broken(cnn_tui, option, holds, breaks, line):
    kept, broken = (cnn_tui("check", "fashion-cnn", option, value) for value in (holds, breaks))
    assert (kept.exit_code, kept.stderr) == (0, "")
    assert (broken.exit_code, broken.stderr) == (1, line + "\n")


def test_every_broken_budget_of_every_model_has_its_line(cnn_tui):
    result = cnn_tui("check", "fashion-cnn", "lenet-5", "--max-params", "60k", "--max-macs", "1M", "--json")
    assert result.stderr.splitlines() == [
        "fashion-cnn: 93,322 parameters, more than --max-params 60,000",
        "fashion-cnn: 2,794,240 MACs, more than --max-macs 1,000,000",
        "lenet-5: 61,706 parameters, more than --max-params 60,000",
    ]
    assert len(result.stdout.splitlines()) == 2


def test_a_board(cnn_tui):
    """Its flash and RAM are the limits, but for those that are given."""
    fits = cnn_tui("check", "fashion-cnn", "--board", "arduino-nano-33-ble", "--json")
    assert fits.exit_code == 0
    assert json.loads(fits.stdout)["budgets"] == [
        {"option": "--max-flash", "limit": 2**20, "value": 104_308, "met": True},
        {"option": "--max-ram", "limit": 2**18, "value": 27_040, "met": True},
    ]
    both = cnn_tui("check", "resnet-18", "--board", "arduino-nano-33-ble", "--max-ram", "2MB")
    assert both.exit_code == 1
    assert both.stderr == "resnet-18: 11,863,700 bytes of flash in int8, more than --max-flash 1,048,576\n"
    unknown = cnn_tui("check", "fashion-cnn", "--board", "abacus")
    assert unknown.exit_code == 2
    assert "'arduino-nano-33-ble'" in unknown.stderr


def test_a_layer_whose_int8_operators_are_not_known(cnn_tui, tmp_path):
    layers = (Conv2D(filters=2, kernel_size=(3, 3), activation="mish"), Flatten(), Dense(units=3))
    save_network(tmp_path / "odd.toml", Network("odd", (8, 8, 1), layers))
    result = cnn_tui("check", "odd.toml", "--max-ram", "1MB")
    line = "odd: bytes of RAM in int8 unknown for mish, so --max-ram 1,000,000 is not met\n"
    assert (result.exit_code, result.stderr) == (1, line)


def test_a_board_in_a_project(cnn_tui, tmp_path):
    (tmp_path / "cnn-tui.toml").write_text(
        '[models]\nours = "fashion-cnn"\n[budgets]\nboard = "bbc-microbit-v2"\nmax_flash = "64kB"\n'
    )
    result = cnn_tui("check", "--json")
    limits = {one["option"]: one["limit"] for one in json.loads(result.stdout)["budgets"]}
    assert limits == {"--max-flash": 64_000, "--max-ram": 128 * 1024}
    assert result.exit_code == 1
    (tmp_path / "cnn-tui.toml").write_text('[models]\nours = "fashion-cnn"\n[budgets]\nboard = "microbit"\n')
    result = cnn_tui("check")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "unknown board “microbit”; did you mean “bbc-microbit-v2”? (at line 4, column 1)" in result.stderr


def test_what_cannot_be_known_is_not_met(cnn_tui, tmp_path):
    broken = Network("broken", (4, 4, 1), (Conv2D(filters=1, kernel_size=(5, 5)), Flatten(), Dense(units=10)))
    save_network(tmp_path / "broken.toml", broken)
    result = cnn_tui("check", "broken.toml", "--max-params", "1G", "--output-shape", "10")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "broken: parameters unknown, so --max-params 1,000,000,000 is not met",
        "broken: the output shape is unknown, but --output-shape is 10",
    ]


def test_a_receptive_field_that_is_not_known_is_not_met(cnn_tui, tmp_path):
    result = cnn_tui("check", "fashion-dnn", "--min-receptive-field", "1")
    line = "fashion-dnn: no feature map with a known receptive field, so --min-receptive-field 1 is not met\n"
    assert (result.exit_code, result.stderr) == (1, line)


def test_the_last_feature_map_is_the_one_that_the_output_comes_out_of(cnn_tui, tmp_path):
    """It stands before its branches in the table, and sees more than the last of them; squeezed, it sees all."""
    same = Conv2D(filters=4, kernel_size=(3, 3), padding="same")
    shortcut = Branches(branches=((same, same), (Conv2D(filters=4, kernel_size=(1, 1)),)))
    end = (GlobalAveragePooling2D(), Dense(units=10))
    save_network(tmp_path / "add.toml", Network("add", (16, 16, 4), (shortcut, *end)))
    report = json.loads(cnn_tui("check", "add.toml", "--json").stdout)
    assert report["receptive_field"]["size"] == [5, 5]
    assert cnn_tui("check", "add.toml", "--min-receptive-field", "5").exit_code == 0
    gate = Branches(merge="multiply", branches=((GlobalAveragePooling2D(keepdims=True), Dense(units=4)), ()))
    save_network(tmp_path / "squeeze.toml", Network("squeeze", (16, 16, 4), (same, gate, same, *end)))
    report = json.loads(cnn_tui("check", "squeeze.toml", "--json").stdout)
    assert report["receptive_field"]["status"] == "full"
    assert "small-field" not in {check["code"] for check in report["checks"]}
    assert cnn_tui("check", "squeeze.toml", "--min-receptive-field", "100").exit_code == 0


def test_fail_on(cnn_tui):
    """The tutorial network has one finding, an info."""
    statuses = [cnn_tui("check", "fashion-cnn", "--fail-on", level).exit_code for level in ("error", "warning", "info")]
    assert statuses == [0, 0, 1]


def test_classes(cnn_tui):
    assert cnn_tui("check", "fashion-cnn", "--classes", "10", "--fail-on", "warning").exit_code == 0
    result = cnn_tui("check", "fashion-cnn", "--classes", "47", "--fail-on", "warning")
    assert result.exit_code == 1
    assert "the output has 10 values, but the data has 47 classes; fix: units = 47" in result.stdout


def test_steps(cnn_tui):
    assert "slow-averages" not in cnn_tui("check", "small-resnet", "--json", "--steps", "29").stdout
    result = cnn_tui("check", "small-resnet", "--steps", "28", "--fail-on", "warning")
    assert result.exit_code == 1
    assert "far off after 28 steps, so validation will look like chance; fix: momentum = 0.8" in result.stdout


@pytest.mark.parametrize(("convention", "count"), [("macs", 2_794_240), ("2xmacs", 5_588_480), ("tf", 5_646_588)])
def test_conventions_of_flops(cnn_tui, convention, count):
    text = cnn_tui("check", "fashion-cnn", "--flops", convention).stdout
    assert f"FLOPs: {count:,} per image, counted as {convention}" in text
    report = json.loads(cnn_tui("check", "fashion-cnn", "--flops", convention, "--json").stdout)
    assert report["flops"] == {"convention": convention, "value": count}


def test_memory_and_receptive_field_as_json(cnn_tui):
    report = json.loads(cnn_tui("check", "fashion-cnn", "--json", "--batch-size", "64", "--optimizer", "sgd").stdout)
    needs = memory(analyze(preset("fashion-cnn")), 64, "sgd")
    assert report["memory"] == {
        "parameters": 4 * 93_322,
        "inference": needs.inference,
        "training": needs.training,
        "batch_size": 64,
    }
    field = {"size": [18, 18], "stride": [4.0, 4.0], "padding": [0, 0], "status": "exact"}
    assert report["receptive_field"] == field == report["layers"][4]["receptive_field"]
    assert report["layers"][5]["receptive_field"]["status"] == "full"


def test_explain(cnn_tui):
    result = cnn_tui("check", "--explain", "dense-heavy")
    assert result.exit_code == 0
    assert result.stdout.startswith("A dense layer after a flattened feature map")
    unknown = cnn_tui("check", "--explain", "dense")
    assert unknown.exit_code == 2
    assert "unknown check “dense”; did you mean “dense-heavy”?" in unknown.stderr


def test_no_model(cnn_tui):
    result = cnn_tui("check")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "specify a MODEL to check" in result.stderr


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("100", 100),
        ("100k", 100_000),
        ("1.5M", 1_500_000),
        ("2GB", 2 * 10**9),
        (".5 k", 500),
        ("1_000", 1000),
        ("93,322", 93_322),
        ("1,234.5k", 1_234_500),
        ("1e5", 100_000),
        ("2.5E3", 2500),
        ("6.4MiB", 6_710_886),
        ("2Ki", 2048),
        ("1 GiB", 2**30),
        ("0.3G", 3 * 10**8),
    ],
)
def test_counts(text, count):
    assert Count().convert(text, None, None) == count


@pytest.mark.parametrize("text", ["", "k", "-1", "1x", "ten", "1.2.3", "1,23", "12,3456", "e5", ".", "1e999", "1iB"])
def test_no_counts(cnn_tui, text):
    result = cnn_tui("check", "fashion-cnn", f"--max-params={text}")
    assert result.exit_code == 2
    assert f"“{text}” is not a number; use for example 100000, 100k, 1.5M or 6.4MiB" in result.stderr


def test_budgets_as_json(cnn_tui):
    args = ("--max-params", "93,322", "--max-macs", "1M", "--min-receptive-field", "18", "--output-shape", "7x7x64")
    result = cnn_tui("check", "fashion-cnn", "--json", *args)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["budgets"] == [
        {"option": "--max-params", "limit": 93_322, "value": 93_322, "met": True},
        {"option": "--max-macs", "limit": 1_000_000, "value": 2_794_240, "met": False},
        {"option": "--min-receptive-field", "limit": 18, "value": 18, "met": True},
        {"option": "--output-shape", "limit": [7, 7, 64], "value": [10], "met": False},
    ]
    assert json.loads(cnn_tui("check", "fashion-cnn", "--json").stdout)["budgets"] == []


def test_a_file_that_cannot_be_read_has_its_object(cnn_tui):
    """So that the lines of the output are those of the models, in their order."""
    result = cnn_tui("check", "no.toml", "fashion-cnn", "--json")
    first, second = map(json.loads, result.stdout.splitlines())
    missing = {"message": "file not found; check the path", "line": None, "column": None}
    assert first == {"model": "no.toml", "error": "no.toml: file not found; check the path", "errors": [missing]}
    assert (result.exit_code, result.stderr, second["name"]) == (2, first["error"] + "\n", "fashion-cnn")


def test_the_channels_of_another_size(cnn_tui, tmp_path):
    """They stay unless they are given, and then it is said: a first convolution of three is another network."""
    kept = cnn_tui("check", "lenet-5", "--input-shape", "40x36", "--json")
    assert (json.loads(kept.stdout)["input_shape"], kept.stderr) == ([40, 36, 1], "")
    changed = cnn_tui("check", "lenet-5", "--input-shape", "40x36x3", "--json")
    assert json.loads(changed.stdout)["input_shape"] == [40, 36, 3]
    assert changed.stderr == "lenet-5: input channels changed from 1 to 3\n"
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, None, None, 2]}},
        {"class_name": "Conv2D", "config": {"filters": 3, "kernel_size": [3, 3], "name": "edges"}},
    ]
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "open", "layers": layers}}
    (tmp_path / "open.json").write_text(json.dumps(model))
    kept = cnn_tui("check", "open.json", "--input-shape", "8x9", "--json")
    assert (json.loads(kept.stdout)["input_shape"], kept.stderr) == ([8, 9, 2], "")
    changed = cnn_tui("check", "open.json", "--input-shape", "8x9x1")
    assert (changed.exit_code, changed.stderr) == (0, "open.json: input channels changed from 2 to 1\n")


def test_an_image_of_another_size(cnn_tui, tmp_path):
    report = json.loads(cnn_tui("check", "all-conv", "--json", "--input-shape", "64x64x3").stdout)
    assert (report["input_shape"], report["output_shape"]) == ([64, 64, 3], [10])
    assert cnn_tui("export", "all-conv", "-o", "large.toml", "--input-shape", "64x64x3").exit_code == 0
    again = cnn_tui("diff", "large.toml", "all-conv", "--input-shape", "64x64x3", "--json").stdout
    assert {layer["change"] for layer in json.loads(again)["layers"]} == {"same"}
    refused = cnn_tui("check", "all-conv", "--input-shape", "0x28x1")
    assert refused.exit_code == 2
    assert "--input-shape: input_shape must be a whole number, at least 1, not 0" in refused.stderr
    refused = cnn_tui("export", "--run", "last", "--to", "json", "--input-shape", "28")
    assert "the image size of a run is fixed; omit --input-shape" in refused.stderr
