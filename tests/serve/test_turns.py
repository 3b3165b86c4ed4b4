"""Turns at training: worked by hand; and that workers wait for theirs."""

import os

import filelock
import pytest

from tui_cnn.core.network import Network
from tui_cnn.runs import launch, turns
from tui_cnn.runs.errors import RunError
from tui_cnn.serve.turns import Turns, make_slots


class People:
    """People whose runs wait, train and end, as far as the locks say."""

    def __init__(self, root, *names, at_a_time=1):
        self.homes = {name: root / "people" / name for name in names}
        self.turns = Turns(self.homes, {name: root / "turns" / name for name in names}, at_a_time)
        self._root = root
        self._locks = {}
        self._number = 0

    def queue(self, name, run):
        self._number += 1
        self._hold((name, run), self.homes[name] / "queue" / f"{self._number:020d} {run}")

    def train(self, name, run):
        self._locks.pop((name, run)).release()
        self._hold((name, run), self.homes[name] / "queue" / "training")

    def end(self, name, run):
        self._locks.pop((name, run)).release()

    def given(self):
        self.turns.update()
        return {name: (self._root / "turns" / name / "training").read_text() for name in self.homes}

    def _hold(self, key, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._locks[key] = filelock.FileLock(path)
        self._locks[key].acquire()


def test_who_has_waited_longest_comes_first_and_goes_to_the_end(tmp_path):
    people = People(tmp_path, "Ada", "Bob", "Cyd")
    assert people.given() == {"Ada": "", "Bob": "", "Cyd": ""}
    for run in ("a1", "a2", "a3"):
        people.queue("Ada", run)
    assert people.given() == {"Ada": "a1", "Bob": "", "Cyd": ""}
    people.train("Ada", "a1")
    people.queue("Cyd", "c1")
    people.given()
    people.queue("Bob", "b1")
    assert people.given() == {"Ada": "a1", "Bob": "", "Cyd": ""}
    people.end("Ada", "a1")
    assert people.given() == {"Ada": "", "Bob": "", "Cyd": "c1"}  # not a2, which was made before
    people.end("Cyd", "c1")  # stopped before it began
    assert people.given() == {"Ada": "", "Bob": "b1", "Cyd": ""}
    people.train("Bob", "b1")
    people.end("Bob", "b1")
    assert people.given() == {"Ada": "a2", "Bob": "", "Cyd": ""}


def test_so_many_train_at_a_time_and_one_of_each(tmp_path):
    people = People(tmp_path, "Ada", "Bob", "Cyd", at_a_time=2)
    for run in ("a1", "a2"):
        people.queue("Ada", run)
    people.queue("Bob", "b1")
    people.queue("Cyd", "c1")
    assert people.given() == {"Ada": "a1", "Bob": "b1", "Cyd": ""}
    for name in ("Ada", "Bob"):
        people.train(name, f"{name[0].lower()}1")
    assert people.given() == {"Ada": "a1", "Bob": "b1", "Cyd": ""}
    people.end("Bob", "b1")
    assert people.given() == {"Ada": "a1", "Bob": "", "Cyd": "c1"}


def test_what_trains_since_before_the_server_began_counts(tmp_path):
    People(tmp_path, "Ada", "Bob")
    people = People(tmp_path, "Ada", "Bob")
    people.queue("Ada", "a1")
    people.train("Ada", "a1")
    people.queue("Bob", "b1")
    assert people.given() == {"Ada": "", "Bob": ""}
    people.end("Ada", "a1")
    assert people.given() == {"Ada": "", "Bob": "b1"}


def test_a_run_has_its_turn_where_it_is_named(tmp_path, monkeypatch):
    assert turns.has_turn("a1")  # there is no server
    monkeypatch.setenv("CNN_TUI_TURNS", str(tmp_path))
    assert not turns.has_turn("a1")
    (tmp_path / "training").write_text("a1")
    assert turns.has_turn("a1")
    assert not turns.has_turn("a2")


def test_slots_are_for_so_many_and_come_back(tmp_path, monkeypatch):
    monkeypatch.setenv("CNN_TUI_SLOTS", str(tmp_path / "slots"))
    make_slots(tmp_path / "slots", 2)
    first, second = turns.take_slot(), turns.take_slot()
    with pytest.raises(RunError, match="too many people"):
        turns.take_slot(patience=0)
    os.close(first)
    os.close(turns.take_slot(patience=0))
    os.close(second)


def test_nobody_fills_the_queue_or_goes_before_others(home, monkeypatch, tmp_path):
    monkeypatch.setattr("tui_cnn.confinement.ROOT", home)
    people = People(tmp_path, "Ada")
    people.homes["Ada"] = home
    for number in range(5):
        turns.check_queue()
        people.queue("Ada", f"a{number}")
    with pytest.raises(RunError, match="5 of your runs are queued"):
        turns.check_queue()
    run = launch.make_run(Network("n", (28, 28, 1), ()), launch.Recipe())
    with pytest.raises(RunError, match="is queued with the runs of all people"):
        launch.skip_queue(run)


def test_who_has_filled_the_disk_trains_no_more(home, monkeypatch):
    monkeypatch.setenv("CNN_TUI_QUOTA", str(2 << 20))
    (home / "files").mkdir()
    (home / "files" / "large.npz").write_bytes(bytes(2 << 20))
    turns.check_room()  # the machine is the person's own
    monkeypatch.setattr("tui_cnn.confinement.ROOT", home)
    run = launch.make_run(Network("n", (28, 28, 1), ()), launch.Recipe())
    with pytest.raises(RunError, match="your files take 2 MB of 2 MB; delete runs or files"):
        launch.resume(run)
    (home / "files" / "large.npz").unlink()
    turns.check_room()
