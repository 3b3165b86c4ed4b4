"""The README's commands are those that are run, and the files that CONTRIBUTING names exist."""

import os
import re
import tomllib
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
    assert "python3 -m venv .venv && .venv/bin/pip install --quiet '.[train]' && .venv/bin/cnn-tui" in README


def test_contributing_names_files_that_exist():
    text = (CHECKOUT / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("## I want to change")[2].partition("\n## ")[0]
    missing, checked = [], 0
    for row in re.findall(r"^\| .* \| (.*) \|$", table, re.MULTILINE):
        directory = CHECKOUT / "tui_cnn"
        for name in re.findall(r"`([\w/.-]+(?:\.\w+|/))`", row):
            path = CHECKOUT / name if name.startswith(("assets/", "tests/")) else CHECKOUT / "tui_cnn" / name
            sibling = directory / name
            directory = path if path.is_dir() else path.parent if path.exists() else directory
            checked += 1
            if not path.exists() and not sibling.exists() and name not in ("screen.tcss", "actions.py"):
                missing.append(name)
    assert missing == []
    assert checked > 50


def test_what_is_installed_is_the_checkout():
    """No registry has this program: its extras are those of the folder that one stands in."""
    documents = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *(CHECKOUT / "docs").glob("*.md")]
    named = {
        extra for file in documents for extra in re.findall(r"install[^\n]*?'\.\[(\w+)\]'", file.read_text("utf-8"))
    }
    assert {"train", "web", "lsp", "test"} <= named
    assert named <= set(
        tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    )
    for file in documents:
        assert not re.search(r"install[^\n]*cnn-tui\[", file.read_text("utf-8")), file
