"""The Search screen: searches and their trials as they stand, what can be done with them, and four drawings."""

import msgspec
import pytest

from tests.ui import records, search_records
from tests.ui.driving import opened
from tests.ui.search_records import BEGUN, PLAN, SECONDS
from tui_cnn.formats.presets import preset
from tui_cnn.search import launch
from tui_cnn.search.directory import list_searches
from tui_cnn.search.errors import SearchError
from tui_cnn.search.events import SearchStarted
from tui_cnn.search.plan import read_plan
from tui_cnn.search.statistics import BestSoFar
from tui_cnn.ui.search.best_view import best_plot
from tui_cnn.ui.search.importance_view import ImportanceView
from tui_cnn.ui.search.trial_table import TrialTable

ID = "20260102-030405-fashion-cnn-abcd"


@pytest.fixture(autouse=True)
def _no_process(monkeypatch):
    """Importance is worked out by a process of its own; its tests are others."""
    monkeypatch.setattr(ImportanceView, "_work_out", lambda *_: None)


@pytest.fixture
def launched(monkeypatch):
    """What would be started and stopped: nothing runs."""
    calls = []
    monkeypatch.setattr(launch, "start", lambda search, *_, **__: calls.append(("start", search.id)))
    monkeypatch.setattr(launch, "stop", lambda search: calls.append(("stop", search.id)))
    return calls


def table(user):
    return user.app.screen.query_one(TrialTable)


async def test_no_searches_say_what_to_do():
    async with opened() as user:
        await user.press("6")
        await user.sees("No searches yet.", "On Build, press * on a layer")
        await user.press("s", "x", "r", "d", "t", "e", "m", "v", "enter", "space", "o", "down")
        assert user.app.current_mode == "search"
        search_records.finished_search(1)
        await user.sees("1 trial", ID)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
async def test_a_search_is_shown_with_its_trials(size):
    search_records.finished_search(8)
    async with opened(size=size) as user:
        await user.press("6")
        await user.sees("8 trials", f"{search_records.accuracy(8):.4f}", "finished", "pruned", "failed", ID, "★")
        await user.sees("random", "params <= 100k")
        assert table(user).selected.number == 8, "the newest first"
        assert all(len(line) <= size[0] for line in user.text.split("\n"))


async def test_the_trial_under_the_cursor_is_opened_inspected_and_marked(monkeypatch):
    search_records.finished_search(4)
    async with opened(size=(140, 40)) as user:
        await user.press("6")
        await user.sees("4 trials")
        await user.press("home", "space")
        assert [run.id[-4:] for run in user.app.workspace.marked] == ["0400"]
        assert table(user).selected.number == 3
        await user.press("up", "space")
        assert user.app.workspace.marked == ()
        await user.press("home", "enter")
        await user.until(lambda: user.app.current_mode == "train")
        assert user.app.workspace.shown_run.id.endswith("0400")
        await user.press("6", "end", "i")
        await user.until(lambda: user.app.current_mode == "inspect")
        assert user.app.workspace.inspected_run.id.endswith("0100")


async def test_a_trial_s_network_is_built():
    search_records.finished_search(4)
    async with opened(size=(140, 40)) as user:
        await user.press("6")
        await user.sees("4 trials")
        await user.press("home", "b")
        await user.until(lambda: user.app.current_mode == "build" and user.layers[0].filters == 16)
        assert [type(layer).__name__ for layer in user.layers].count("MaxPooling2D") == 2
        await user.press("6", "down", "b")
        await user.until(lambda: user.layers[0].filters == 8)
        assert user.kinds.count("MaxPooling2D") == 1, "in trial 3 the second one is not present"


async def test_of_several_seeds_the_run_is_asked_for():
    search_records.finished_search(1, plan=search_records.several_seeds(0, 7))
    async with opened(size=(160, 50)) as user:
        await user.press("6")
        await user.sees("±0.0198", "± seeds")  # 0.028 apart: 0.028 / √2
        await user.press("enter")
        await user.sees("Runs of trial 1", "seed 7")
        await user.press("down", "enter")
        await user.until(lambda: user.app.current_mode == "train")
        assert user.app.workspace.shown_run.id.endswith("0107")


async def test_the_best_are_marked_for_comparison():
    search_records.finished_search(8)
    async with opened(size=(140, 40)) as user:
        await user.press("6")
        await user.sees("8 trials")
        await user.press("m")
        await user.told("3 runs are marked. Press 5, then c to compare them.")
        best = sorted((1, 2, 4, 6, 7, 8), key=search_records.accuracy)[-3:]
        assert {int(run.id[-4:-2]) for run in user.app.workspace.marked} == set(best)


async def test_trials_are_sorted_by_the_next_column():
    search_records.finished_search(8)
    async with opened(size=(140, 40)) as user:
        await user.press("6")
        await user.sees("sorted by #")
        await user.press("o")
        await user.sees("sorted by val.")
        shown = [trial.accuracy for trial in table(user)._order]
        assert shown[:-1] == sorted((value for value in shown if value is not None), reverse=True)
        assert shown[-1] is None
        assert table(user).selected.number == 8, "the cursor stays on its trial"
        await user.press("o")
        params = [trial.record.planned.params for trial in table(user)._order]
        assert params == sorted(params)


