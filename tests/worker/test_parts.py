"""The small parts of the worker: journal, control, stopwatch, speed, failures, stretches."""

import errno
import math
import resource

import pytest

from tests.runs import event_lines
from tui_cnn.data.files import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import write_desired
from tui_cnn.runs.events import Paused, Resumed, decode
from tui_cnn.worker.control import Control
from tui_cnn.worker.execution import Execution, Speed, StopRequestedError, Stopwatch
from tui_cnn.worker.journal import DivergedError, Journal, TrainingError, explain


class Clock:
    def __init__(self):
        self.time = 100.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


def events_in(path):
    return [decode(line) for line in path.read_bytes().splitlines()]


def test_journal_appends_lines(tmp_path):
    path = tmp_path / "events.jsonl"
    first, second = event_lines.started(), event_lines.epoch(1)
    Journal(path).write(first)
    Journal(path).write(second)
    assert events_in(path) == [first, second]


def test_journal_ends_a_torn_line(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event":"prog')
    Journal(path).write(event_lines.checkpoint(3))
    assert path.read_bytes().startswith(b'{"event":"prog\n{')
    assert path.read_bytes().count(b"\n") == 2


def test_journal_leaves_no_torn_line_where_only_a_part_can_be_written(tmp_path):
    path = tmp_path / "events.jsonl"
    journal = Journal(path)
    journal.write(event_lines.started())
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, limits[1]))
    try:
        with pytest.raises(OSError, match="No space left"):
            journal.write(event_lines.epoch(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    journal.write(event_lines.epoch(1))
    assert len(events_in(path)) == 2


def test_control_reads_the_command_and_handles_a_signal(tmp_path):
    path = tmp_path / "desired"
    assert Control(path).command() == "run"
    write_desired(path, "pause")
    control = Control(path)
    assert control.command() == "pause"
    control.terminate(15, None)
    assert control.command() == control.wait_while_paused() == "stop"


def test_stopwatch_leaves_out_what_it_was_held(clock):
    watch = Stopwatch(10.0, clock)
    clock.time += 5
    watch.pause()
    clock.time += 100
    assert watch.elapsed == 15
    watch.resume()
    clock.time += 1
    assert watch.elapsed == 16


def test_speed_leaves_out_the_compilation_and_follows():
    speed = Speed()
    speed.add(1, 30.0)
    assert speed.latest is speed.steady is speed.whole is None
    assert speed.batches_in(0.1) == 1
    speed.add(4, 0.04)
    assert speed.latest == speed.steady == speed.whole == pytest.approx(0.01)
    assert speed.batches_in(0.1) in (9, 10)
    for _ in range(20):
        speed.add(1, 0.5)
    assert speed.latest == pytest.approx(0.5, rel=0.01)
    assert speed.batches_in(0.1) == 1


def test_what_is_told_of_an_epoch_is_not_what_its_last_second_was_like():
    speed = Speed()
    speed.add(1, 30.0)
    for _ in range(900):  # 90 seconds at ten batches a second, then two at one
        speed.add(1, 0.1)
    for _ in range(2):
        speed.add(1, 1.0)
    assert speed.whole == pytest.approx(92 / 902)
    assert 0.1 < speed.whole < speed.steady < 0.2 < speed.latest
    speed.begin()
    assert speed.whole == speed.steady
    speed.add(1, 1.0)
    assert speed.whole == 1.0


class Commands:
    """Control with commands made up beforehand, one for each time that it is asked."""

    def __init__(self, clock, *commands):
        self._clock = clock
        self._commands = list(commands)

    def command(self):
        return self._commands.pop(0) if self._commands else "run"

    def wait_while_paused(self):
        while (command := self.command()) == "pause":
            self._clock.time += 1000
        return command


def run_batches(tmp_path, clock, *commands, loss=1.0, last=7):
    """Go through batches that take a twentieth of a second each."""
    watch = Stopwatch(0.0, clock)
    calls = []

    def steps(first, count):
        calls.append((first, count))
        clock.time += 0.05 * count
        return loss

    execution = Execution(Commands(clock, *commands), Journal(tmp_path / "events.jsonl"), watch)
    try:
        done = list(execution.run(steps, 0, last, Speed()))
    except StopRequestedError:
        done = "stopped"
    assert watch.elapsed == pytest.approx(0.05 * sum(count for _first, count in calls))  # a pause does not count
    return calls, done


def test_stretches_cover_all_batches_once_and_grow_to_a_tenth_of_a_second(tmp_path, clock):
    calls, done = run_batches(tmp_path, clock, last=9)
    assert calls[:2] == [(0, 1), (1, 1)]
    assert [first for first, _count in calls[1:]] == done[:-1]
    assert sum(count for _first, count in calls) == done[-1] == 9
    assert max(count for _first, count in calls) == 2
    assert events_in(tmp_path / "events.jsonl") == []


def test_pause_holds_between_stretches(tmp_path, clock):
    _calls, done = run_batches(tmp_path, clock, "run", "pause", "pause", "run")
    assert done[-1] == 7
    assert [type(event) for event in events_in(tmp_path / "events.jsonl")] == [Paused, Resumed]


def test_stop_ends_a_pause_too(tmp_path, clock):
    calls, done = run_batches(tmp_path, clock, "run", "pause", "stop")
    assert (calls, done) == ([(0, 1)], "stopped")
    assert [type(event) for event in events_in(tmp_path / "events.jsonl")] == [Paused]


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_it(tmp_path, clock, loss):
    with pytest.raises(DivergedError, match="the loss is no longer a number"):
        run_batches(tmp_path, clock, loss=loss)


class ResourceExhaustedError(Exception):
    """Named like TensorFlow's."""


@pytest.mark.parametrize(
    ("error", "said", "advised"),
    [
        (TrainingError("It broke.", "Fix it."), "It broke.", "Fix it."),
        (DivergedError("NaN.", "Lower it."), "NaN.", "Lower it."),
        (DataError("x: is empty"), "x: is empty", "Fix that file"),
        (FormatError("x", "is no TOML"), "x: is no TOML", "Fix that file"),
        (OSError(errno.ENOSPC, "No space left"), "The disk is full.", "Free some space"),
        (PermissionError(errno.EACCES, "Denied", "x"), "x: Denied", "Fix the problem"),
        (ImportError("no tensorflow"), "TensorFlow cannot be loaded: no tensorflow", "Reinstall"),
        (ImportError("libx.so: failed to map segment: Cannot allocate memory"), "Not enough memory.", "smaller batch"),
        (ImportError("libx.so: failed to map segment from shared object"), "Not enough memory.", "Close other"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "Not enough memory.", "Close other programs"),
        (MemoryError(), "Not enough memory.", "smaller batch size"),
        (ResourceExhaustedError("OOM when\nallocating"), "Not enough memory.", "smaller batch size"),
        (KeyError("a\nb"), "KeyError: 'a\\nb'", "report it"),
        (RuntimeError("one\ntwo"), "RuntimeError: one", "report it"),
        (TypeError("in user code:\n\n    File x, line 1\n\n    bad shape\n"), "TypeError: bad shape", "report it"),
    ],
)
def test_every_failure_is_a_sentence_with_advice(error, said, advised):
    failed = explain(error)
    assert failed.diverged == isinstance(error, DivergedError)
    assert failed.error == said
    assert advised in failed.advice
    assert "\n" not in failed.error + failed.advice
