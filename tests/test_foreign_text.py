"""Text from files cannot act on the terminal: not in the output of any command, and not on any screen."""

import re

import pytest
from click.testing import CliRunner

from tests.cli.test_train import STARTED, epoch, tell
from tests.terminal import Terminal
from tests.ui.driving import opened
from tui_cnn.cli.program import program
from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import About, RunDirectory, make_run, write_about
from tui_cnn.runs.events import Failed
from tui_cnn.runs.recipe import Recipe
from tui_cnn.visible import visible_lines

EVIL = "a\x1b[32mb\u202ec\x9b31md\x07"
SHOWN = r"a\u001b[32mb\u202ec\u009b31md\u0007"


@pytest.fixture
def run():
    """A run whose title, tags, note, error and directory are hostile."""
    made = make_run(preset("fashion-dnn"), Recipe(epochs=3))
    run = RunDirectory(made.path.rename(made.path.with_name(f"20260102-030405-{EVIL}-abcd")))
    write_about(run, About(title=f"{EVIL}\nforged", tags=(EVIL, f"x\n{EVIL}"), note=EVIL))
    tell(run, STARTED, epoch(1), Failed(error=f"It broke: {EVIL}", advice=EVIL))
    return run


@pytest.mark.parametrize(
    "arguments",
    [
        *(["runs"], ["runs", "--json"], ["show", "last"], ["show", "last", "--json"], ["about", "last"]),
        *(["attach", "last"], ["attach", "last", "--json"], ["curves", "last"], ["show", EVIL]),
        *(["delete", "last"], ["check", EVIL], ["check", f"{EVIL}.toml"], ["export", "--run", "last", "--to", "toml"]),
        *(["trash"], ["trash", "--restore", EVIL], ["doctor"], ["stop", "last"], [EVIL, EVIL]),
    ],
    ids=lambda arguments: " ".join(arguments).replace(EVIL, "EVIL"),
)
def test_commands(run, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if arguments[0] == "trash":
        CliRunner().invoke(program, ["delete", "last"], catch_exceptions=False)
    result = CliRunner().invoke(program, arguments, catch_exceptions=False)
    for output in (result.stdout, result.stderr):
        assert visible_lines(output) == output
        assert not re.search("^(forged|x$)", output, re.MULTILINE)
    if arguments[0] in ("show", "about", "delete", "attach", "check") and "--json" not in arguments:
        assert SHOWN in result.output


async def test_screens(run):
    async with opened() as user:
        for key in ("5", "enter"):
            await user.press(key)
            await user.sees("a\\u001b[32m")
            assert visible_lines(user.text) == user.text


def test_a_real_terminal(run, home):
    """Here the writer of differences counts the cells."""
    with Terminal("-m", "tui_cnn", env={"CNN_TUI_HOME": str(home)}) as terminal:
        terminal.wait_for("fashion-cnn")
        terminal.type(b"5")
        terminal.wait_for(r"a\u001b[32mb")
        terminal.type(b"q")
        terminal.wait_for("\x1b[?1049l")
        assert terminal.wait() == 0
        written = terminal.output.decode()
    assert "\x9b" not in written
    assert "\u202e" not in written
    assert "\x1b[32mb" not in written
