"""Runs as directories."""

import os
import re
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from tui_cnn.config import home
from tui_cnn.formats.presets import preset
from tui_cnn.runs import dated
from tui_cnn.runs.directory import RunDirectory, find_run, list_runs, make_run, read_desired, write_desired
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe

NETWORK = preset("fashion-dnn")


def make(name):
    return make_run(msgspec.structs.replace(NETWORK, name=name), Recipe(epochs=7))


def test_home_is_where_the_user_says(home, monkeypatch):
    from tui_cnn import config

    assert config.home() == home
    monkeypatch.setenv("CNN_TUI_HOME", "~/runs")
    assert config.home() == Path.home() / "runs"
    monkeypatch.delenv("CNN_TUI_HOME")
    assert config.home().name == "cnn-tui"


def test_a_run_holds_its_network_and_its_recipe():
    run = make("my-net")
    assert re.fullmatch(r"\d{8}-\d{6}-my-net-[0-9a-f]{4}", run.id)
    assert run.path.parent == home() / "runs"
    assert run.name == run.network().name == "my-net"
    assert run.network().layers == NETWORK.layers
    assert run.recipe() == Recipe(epochs=7)


@pytest.mark.parametrize(
    ("name", "slug"), [("a b:c*d?", "a-b-c-d"), ("..", "network"), ("합성곱", "합성곱"), ("x" * 64, "x" * 40)]
)
def test_any_name_becomes_a_directory(name, slug):
    run = make(name)
    assert run.name == slug
    assert find_run("last").network().name == name


def test_newest_first_even_within_a_second():
    made = [make("net").id for _ in range(5)]
    assert [run.id for run in list_runs()] == made[::-1]


def test_what_is_no_run_is_left_out(home):
    assert list_runs() == []
    run = make("net")
    (home / "runs" / "notes.txt").write_text("mine")
    (home / "runs" / "20260101-000000-half-abcd").mkdir()
    (home / "runs" / "20260101-000000-file-abcd").touch()
    (home / "runs" / "other").mkdir()
    assert list_runs() == [run]


def test_find_run():
    with pytest.raises(RunError, match="there are no runs yet"):
        find_run("last")
    first, second = make("alpha"), make("beta")
    assert find_run("last") == second
    assert find_run(first.id) == find_run("alpha") == first
    assert find_run(second.id[-4:]) == second
    with pytest.raises(RunError, match=f"run “gamma” not found; the newest is {second.id}"):
        find_run("gamma")
    with pytest.raises(RunError, match="matches 2 runs"):
        find_run("a-")


def test_a_home_that_cannot_be_written_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "file"))
    with pytest.raises(RunError, match=r"cannot be written .* set CNN_TUI_HOME to another directory"):
        make("net")
    assert list_runs() == []


def test_a_run_that_cannot_be_made_whole_leaves_nothing(monkeypatch, home):
    def full(path, data):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("tui_cnn.runs.directory.write_atomic", full)
    with pytest.raises(RunError, match="No space left on device"):
        make("net")
    assert list((home / "runs").iterdir()) == []


def test_runs_of_one_second_with_the_same_digits_are_two_runs(monkeypatch):
    digits = iter([b"\x0f\xff", b"\x0f\xff", b"\x0f\xff", b"\x10\x00"])
    monkeypatch.setattr(dated, "datetime", OneSecond)
    urandom = os.urandom
    monkeypatch.setattr(os, "urandom", lambda count: next(digits) if count == 2 else urandom(count))
    first, second = make("net"), make("net")
    assert [first.id, second.id] == ["20261130-120000-net-0fff", "20261130-120000-net-1000"]
    assert first.network().layers == second.network().layers == NETWORK.layers


class OneSecond(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 11, 30, 12, tzinfo=tz)


def test_desired(tmp_path):
    path = tmp_path / "desired"
    assert read_desired(path) == "run"
    for command in ("pause", "stop", "run"):
        write_desired(path, command)
        assert read_desired(path) == command
    path.write_bytes(b"\xff nonsense")
    assert read_desired(path) == "run"


def test_files_have_their_names():
    run = RunDirectory(Path("/somewhere"))
    assert [run.events_file.name, run.lock_file.name, run.desired_file.name] == ["events.jsonl", "lock", "desired"]
    assert [run.checkpoint_file.name, run.best_file.name] == ["checkpoint.keras", "best.keras"]
