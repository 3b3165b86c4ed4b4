"""Help, usage errors, and pipes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tui_cnn
from tests.terminal import Terminal
from tui_cnn.cli.program import program
from tui_cnn.core.layers import Dense
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import save_network

FULL = Path("/dev/full")


def run(*args, stdout=subprocess.PIPE, **env):
    return subprocess.run(
        [sys.executable, "-m", "tui_cnn", *args],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **env},
        timeout=60,
    )


def test_version(cnn_tui):
    assert cnn_tui("--version").stdout == f"cnn-tui {tui_cnn.__version__}\n"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command_and_gives_examples(cnn_tui, option):
    text = cnn_tui(option).stdout
    for name in ("check", "train", "resume", "runs"):
        assert f"\n  {name} " in text
    assert "cnn-tui train fashion-cnn --epochs 5" in text
    assert "open " not in text.partition("Commands:")[2]


def test_every_command_has_help(cnn_tui):
    for name in program.list_commands(None):
        text = cnn_tui(name, "--help").stdout
        assert text.startswith(f"Usage: cnn-tui {name} ")
        assert not [line for line in text.splitlines() if re.search(r"^  (?!-|\S+ {2}).*\S {3,}\S", line)]


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["chek", "fashion-cnn"], "cnn-tui: unknown command “chek”; did you mean “check”? (see cnn-tui --help)"),
        (
            ["train", "x", "--epochs"],
            "cnn-tui: Option '--epochs' requires an argument (see cnn-tui --help)",
        ),
        (["nope"], "the app needs a terminal; without one, use: cnn-tui check nope, or: cnn-tui train nope"),
        ([], "the app needs a terminal; without one, use: cnn-tui check MODEL, or: cnn-tui train MODEL"),
    ],
)
def test_one_line_of_advice(cnn_tui, args, line):
    result = cnn_tui(*args)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", line + "\n")


@pytest.mark.parametrize(
    "args", [["check"], ["check", "--jsn", "x"], ["--nope"], ["a", "b"], ["resume"], ["runs", "x"], ["train"]]
)
def test_bad_usage_is_one_line_that_names_the_help(cnn_tui, args):
    result = cnn_tui(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("cnn-tui")
    assert "--help)" in result.stderr


def test_without_a_terminal():
    ended = run()
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.decode().startswith("the app needs a terminal; ")


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("check", "fashion-cnn"), 0),
        (("check", "fashion-cnn", "--picture"), 0),
        (("check", "fashion-cnn", "--max-params", "1k", "--json"), 1),
        (("check", "nope", "fashion-cnn"), 2),
        (("export", "fashion-cnn", "--to", "toml"), 141),  # as of a program that SIGPIPE ends
        (("--help",), 141),
    ],
)
def test_a_reader_that_has_seen_enough(args, status):
    """What `check` has found out counts all the same; nothing else is half done either way."""
    read, write = os.pipe()
    os.close(read)
    ended = run(*args, stdout=write)
    os.close(write)
    assert ended.returncode == status
    assert b"Broken" not in ended.stderr


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)], ids=str)
@pytest.mark.parametrize(
    ("args", "status"),
    [(("check", "fashion-cnn"), 0), (("check", "nope"), 2), (("runs",), 0), ((), 2), (("--lang", "xx"), 2)],
    ids=str,
)
def test_streams_that_are_closed(args, status, closed, tmp_path):
    """Where nobody listens, the status is the same, and no file of ours is taken for a stream."""
    closing = " ".join(f"{stream}{'<' if stream == 0 else '>'}&-" for stream in closed)
    command = f"{sys.executable} -m tui_cnn {' '.join(args)} {closing}"
    ended = subprocess.run(
        ["sh", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == status
    assert b"Traceback" not in ended.stderr


def test_an_output_that_cannot_be_written(tmp_path):
    (tmp_path / "read").touch()
    with (tmp_path / "read").open("rb") as only_read:
        ended = run("runs", stdout=only_read)
    assert (ended.returncode, ended.stderr) == (2, b"the output cannot be written: Bad file descriptor\n")


@pytest.mark.parametrize("home", ["~no-such-user/x", "/proc/x", "/dev/null/x"])
def test_a_home_that_cannot_be(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for args, status in ((("runs",), 0), (("check", "fashion-cnn"), 0), (("show", "last"), 2)):
        ended = run(*args, CNN_TUI_HOME=home)
        assert ended.returncode == status, ended.stderr
        assert len(ended.stderr.splitlines()) == (status == 2)


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk():
    with FULL.open("wb") as full:
        ended = run("check", "fashion-cnn", stdout=full)
    assert (ended.returncode, ended.stderr) == (2, b"the output cannot be written: No space left on device\n")


def test_an_encoding_without_our_letters(tmp_path):
    path = tmp_path / "net.toml"
    save_network(path, Network("얕은-net", (8,), (Dense(units=3),)))
    ended = run("check", str(path), PYTHONIOENCODING="latin-1")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(b"\\uc595\\uc740-net, input 8\n")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["missing.json"], "missing.json: file not found; check the path"),
        (["fashion-cn"], "fashion-cn: file or preset not found; did you mean “fashion-cnn”?"),
        (["--data", "/missing"], "/missing: directory not found; check the path"),
    ],
)
def test_on_a_terminal_a_bad_model_does_not_open_the_screen(args, line):
    with Terminal("-m", "tui_cnn", *args) as terminal:
        assert terminal.wait() == 2
        assert terminal.output.decode() == line + "\r\n"


def test_the_screen_opens_on_a_terminal():
    with Terminal("-m", "tui_cnn", "lenet-5") as terminal:
        terminal.wait_for("Flatten")


@pytest.mark.parametrize(
    ("environment", "colours"),
    [({}, b"38;2;"), ({"TERM": "screen", "STY": "1.x"}, b"38;5;"), ({"TERM": "screen-256color"}, b"38;2;")],
)
def test_gnu_screen_is_sent_no_more_colours_than_it_knows(environment, colours):
    with Terminal("-m", "tui_cnn", "lenet-5", env=environment) as terminal:
        terminal.wait_for("Flatten")
        assert colours in terminal.output
        other = {b"38;2;": b"38;5;", b"38;5;": b"38;2;"}[colours]
        assert other not in terminal.output
