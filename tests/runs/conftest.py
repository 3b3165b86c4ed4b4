"""A run that no worker has touched yet."""

import pytest

from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.recipe import Recipe


@pytest.fixture
def run():
    return make_run(preset("fashion-dnn"), Recipe())
