"""What is drawn of a run, as numbers: worked out by hand from the story of `told`."""

import pytest

from tests.ui import records
from tui_cnn.runs.snapshot import Follower
from tui_cnn.ui.toolkit import curve_data as curves
from tui_cnn.ui.toolkit.curve_data import CurveWindow


@pytest.fixture
def snapshot():
    run = records.make_run()
    records.write(run, records.started(), *records.trained(2.4))
    return Follower(run).poll()


@pytest.mark.parametrize(
    ("axis", "at_24", "at_epoch_2"), [("epochs", 2.4, 2), ("steps", 240, 200), ("seconds", 24, 20)]
)
def test_each_axis_places_points_and_epochs(snapshot, axis, at_24, at_epoch_2):
    line = curves.training(snapshot, "loss", axis)
    assert line[-1] == (pytest.approx(at_24), snapshot.progress.loss)
    assert curves.validation(snapshot, "accuracy", axis)[1] == (
        pytest.approx(at_epoch_2),
        snapshot.epochs[1].val_accuracy,
    )
    assert curves.epoch_at(snapshot, at_24, axis) == pytest.approx(2.4)


def test_the_axis_reaches_as_far_as_the_run_will(snapshot):
    assert curves.whole(snapshot, "epochs") == (0, 5)
    assert curves.whole(snapshot, "steps") == (0, 500)
    assert curves.whole(snapshot, "seconds") == (0, 50)


def test_after_an_early_stop_it_reaches_no_further():
    run = records.make_run()
    records.write(run, records.started(), *records.trained(3), records.early_stop(3, 1), records.finished(3))
    snapshot = Follower(run).poll()
    assert curves.whole(snapshot, "epochs") == (0, 3)
    assert curves.whole(snapshot, "seconds") == (0, 30)


def test_smoothing_is_the_mean_of_what_came_before_and_can_be_none():
    line = [(0.0, 4.0), (1.0, 0.0), (2.0, 0.0)]
    assert curves.smooth(line, 0.0) is line
    assert [x for x, _y in curves.smooth(line, 0.6)] == [0, 1, 2]
    # weights 1; 0.6 and 1; 0.36, 0.6 and 1, divided by their sums
    assert [y for _x, y in curves.smooth(line, 0.6)] == pytest.approx([4, 4 * 0.6 / 1.6, 4 * 0.36 / 1.96])
    constant = [(float(x), 3.0) for x in range(50)]
    assert [y for _x, y in curves.smooth(constant, 0.9)] == pytest.approx([3.0] * 50)


def test_what_is_looked_at_is_cut_out_and_thinned_to_its_newest():
    line = [(float(x), float(x)) for x in range(1000)]
    part = curves.within(line, CurveWindow(100, 200), 20)
    assert part[0][0] <= 105
    assert part[-1][0] == 200
    assert len(part) <= 21
    assert curves.within(line, CurveWindow(100, 104), 20)[0][0] == 99, "a line goes on to the edge"


def test_a_window_zooms_around_a_place_and_never_leaves_what_there_is():
    whole = CurveWindow(0, 10)
    assert CurveWindow(0, 10).zoomed(0.5, 4, whole) == (2, 7)
    assert CurveWindow(2, 7).zoomed(2, 4, whole) == (0, 10)
    assert CurveWindow(6, 8).zoomed(2, 8, whole) == (4, 8)
    assert CurveWindow(0, 2).zoomed(2, 2, whole) == (0, 4)
    assert CurveWindow(2, 4).moved(0.5, whole) == (3, 5)
    assert CurveWindow(2, 4).moved(-5, whole) == (0, 2)
    assert CurveWindow(2, 4).moved(5, whole) == (8, 10)


def test_a_cursor_reads_the_nearest_value():
    line = [(1.0, 10.0), (2.0, 20.0)]
    assert [curves.value_at(line, x) for x in (0.0, 1.4, 1.6, 9.0)] == [10, 10, 20, 20]
    assert curves.value_at([], 1.0) is None


def test_values_that_are_no_numbers_are_not_drawn():
    run = records.make_run()
    import msgspec

    records.write(
        run,
        records.started(),
        *records.trained(0.5),
        msgspec.structs.replace(records.progress(0.6), gradient_norm=None),
    )
    snapshot = Follower(run).poll()
    assert len(curves.training(snapshot, "gradient_norm", "epochs")) == 5
