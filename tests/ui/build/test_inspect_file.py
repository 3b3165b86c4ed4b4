"""I on the Build screen: a file with weights is looked into; anything else is told why not."""

import pytest

from tests.ui.driving import opened
from tui_cnn.formats.keras.reading import read_keras
from tui_cnn.runs.snapshot import Follower


@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
async def test_a_trained_file_is_inspected_once_its_scale_is_chosen(keras, tmp_path, monkeypatch):
    layers = keras.layers
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    file = tmp_path / "model.h5"
    model.save(file)
    async with opened(read_keras(file).network, file=file, size=(120, 40)) as user:
        shown = []
        monkeypatch.setattr(user.app.workspace, "inspect_run", shown.append)
        await user.press("I")
        await user.sees("Which pixel values does the model expect?", "divided by 127.5, minus 1")
        await user.press("down", "enter")
        await user.until(lambda: shown, 60)
        (run,) = shown
        assert Follower(run).poll().imported.file == str(file)
        assert run.recipe().scale == "-1..1"


async def test_a_network_without_weights_says_so():
    async with opened(size=(120, 40)) as user:
        await user.press("I")
        await user.sees("Only a .keras, .h5 or .onnx file has weights to inspect")
