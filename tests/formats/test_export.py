"""Every text format, and what cannot be written in it."""

import msgspec
import pytest

from tui_cnn.core.layers import Conv2D, Dense, DepthMaxPooling2D, FixedConv2D, Flatten, Opaque
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.export import TEXT_FORMATS, export_text
from tui_cnn.formats.presets import preset
from tui_cnn.formats.saving import save_text
from tui_cnn.formats.toml import loads_network

BROKEN = Network("broken", (4,), (Conv2D(filters=1, kernel_size=(3, 3)),))
OPAQUE = Network("partly", (4,), (Dense(units=2), Opaque(kind="Lambda", config='{"class_name":"Lambda","config":{}}')))


def line(network, to):
    with pytest.raises(FormatError) as error:
        export_text(network, to)
    return str(error.value)


@pytest.mark.parametrize("to", TEXT_FORMATS)
def test_every_format_ends_with_a_line(to):
    text = export_text(preset("small-resnet"), to)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("to", ["python", "json"])
def test_what_cannot_be_built(to):
    assert line(BROKEN, to).startswith("broken: layer 1: Conv2D: needs height × width × channels, but gets 4")
    assert line(Network("none", (4,)), to) == "none: the network has no layers; add one [empty]"


@pytest.mark.parametrize("to", ["markdown", "toml", "svg"])
def test_what_cannot_be_built_can_be_described(to):
    assert "Conv2D" in export_text(BROKEN, to)


def test_opaque_layers():
    expected = "partly: layer 2: Lambda is opaque and cannot be exported to this format; replace it, or export to json"
    assert line(OPAQUE, "python") == expected
    assert '"class_name": "Lambda"' in export_text(OPAQUE, "json")
    assert loads_network(export_text(OPAQUE, "toml"), "memory") == OPAQUE


def test_what_depends_on_a_shape_that_nobody_knows():
    opaque = Opaque(kind="Lambda", config='{"class_name":"Lambda","config":{}}')
    behind = Network("n", (8, 8, 4), (opaque, DepthMaxPooling2D()))
    assert line(behind, "json") == "n: layer 1: the output shape of Lambda is unknown"
    known = msgspec.structs.replace(opaque, stated_shape=(8, 8, 4))
    assert "MaxPooling3D" in export_text(msgspec.structs.replace(behind, layers=(known, DepthMaxPooling2D())), "json")
    assert '"Conv2D"' in export_text(msgspec.structs.replace(behind, layers=(opaque, FixedConv2D())), "json")


def test_saving(tmp_path):
    save_text(tmp_path / "a.md", "×\n")
    assert (tmp_path / "a.md").read_bytes() == "×\n".encode()
    with pytest.raises(FormatError, match=r"directory .* not found"):
        save_text(tmp_path / "no" / "a.md", "")
    with pytest.raises(FormatError, match="cannot be written: Is a directory"):
        save_text(tmp_path, "")


def test_flatten_has_no_numbers():
    assert "| 1 | Flatten |  | 4 | 0 | 0 |" in export_text(Network("flat", (4,), (Flatten(),)), "markdown")