async def test_columns_that_have_no_room_are_shown_on_demand():
    search_records.finished_search(2)
    async with opened(size=(80, 24)) as user:
        await user.press("6")
        await user.sees("more columns", "filters")
        assert "MACs" not in user.text
        await user.press(*["right"] * 5)
        await user.sees("MACs")
        await user.press(*["left"] * 9)
        await user.sees("filters")


async def test_a_search_is_started_stopped_and_resumed_where_that_makes_sense(launched):
    search = search_records.make_search()
    async with opened(size=(160, 40)) as user:
        await user.press("6")
        await user.sees("not started")
        await user.press("x", "r")
        assert not launched
        await user.press("s")
        await user.until(lambda: launched == [("start", ID)])
        search_records.write(search, SearchStarted(time=BEGUN, pid=1, jobs=1, threads=1))
        with search_records.running(search):
            await user.sees("● running")
            await user.press("s", "d")
            assert len(user.app.screen_stack) == 1
            await user.press("x")
            await user.until(lambda: launched[1:] == [("stop", ID)])
        await user.sees("● interrupted")
        await user.press("r")
        await user.until(lambda: launched[2:] == [("start", ID)])


async def test_what_cannot_be_started_says_why(monkeypatch):
    search_records.make_search(plan=msgspec.structs.replace(PLAN, limits=("params <= 10",)))
    async with opened(size=(160, 40)) as user:
        await user.press("6")
        await user.sees("not started")
        await user.press("s")
        await user.told("no candidate fits the limits (params <= 10 excludes")


async def test_a_search_that_is_trained_moves_on_by_itself():
    search = search_records.make_search()
    search_records.write(search, SearchStarted(time=BEGUN, pid=1, jobs=2, threads=1))
    async with opened(size=(160, 50)) as user:
        await user.press("6")
        await user.sees("interrupted")
        with search_records.running(search):
            search_records.write(search, *search_records.trials(2))
            await user.sees("2 trials", "● running", "time left", "2 at a time")
            search_records.write(search, search_records.planned(3))
            await user.sees("3 trials", "queued")


async def test_a_search_is_renamed_and_deleted_and_its_runs_stay():
    search = search_records.finished_search(1)
    async with opened(size=(120, 40)) as user:
        await user.press("6")
        await user.sees("1 trial")
        await user.press("t")
        await user.sees("Rename")
        await user.type("small ones")
        await user.press("enter")
        await user.until(lambda: "small ones" in user.top)
        await user.press("d", "d")
        await user.sees("Are you sure?")
        await user.press("y")
        await user.sees("No searches yet.")
        assert not search.path.exists()
        assert (search.path.parents[1] / "runs" / "20260102-030100-fashion-cnn-0100").exists()


async def test_the_plan_is_edited_as_text_and_checked():
    """Only what was edited changes in the file: comments and order are the author's."""
    search = search_records.finished_search(1)
    first, *rest = search.plan_file.read_text("utf-8").splitlines()
    rest.append("# 왜 이렇게 했는지: found by hand")
    search.plan_file.write_text("\n".join([first, *rest]), "utf-8")
    async with opened(size=(120, 40)) as user:
        await user.press("6")
        await user.sees("1 trial")
        await user.press("e")
        await user.sees("search.toml", "brain =")
        await user.press("home", "ctrl+k", *"brain = 3", "ctrl+s")
        await user.sees("brain must be")
        await user.press("home", "ctrl+k", *'brain = "grid"', "ctrl+s")
        await user.sees("a grid cannot list all values of recipe.learning_rate")
        await user.press("home", "ctrl+k", *'brain = "tpe"', "ctrl+s")
        await user.until(lambda: read_plan(search.plan_file).brain == "tpe")
        assert search.plan_file.read_text("utf-8").splitlines() == ['brain = "tpe"', *rest]
        await user.sees("tpe")


async def test_a_plan_that_is_damaged_is_named_and_its_trials_are_shown():
    search = search_records.finished_search(3)
    search.plan_file.write_text("brain = [")
    async with opened(size=(160, 50)) as user:
        await user.press("6")
        await user.sees("3 trials", "search.toml", "line 1")


async def test_a_dot_of_the_scatter_plot_is_selected_and_opened():
    search_records.finished_search(8)
    async with opened(size=(160, 50)) as user:
        await user.press("6")
        await user.sees("8 trials", "Accuracy against parameters, log scale")
        await user.press("v", "v")
        await user.until(lambda: user.focused == "cost-view")
        await user.press(*["left"] * 9)
        cheapest = min((1, 2, 4, 6, 7, 8), key=lambda number: search_records.planned(number).params)
        first = table(user).selected.number
        assert search_records.planned(first).params == search_records.planned(cheapest).params
        await user.sees(f"trial {first}: {search_records.accuracy(first):.4f}")
        await user.press("f", *["right"] * 9)
        last = table(user).selected.number
        assert last in table(user).front
        await user.press("a")
        await user.sees("Accuracy against MACs")
        await user.press("enter")
        await user.until(lambda: user.app.current_mode == "train")
        assert user.app.workspace.shown_run.id.endswith(f"{last:02}00")


