"""What a follower sees of a run."""

from itertools import pairwise

import filelock
import pytest

from tests.runs import event_lines
from tui_cnn.runs.events import Paused, Resumed, Stopped, encode
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.snapshot import Curve, Follower, Point


@pytest.fixture
def follower(run):
    return Follower(run)


@pytest.fixture
def lock(run):
    with filelock.FileLock(run.lock_file) as held:
        yield held


def test_a_run_that_never_began(follower):
    snapshot = follower.poll()
    assert snapshot.state == "interrupted"
    assert snapshot.name == "fashion-dnn"
    assert (snapshot.started, snapshot.progress, snapshot.epochs, snapshot.curve) == (None, None, (), ())
    assert follower.poll() is snapshot


def test_only_what_is_new_makes_a_new_snapshot(run, follower):
    event_lines.write(run, event_lines.started(), event_lines.progress(1, 5, elapsed=2.0))
    first = follower.poll()
    assert first.progress.step == 5
    assert first.elapsed == 2.0
    assert first.curve == (Point(0.5, 1.0, 0.5, 5, 2.0, None, 1000.0, None),)
    assert follower.poll() is first
    event_lines.write(run, event_lines.progress(1, 10), event_lines.epoch(1))
    second = follower.poll()
    assert [event.epoch for event in second.epochs] == [1]
    assert [point.epoch for point in second.curve] == [0.5, 1.0]
    assert first.epochs == ()


def test_a_torn_line_waits_for_its_end(run, follower):
    line = encode(event_lines.progress(1, 5))
    event_lines.write(run, event_lines.started(), line[:30])
    assert follower.poll().progress is None
    snapshot = follower.poll()
    event_lines.write(run, line[30:-1])
    assert follower.poll() is snapshot
    event_lines.write(run, b"\n")
    assert follower.poll().progress.step == 5
    assert follower.poll().damaged == 0


def test_damage_is_counted_and_passed_over(run, follower):
    event_lines.write(run, event_lines.started(), b"\xff\xff{{{\n", b'{"event":"later"}\n', b"\n", event_lines.epoch(1))
    snapshot = follower.poll()
    assert snapshot.damaged == 1
    assert len(snapshot.epochs) == 1


def test_what_is_done_again_is_told_once(run, follower):
    event_lines.write(run, event_lines.started(), event_lines.progress(1, 10), event_lines.epoch(1))
    event_lines.write(
        run, event_lines.progress(2, 5), event_lines.progress(2, 10), event_lines.epoch(2), event_lines.progress(3, 1)
    )
    event_lines.write(run, event_lines.failed(), event_lines.started(resumed_from=15))
    snapshot = follower.poll()
    assert [event.epoch for event in snapshot.epochs] == [1]
    assert [point.epoch for point in snapshot.curve] == [1.0, 1.5]
    assert snapshot.progress is None
    assert snapshot.failed is None
    event_lines.write(run, event_lines.progress(2, 10), event_lines.epoch(2))
    assert [event.epoch for event in follower.poll().epochs] == [1, 2]
    assert [point.epoch for point in follower.poll().curve] == [1.0, 1.5, 2.0]


def test_states_follow_from_events_and_lock(run, follower):
    states = [follower.poll().state]
    with filelock.FileLock(run.lock_file):
        for event in (event_lines.started(), Paused(), Resumed(), event_lines.failed()):
            event_lines.write(run, event)
            states.append(follower.poll().state)
    states.append(follower.poll().state)
    event_lines.write(run, event_lines.started(resumed_from=0), Paused(), Stopped())
    states.append(follower.poll().state)
    assert follower.poll().stopped
    event_lines.write(run, event_lines.started(), event_lines.finished())
    states.append(follower.poll().state)
    assert not follower.poll().stopped
    assert states == [
        "interrupted",
        "running",
        "paused",
        "running",
        "running",
        "failed",
        "interrupted",
        "finished",
    ]


def test_a_lost_worker_is_noticed_without_an_event(run, follower):
    event_lines.write(run, event_lines.started())
    with filelock.FileLock(run.lock_file):
        assert follower.poll().state == "running"
    assert follower.poll().state == "interrupted"


def test_readers_neither_see_nor_hinder_each_other(run):
    import fcntl

    run.lock_file.touch()
    with run.lock_file.open("rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        assert not is_held(run.lock_file)


def test_a_long_curve_is_thinned_but_ends_where_it_ends():
    curve = Curve()
    for number in range(10_000):
        curve.add(Point(number / 100, 1.0, 0.5))
    points = curve.points()
    assert 500 < len(points) <= 1026
    assert [point.epoch for point in points] == sorted({point.epoch for point in points})
    gaps = [later.epoch - earlier.epoch for earlier, later in pairwise(points[:-1])]
    assert max(gaps) < 2.01 * min(gaps)
    assert points[0].epoch == 0
    assert points[-1].epoch == 99.99
    curve.cut(50)
    assert curve.points()[-1].epoch <= 50
    curve.add(Point(51, 1.0, 0.5))
    assert curve.points()[-1].epoch == 51
