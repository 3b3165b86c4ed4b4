"""Whole screens in Korean, compared with their pictures: every letter is two cells wide, and all lines up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.picture import words

CHECKOUT = Path(__file__).parents[2]
DRAWINGS = [
    "build-80x24",
    "build-120x40",
    "editing-80x24",
    "broken-80x24",
    "add-80x24",
    "open-80x24",
    "new-120x40",
    "unsaved-80x24",
    "setup-80x24",
    "data-80x24",
    "duplicates-120x40",
    "rate-80x24",
    "finished-80x24",
    "finished-120x40",
    "runs-80x24",
    "help-120x40",
    "lab-80x24",
    "lab-120x40",
    "pooling-80x24",
    "sizes-80x24",
    "weights-80x24",
    "transposed-80x24",
    "softmax-80x24",
    "photo-80x24",
    "lesson-80x24",
    "inspect-120x40",
    "kernels-120x40",
    "search-80x24",
    "search-120x40",
    "vary-80x24",
    "space-80x24",
]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Let a process of its own draw the screens: this one has loaded them in English."""
    directory = tmp_path_factory.mktemp("korean")
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "TZ": "UTC", "CNN_TUI_HOME": str(home), "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "tests.ui.korean", str(directory), *DRAWINGS, "links"]
    ended = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=500)
    assert ended.returncode == 0, ended.stderr
    return {path.stem: path.read_text("utf-8") for path in directory.iterdir()}


def test_every_link_of_the_lessons_leads_somewhere(drawn):
    assert drawn["links"] == ""


def test_every_string_of_these_screens_is_translated(drawn):
    assert drawn["untranslated"] == ""


@pytest.mark.parametrize("name", DRAWINGS)
def test_screen(drawn, drawing, name):
    drawing(drawn[name])


def test_the_footer_speaks_korean(drawn):
    assert words(drawn["build-80x24"])[-1].split()[:4] == ["a", "추가", "⏎", "편집"]
