"""The README's commands are those that are run."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text("utf-8").splitlines()


def test_the_test_command_is_what_ci_runs():
    script = CHECKOUT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    *_, command = script.read_text("utf-8").splitlines()
    assert command == (
        "python3 -m venv .venv && .venv/bin/pip install --quiet --editable '.[test]' "
        "&& .venv/bin/python -m pytest --numprocesses 2"
    )
    assert command in README


def test_the_run_command():
    assert "python3 -m venv .venv && .venv/bin/pip install --quiet . && .venv/bin/cnn-tui" in README