async def test_an_axis_of_the_parallel_coordinates_chooses_what_stands_out():
    search_records.finished_search(8)
    async with opened(size=(160, 50)) as user:
        await user.press("6")
        await user.sees("the best 1 in colour", "filters", "learning_rate", "val. accuracy")
        await user.press("v", "v", "v")
        await user.until(lambda: user.focused == "coordinates-view")
        await user.press("left", "left", "left")
        await user.sees("filters: 2 trials in colour")
        await user.press("down")
        await user.sees("filters: 3 trials in colour")


async def test_best_so_far_over_trials_and_over_time():
    search_records.finished_search(8)
    async with opened(size=(120, 40)) as user:
        await user.press("6")
        await user.sees("Best so far", "over the trials that ended")
        await user.press("tab")
        await user.until(lambda: user.focused == "best-view")
        await user.press("a")
        await user.sees("over minutes")


async def test_views_take_turns_where_there_is_no_room():
    search_records.finished_search(8)
    async with opened(size=(80, 24)) as user:
        await user.press("6")
        await user.sees("8 trials")
        titles = ("Best so far", "Accuracy against", "Parameters  the best", "Importance of the parameters", "8 trials")
        for title in titles:
            await user.press("v")
            await user.sees(title)
            assert sum(other in user.text for other in titles) == 1


async def test_ten_thousand_trials_are_shown_as_lines_in_view_only(monkeypatch):
    search = search_records.make_search()
    search_records.write(search, SearchStarted(time=BEGUN, pid=1, jobs=2, threads=1))
    lines = [msgspec.json.encode(event) + b"\n" for event in search_records.trials(10_000, with_runs=False)]
    with search.events_file.open("ab") as file:
        file.writelines(lines)
    drawn = []
    line = TrialTable._line
    monkeypatch.setattr(TrialTable, "_line", lambda *args: drawn.append(args[1].number) or line(*args))
    async with opened(size=(120, 40)) as user:
        await user.press("6")
        await user.sees("10,000 trials")
        await user.press("end", "home", "pagedown")
        assert len(set(drawn)) < 100
        drawn.clear()
        await user.press("down")
        assert len(drawn) < 80


async def test_another_search_is_selected_in_the_list():
    search_records.finished_search(2)
    older = search_records.finished_search(0, search_id="20260101-000000-lenet-5-0001", network=preset("lenet-5"))
    async with opened(size=(120, 40)) as user:
        await user.press("6")
        await user.sees("lenet-5", "2 trials", ID)
        await user.press("shift+tab")
        await user.until(lambda: user.focused == "searches")
        await user.press("down")
        await user.sees(older.id, "0 trials", "no trial has finished yet")
        assert [search.id for search in list_searches()] == [ID, older.id]


async def test_importance_is_asked_for_once_and_again_with_many_more_trials(monkeypatch):
    asked = []
    monkeypatch.setattr(ImportanceView, "_work_out", lambda self, search: asked.append(self._finished))
    search = search_records.make_search()
    search_records.write(search, SearchStarted(time=BEGUN, pid=1, jobs=2, threads=1))
    search_records.write(search, *search_records.trials(4))
    async with opened(size=(160, 50)) as user:
        await user.press("6")
        await user.sees("Available from 5 finished trials on.")
        assert asked == []
        search_records.write(search, *search_records.trials(4, first=5))
        await user.sees("8 trials")
        assert asked == [6]
        await user.sees("calculating …")


async def test_an_error_of_a_command_is_one_line(monkeypatch):
    def fail(search):
        raise SearchError("it does not [/] work")

    search = search_records.make_search()
    monkeypatch.setattr(launch, "stop", fail)
    async with opened(size=(160, 50)) as user:
        with search_records.running(search):
            await user.press("6")
            await user.sees("running")
            await user.press("x")
            await user.told("it does not [/] work")


def test_records_are_those_of_a_coordinator():
    """The times of the records rise, so that what is worked out of them can be worked out by hand."""
    times = [event.time for event in search_records.trials(3, with_runs=False)]
    assert times == [BEGUN + SECONDS * at for at in (1, 2, 2, 3, 3, 4)]
    assert records.NO_PROCESS > 2**22


@pytest.mark.parametrize("columns", [40, 116, 196])
def test_trials_are_counted_in_whole_numbers(columns):
    points = [(float(count), BestSoFar(count, count, 60.0 * count, 0.7, 0.7)) for count in (1, 2)]
    assert [label for _x, label in best_plot(points, 1, columns, 20, whole=0).x.ticks] == ["0", "1", "2"]
    assert len(best_plot(points, 1, columns, 20, whole=3).x.ticks) > 3, "parts of a minute are marked"
