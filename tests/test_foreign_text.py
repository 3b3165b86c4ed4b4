"""Text from files cannot act on the terminal: not in the output of any command, and not on any screen."""

import re

import pytest
from click.testing import CliRunner
from PIL import Image

from tests.cli.test_train import STARTED, epoch, tell
from tests.terminal import Terminal
from tests.ui.driving import opened
from tui_cnn.cli.program import program
from tui_cnn.cli.streams import show_progress
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


def test_the_names_of_images(tmp_path, monkeypatch):
    """A name cannot begin a line of its own in a report."""
    for kind, name in (("a", "y\nforged.png"), ("a", f"{EVIL}.png"), ("b", "z\nforged.png")):
        (tmp_path / "data" / kind).mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / kind / name).write_bytes(b"no image")
    Image.new("RGB", (8, 8)).save(tmp_path / "data" / "a" / "q\nforged.png")
    Image.new("RGB", (8, 8)).save(tmp_path / "data" / "b" / "r\nforged.png")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(program, ["data", "data"], catch_exceptions=False)
    for output in (result.stdout, result.stderr):
        assert visible_lines(output) == output
        assert not re.search("^forged", output, re.MULTILINE)
    for line in (rf"a/{SHOWN}.png", r"y\nforged.png", r"q\nforged.png"):
        assert line in result.output


def test_how_far_something_is_stands_on_one_line(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    show_progress(f"layer {EVIL}\n1 …")
    show_progress()
    written = f"\rlayer {SHOWN}\\n1 …\x1b[K\r\x1b[K"
    assert capsys.readouterr() == ("", written)


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
