"""The linter, the formatter and the types, as part of the tests: one command checks all."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "tui_cnn", "tests"],
        ["ruff", "format", "--check", "tui_cnn", "tests"],
        ["mypy"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_it_has_nothing_to_say(command):
    ended = subprocess.run([sys.executable, "-m", *command], cwd=CHECKOUT, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
