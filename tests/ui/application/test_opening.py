"""Opening, with a preview; and exporting."""

import json
from pathlib import Path

import pytest

from tests.ui.driving import opened
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Dense
from tui_cnn.core.network import Network
from tui_cnn.formats.export import TEXT_FORMATS, export_text
from tui_cnn.formats.keras.writing import dumps_keras
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import read_network, save_network
from tui_cnn.runs import export
from tui_cnn.ui.settings import read_state, remember


async def test_the_highlighted_network_is_shown_before_it_is_opened(here):
    (here / "broken.toml").write_text("[[layers")
    async with opened() as user:
        await user.press("ctrl+o")
        await user.sees("broken.toml", "✗ is not valid TOML")
        await user.press("down", "down")
        await user.sees(
            "62,378,344", "AlexNet without its groups", "227×227×3 → 1000", "1.14 G", "96 · 11×11 · s4 · relu"
        )
        await user.press_at_once(*"lenet")
        await user.sees("61,706", "LeNet-5 in its modern form")
        await user.press("enter")
        await user.until(lambda: user.network == preset("lenet-5"))


async def test_files_lately_opened_come_first(here, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "far.toml"
    save_network(elsewhere, preset("lenet-5"))
    remember(recent=(str(here / "gone.toml"),))
    async with opened("lenet-5", file=elsewhere) as user:
        await user.press("d", "ctrl+s")
        await user.told("Saved to")
        await user.until(lambda: read_state().recent[:1] == (str(elsewhere),))
        await user.press("ctrl+o")
        await user.sees("far.toml", "recent, in")
        assert "gone.toml" not in user.text
        await user.press("enter")
        await user.until(lambda: user.app.workspace.design.file == elsewhere)


async def keras_model(path):
    text = json.loads(dumps_keras(analyze(Network("mine", (6,), (Dense(units=3), Dense(units=2))))))
    text["config"]["layers"][1]["config"]["kernel_constraint"] = {
        "module": "keras.constraints", "class_name": "MaxNorm", "config": {"max_value": 2, "axis": 0},
    }  # fmt: skip
    path.write_text(json.dumps(text))
    return path.read_bytes()


async def test_what_of_a_keras_model_is_not_kept_is_told_and_its_file_is_never_written_over(here):
    path = here / "model.json"
    before = await keras_model(path)
    async with opened() as user:
        user.app.open_model("model.json")
        await user.until(lambda: user.network.name == "mine")
        await user.told("kernel_constraint")
        await user.press("d", "ctrl+s")
        await user.sees("Save the network as", "model.toml")
        await user.press("enter")
        await user.told("Saved to model.toml")
        assert path.read_bytes() == before
        assert read_network(here / "model.toml") == user.network


@pytest.mark.parametrize("to", TEXT_FORMATS)
async def test_export_as_text(here, to):
    async with opened() as user:
        await user.press("E")
        await user.sees("Export the network as", "onnx")
        await user.choose(to)
        await user.sees("Export to")
        await user.type("out")
        await user.press("enter")
        await user.told("Exported to")
        (path,) = here.iterdir()
        assert path.read_text() == export_text(preset("fashion-cnn"), to)


async def test_export_of_a_model_goes_on_beside_and_tells_how_it_ended(here, monkeypatch):
    begun = []

    def write(network, to, path):
        begun.append((network, to, path))
        export_text(network, "json")
        path.touch()

    monkeypatch.setattr(export, "export_model", write)
    async with opened() as user:
        await user.press("E")
        await user.choose("onnx")
        await user.press("enter")
        await user.told("Writing fashion-cnn.onnx")
        await user.told("Exported to fashion-cnn.onnx")
        assert begun == [(preset("fashion-cnn"), "onnx", Path("fashion-cnn.onnx"))]
        await user.press("down", "down", "down", "down", "enter", "down")
        await user.type("9")
        await user.press("enter", "E")
        await user.choose("python")
        await user.press("enter")
        await user.told("layer 5")
        assert not (here / "fashion-cnn.py").exists()
