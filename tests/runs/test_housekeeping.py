"""What the user says about runs, runs thrown away, states kept, curves as values, and how runs ended."""

import csv
import io

import filelock
import msgspec
import pytest

from tests.runs import event_lines
from tui_cnn.formats.presets import preset
from tui_cnn.runs import trash
from tui_cnn.runs.directory import About, kept_checkpoints, kept_file, kept_steps, list_runs, read_about, write_about
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Queued, Stopped
from tui_cnn.runs.export import write_curves
from tui_cnn.runs.machine import digest
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import Outcome, outcome, summarize


def test_what_is_said_is_kept(run):
    assert read_about(run) == About()
    said = About(title="A “new” start", tags=("wide", "합성곱"), note="two\nlines")
    write_about(run, said)
    assert read_about(run) == summarize(run).about == said
    run.about_file.write_text("title = 3")
    assert read_about(run) == About()


def test_a_deleted_run_can_be_taken_back_until_the_trash_is_emptied(run):
    trash.delete(run)
    assert (list_runs(), trash.list_trash()) == ([], [run.id])
    assert trash.restore(run.id) == run
    assert (list_runs(), trash.list_trash()) == ([run], [])
    with pytest.raises(RunError, match="is not in the trash"):
        trash.restore("../runs")
    trash.delete(run)
    assert trash.empty_trash() == 1
    assert trash.list_trash() == []
    assert not run.path.exists()


def test_a_run_that_is_trained_is_not_deleted(run):
    with filelock.FileLock(run.lock_file), pytest.raises(RunError, match="is training; stop it first"):
        trash.delete(run)
    assert list_runs() == [run]


def test_kept_states_lie_closer_at_the_beginning(run):
    assert kept_steps(0, 100) == ()
    assert kept_steps(1, 100) == (100,)
    assert kept_steps(5, 1600) == (0, 100, 400, 900, 1600)
    assert kept_steps(50, 3) == (0, 1, 2, 3)
    run.kept_directory.mkdir()
    for step in (400, 0, 100):
        kept_file(run, step).touch()
    (run.kept_directory / "step-000000900.tmp.keras").touch()
    assert list(kept_checkpoints(run)) == [0, 100, 400]


def test_curves_as_comma_separated_values(run):
    event_lines.write(
        run, event_lines.started(), event_lines.progress(1, 5), event_lines.progress(1, 10), event_lines.epoch(1)
    )
    file = io.StringIO()
    write_curves(Follower(run).poll(), file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert [(row["kind"], row["epoch"], row["step"]) for row in rows] == [
        ("running", "0.5", "5"),
        ("running", "1.0", "10"),
        ("epoch", "1.0", "10"),
    ]
    assert rows[0]["images_per_second"] == "1000.0"
    assert rows[0]["val_loss"] == ""


def test_a_run_that_waits_is_queued_until_its_turn_comes(run):
    follower = Follower(run)
    with filelock.FileLock(run.lock_file):
        event_lines.write(run, Queued(behind="another"))
        assert follower.poll().state == "queued"
        assert outcome(run, follower.poll()) is None
        event_lines.write(run, Queued(behind=None))
        assert follower.poll().state == "running"


@pytest.mark.parametrize(
    ("events", "log", "said"),
    [
        ([], "", "The worker ended before its first checkpoint."),
        (
            [event_lines.started(), event_lines.checkpoint(3)],
            "",
            "The worker was killed, perhaps for lack of memory",
        ),
        (
            [event_lines.started()],
            "terminate called after throwing std::bad_alloc",
            "The worker ran out of memory.",
        ),
        (
            [event_lines.started(), event_lines.checkpoint(3)],
            "Traceback …\nOSError: [Errno 30] Read-only file system: '/x/events.jsonl'\n",
            "The worker could no longer write: Read-only file system: '/x/events.jsonl'",
        ),
        (  # what an earlier worker met is past
            [event_lines.started(), event_lines.checkpoint(3)],
            "Traceback …\nOSError: [Errno 30] Read-only file system: '/x/events.jsonl'\nTensorFlow begins\n",
            "The worker was killed",
        ),
        ([event_lines.started(), Stopped()], "", "Stopped."),
        ([event_lines.started(), event_lines.failed()], "", "It broke."),
        ([event_lines.started(), event_lines.finished()], "", "Finished."),
    ],
)
def test_every_end_has_a_sentence(run, events, log, said):
    event_lines.write(run, *events)
    run.log_file.write_text(log)
    ended = outcome(run, Follower(run).poll())
    assert ended.sentence.startswith(said)
    assert ended.advice or said == "Finished."
    assert ended.line.startswith(ended.sentence)
    assert ended.line.endswith(ended.advice)


def test_sentence_and_advice_are_told_apart_in_one_line():
    assert Outcome("x: denied", "Fix it.").line == "x: denied. Fix it."
    assert Outcome("It stopped.", "Resume it.").line == "It stopped. Resume it."
    assert Outcome("Finished.").line == "Finished."


def test_a_directory_that_cannot_be_written_is_said(run, monkeypatch):
    event_lines.write(run, event_lines.started())
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "cannot be written" in outcome(run, Follower(run).poll()).sentence


def test_a_run_in_a_line_of_numbers(run):
    event_lines.write(
        run, event_lines.started(predicted_seconds=2.0), event_lines.epoch(1, best=True), event_lines.finished()
    )
    summary = summarize(run)
    assert (summary.network, summary.parameters, summary.macs) == ("fashion-dnn", 101_770, 101_632)
    assert (summary.recipe, summary.recipe_name) == (Recipe(), "tutorial")
    assert (summary.state, summary.test_accuracy, summary.best_epoch) == ("finished", 0.9, 1)
    assert (summary.seconds_per_epoch, summary.predicted_seconds) == (1.0, 2.0)
    assert summary.digest == digest(msgspec.structs.replace(run.network(), name="other")) != digest(preset("lenet-5"))
    run.network_file.write_text("")
    assert summarize(run).parameters is summarize(run).digest is None
