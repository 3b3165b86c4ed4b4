"""What a person may write where a model is expected."""

import pytest

from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.formats.presets import preset, preset_names, preset_path
from tui_cnn.formats.toml import save_network


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def line(model):
    with pytest.raises(FormatError) as error:
        find_network(model)
    return str(error.value)


def test_the_presets():
    assert {"fashion-cnn", "fashion-dnn", "lenet-5", "vgg-16", "small-resnet"} <= set(preset_names())
    assert [preset(name).name for name in preset_names()] == preset_names()
    assert all(preset_path(name).is_file() for name in preset_names())


def test_a_preset_has_no_path():
    assert find_network("lenet-5") == (preset("lenet-5"), None)


def test_a_preset_goes_before_a_file_of_its_name(directory):
    save_network(directory / "lenet-5", Network("mine", (8,)))
    assert find_network("lenet-5")[0].name == "lenet-5"
    assert find_network("./lenet-5")[0].name == "mine"


@pytest.mark.parametrize("model", ["net.toml", "net", "sub/net", "~/net.toml"])
def test_a_file(directory, monkeypatch, model):
    monkeypatch.setenv("HOME", str(directory))
    (directory / "sub").mkdir()
    network = Network("mine", (8,))
    for name in ("net.toml", "net", "sub/net"):
        save_network(directory / name, network)
    found, path = find_network(model)
    assert found == network
    assert path.samefile(model.replace("~", str(directory)))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("fashion-cn", "fashion-cn: file or preset not found; did you mean “fashion-cnn”?"),
        ("zzz", f"zzz: file or preset not found; presets: {', '.join(preset_names())}"),
        ("zzz.toml", "zzz.toml: file not found; check the path"),
        ("a/zzz", "a/zzz: file not found; check the path"),
        ("~nobody-of-this-name/zzz", "~nobody-of-this-name/zzz: file not found; check the path"),
        ("", ".: is a directory; specify a file in it"),
        ("x" * 300, f"{'x' * 300}: cannot be read: File name too long"),
    ],
)
def test_the_line(model, expected):
    assert line(model) == expected
