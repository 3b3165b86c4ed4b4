"""Completion, with the lines of the README, in each shell: a person presses Tab."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tui_cnn.formats.presets import preset_names

CHECKOUT = Path(__file__).parents[2]
LINES = dict(
    re.findall(
        r"^(.*_CNN_TUI_COMPLETE=(?:bash|zsh|fish)_source.*?) +# (bash|zsh|fish)",
        (CHECKOUT / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
)
LINES = {shell: line for line, shell in LINES.items()}


def needs(shell):
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.fixture
def setting(tmp_path):
    """A home with the command on the path, and a model beside it; the environment for a shell there."""
    command = tmp_path / "bin" / "cnn-tui"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{CHECKOUT}" exec "{sys.executable}" -m tui_cnn "$@"\n')
    command.chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "small-of-mine.toml").touch()
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "PWD": str(tmp_path / "work"), "LANG": "C"}


def test_the_readme_has_a_line_for_each():
    assert set(LINES) == {"bash", "zsh", "fish"}


SHELLS = {
    "bash": (["--rcfile", ".rc", "-i"], ".rc", "bind 'set show-all-if-ambiguous on'"),
    "zsh": (["-i"], ".zshrc", "autoload -U compinit; compinit -u; setopt no_list_ambiguous"),
}


@pytest.mark.parametrize("shell", [pytest.param(shell, marks=needs(shell)) for shell in SHELLS])
def test_tab(setting, shell, monkeypatch):
    arguments, script, first = SHELLS[shell]
    home = Path(setting["HOME"])
    (home / script).write_text(f"{first}\n{LINES[shell]}\nPS1='ready '\ncd work\n")
    monkeypatch.chdir(home)
    with Terminal(*arguments, program=shutil.which(shell), env=setting) as terminal:
        terminal.wait_for("ready ")
        terminal.type(b"cnn-tui exp")
        terminal.wait_for("cnn-tui exp")
        terminal.type(b"\t")
        terminal.wait_for("cnn-tui exp")
        for name in ("export", "explain"):
            terminal.wait_for(name)
        terminal.type(b"\x15cnn-tui check --for\t")
        terminal.wait_for("--formulas")
        terminal.type(b"\x15cnn-tui check --format git\t")
        terminal.wait_for("--format github")
        terminal.type(b"\x15cnn-tui check small\t")
        for name in ("small-mobile", "small-inception", "small-of-mine.toml"):
            terminal.wait_for(name)
        terminal.type(b"\x15cnn-tui check small-o\t")
        terminal.wait_for("check small-of-mine.toml")


@needs("fish")
def test_in_fish(setting):
    def completed(line):
        script = f"{LINES['fish']}\ncomplete --do-complete '{line}'"
        ended = subprocess.run(
            ["fish", "--no-config", "-c", script],
            cwd=setting["PWD"],
            env=setting,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.stderr == ""
        return [offered.partition("\t")[0] for offered in ended.stdout.splitlines()]

    assert completed("cnn-tui exp") == ["explain", "export"]
    assert completed("cnn-tui check --format ") == ["github", "json", "junit", "markdown", "sarif", "text"]
    small = sorted([*(name for name in preset_names() if name.startswith("small")), "small-of-mine.toml"])
    assert completed("cnn-tui check small") == small


def test_an_unknown_shell(setting):
    environment = {**setting, "LANG": "C.UTF-8", "_CNN_TUI_COMPLETE": "tcsh_source"}
    ended = subprocess.run(["cnn-tui"], env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr == (
        "cnn-tui: _CNN_TUI_COMPLETE cannot be “tcsh_source”; use one of bash_source, zsh_source, fish_source "
        "(see cnn-tui --help)\n"
    )
