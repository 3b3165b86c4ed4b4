"""`cnn-tui serve`: what it refuses before it listens; and its links, in a process of its own."""

import csv
import json
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import tui_cnn
from tui_cnn import landlock
from tui_cnn.serve.people import open_roster


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--name", "../x"], "“../x” cannot be a name here"),
        (["--name", ".x"], "“.x” cannot be a name here"),
        (["--name", "Ada", "--name", "ADA"], "“Ada” is named twice"),
        (["--name", "=1+1"], "“=1+1” cannot be a name here"),
        (["--host", "192.0.2.1"], "192.0.2.1:0 cannot be opened"),
        (["--host", "0.0.0.0"], "name the address that the people open"),
        (["--address", "x"], "“x” is no address"),
        (["--students", "0"], "--students"),
        (["--port", "70000"], "--port"),
    ],
)
def test_what_cannot_be_served_is_a_line(cnn_tui, options, problem):
    result = cnn_tui("serve", "--home", "class", "--port", "0", "--trust-people", *options)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_homes_that_every_app_could_read_are_refused(cnn_tui):
    inside = Path(tui_cnn.__file__).parent / "class"
    result = cnn_tui("serve", "--home", str(inside), "--port", "0", "--trust-people")
    assert (result.exit_code, "which every app reads" in result.stderr) == (2, True)
    assert not inside.exists()


def test_people_are_not_served_without_a_border_unless_they_are_trusted(cnn_tui, monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)
    result = cnn_tui("serve", "--home", "class", "--port", "0")
    assert result.exit_code == 2
    assert "to serve people whom you trust: --trust-people" in result.stderr


def test_links_stay_valid_and_nobody_else_reads_them(tmp_path):
    first = open_roster(tmp_path, ["Ada", "Grace"])
    second = open_roster(tmp_path, ["Grace", "Hopper"])
    assert second.people["Grace"] == first.people["Grace"]
    assert second.teacher == first.teacher
    assert list(second.people) == ["Grace", "Hopper"]
    assert open_roster(tmp_path, []).people["Ada"] == first.people["Ada"]
    tokens = [first.teacher, *first.people.values(), second.people["Hopper"]]
    assert len(set(tokens)) == 4
    assert min(map(len, tokens)) == 32  # 24 random bytes in base64
    assert stat.S_IMODE((tmp_path / "people.json").stat().st_mode) == 0o600


def test_a_sheet_of_links_to_hand_out(tmp_path):
    command = [sys.executable, "-m", "tui_cnn", "serve", "--home", str(tmp_path / "class"), "--port", "0"]
    with subprocess.Popen(
        [*command, "--students", "30", "--trust-people"], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
    ) as server:
        lines = [server.stdout.readline() for _line in range(3)]
        second = subprocess.run([*command, "--trust-people"], capture_output=True, text=True)
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
    assert second.returncode == 2
    assert "is being served already" in second.stderr
    assert lines[0].startswith("30 links: ")
    assert re.fullmatch(r"teacher: http://127\.0\.0\.1:\d+/join/[\w-]{32}\n", lines[1])
    sheet = tmp_path / "class" / "links.csv"
    rows = list(csv.reader(sheet.read_text().splitlines()))
    assert rows[0] == ["name", "link"]
    assert [name for name, _link in rows[1:]] == [f"student-{number:02d}" for number in range(1, 31)]
    tokens = json.loads((tmp_path / "class" / "people.json").read_text())["people"]
    assert {name: link.rpartition("/")[2] for name, link in rows[1:]} == tokens
    page = sheet.with_suffix(".html").read_text()
    assert all(link in page for _name, link in rows[1:])
    assert {stat.S_IMODE(file.stat().st_mode) for file in (sheet, sheet.with_suffix(".html"))} == {0o600}
    assert stat.S_IMODE((tmp_path / "class").stat().st_mode) == 0o700


def test_without_the_extra_a_line_says_what_to_install(cnn_tui, without):
    without("textual_serve")
    result = cnn_tui("serve", "--port", "0")
    assert result.exit_code == 2
    assert result.stderr.startswith("cnn-tui serve needs the package textual-serve; install it with: ")
    assert len(result.stderr.splitlines()) == 1
