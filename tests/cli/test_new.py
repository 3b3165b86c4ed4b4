"""`cnn-tui new`: a file that opens, checks and trains; what cannot be made leaves no file."""

import pytest

from tui_cnn.core.adapting import simple_cnn
from tui_cnn.core.analysis import analyze
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.formats.toml import read_network


@pytest.fixture
def new(cnn_tui):
    """Run `cnn-tui new` in a directory of its own; return the status and what is printed."""

    def run(*arguments):
        result = cnn_tui("new", *arguments)
        return result.exit_code, result.stdout, result.stderr

    return run


def test_without_more_it_is_a_simple_cnn_for_fashion_mnist(cnn_tui, new, tmp_path):
    status, out, _err = new("my.toml")
    network = read_network(tmp_path / "my.toml")
    assert (status, network.name, network.input_shape) == (0, "my", (28, 28, 1))
    assert analyze(network).output_shape == (10,)
    assert out == "my.toml: 28×28×1 → 10, 93,962 parameters. Open it with: cnn-tui my.toml\n"
    assert cnn_tui("check", "my.toml", "--fail-on", "warning").exit_code == 0


@pytest.mark.parametrize(
    "shape", [(28, 28, 1), (32, 32, 3), (64, 48, 3), (224, 224, 3), (3, 3, 1), (10,), (128, 3), (16, 16, 16, 1)]
)
def test_a_simple_cnn_can_be_built_for_any_shape(keras, shape):
    from tui_cnn.worker.build import build

    network = simple_cnn("simple", shape, 7)
    model = build(network)
    assert tuple(model.output_shape) == (None, 7)
    assert model.count_params() == analyze(network).totals.params
    assert not [check for check in analyze(network).checks if check.severity != "info"]


@pytest.mark.parametrize("name", [name for name in preset_names() if name != "yolo-v1"])
def test_each_preset_is_begun_for_other_classes(new, tmp_path, name):
    assert new("own.toml", "--from", name, "--classes", "7")[0] == 0
    network = read_network(tmp_path / "own.toml")
    assert analyze(network).output_shape == (7,)
    assert network.input_shape == preset(name).input_shape


def test_without_classes_a_detector_keeps_its_output(new, tmp_path):
    assert new("own.toml", "--from", "yolo-v1")[0] == 0
    assert analyze(read_network(tmp_path / "own.toml")).output_shape == (7, 7, 30)


def test_an_empty_one_and_one_from_a_file(new, tmp_path):
    assert new("a.toml", "--from", "empty", "--input", "64x64x3")[0] == 0
    assert read_network(tmp_path / "a.toml").layers == ()
    new("b.toml", "--input", "32x32x3", "--classes", "5")
    assert new("c.toml", "--from", "b.toml")[0] == 0
    assert read_network(tmp_path / "c.toml").layers == read_network(tmp_path / "b.toml").layers


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("x.txt",), "x.txt: is not the name of a .toml file"),
        (("x",), "x: is not the name of a .toml file"),
        (("x.toml", "--from", "vgg-16", "--input", "8x8x3"), "vgg-16: does not work with an input of 8×8×3: layer 4.4"),
        (
            ("x.toml", "--from", "yolo-v1", "--classes", "4"),
            "yolo-v1: gives 7×7×30, and cannot be changed to 4 classes",
        ),
        (("x.toml", "--from", "nothing"), "nothing: file or preset not found"),
        (("x.toml", "--from", "empty", "--classes", "3"), "an empty network has no classes yet; leave --classes out"),
        (("x.toml", "--classes", "1"), "classes must be a whole number, at least 2, not 1"),
        (("x.toml", "--input", "0x3"), "input_shape must be a whole number, at least 1, not 0"),
        (("x.toml", "--input", "3x3x3x3x3"), "input_shape must be a list of length at most 4"),
        (("nowhere/x.toml",), "directory"),
    ],
)
def test_what_cannot_be_made_is_one_line_and_no_file(new, tmp_path, arguments, line):
    status, out, err = new(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert line in err
    assert not list(tmp_path.iterdir())


def test_a_file_that_exists_is_only_replaced_by_force(new, tmp_path):
    (tmp_path / "my.toml").write_text("mine")
    status, _out, err = new("my.toml")
    assert (status, (tmp_path / "my.toml").read_text()) == (2, "mine")
    assert err == "my.toml: already exists; choose another name, or add --force to replace it\n"
    assert new("my.toml", "--force")[0] == 0
    assert read_network(tmp_path / "my.toml").name == "my"
