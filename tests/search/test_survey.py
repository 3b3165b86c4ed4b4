"""Costs before training: counted by hand, and which limit excludes how many."""

import pytest

from tests.search.networks import TINY, macs_by_hand, params_by_hand
from tui_cnn.core.analysis import analyze
from tui_cnn.core.memory import memory
from tui_cnn.runs.machine import FEATURES, Measurement, record
from tui_cnn.runs.recipe import ImageCounts, Recipe
from tui_cnn.search.errors import SearchError
from tui_cnn.search.limits import costs, parse_limit, violations
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.space import Variation
from tui_cnn.search.survey import parallel, survey

COUNTS = ImageCounts(54_000, 6_000)
FILTERS, REPEATS = [2, 4, 8, 16], [1, 2, 3]
SPACE = {"1.filters": FILTERS, "2.repeat": REPEATS}


def surveyed(**fields):
    plan = SearchPlan(**{"space": SPACE, **fields})
    return survey(plan.space_on(TINY), plan, 10, COUNTS)


def test_costs_are_those_counted_by_hand():
    space = SearchPlan(space=SPACE).space_on(TINY)
    for filters in FILTERS:
        for repeats in REPEATS:
            setup = space.build({"1.filters": filters, "2.repeat": repeats})
            found = costs(setup, 10)
            assert (found.params, found.macs) == (params_by_hand(filters, repeats), macs_by_hand(filters, repeats))
            # 3 pixels; then each copy adds a kernel of 3 at a stride of 2
            assert found.receptive_field == 3 + 2 * 2 * repeats
            assert found.memory == memory(analyze(setup.network), 32, "adam").training
            assert found.error == ""


def test_each_limit_excludes_as_many_as_by_hand():
    most_params, most_macs = 3_600, 15_000
    found = surveyed(limits=(f"params <= {most_params}", "macs <= 15k", "receptive_field >= 9"))
    grid = [(filters, repeats) for filters in FILTERS for repeats in REPEATS]
    too_many = {pair for pair in grid if params_by_hand(*pair) > most_params}
    too_slow = {pair for pair in grid if macs_by_hand(*pair) > most_macs}
    too_small = {pair for pair in grid if 3 + 4 * pair[1] < 9}
    assert found.excluded == {
        f"params <= {most_params}": len(too_many),
        "macs <= 15k": len(too_slow),
        "receptive_field >= 9": len(too_small),
    }
    assert 0 < len(too_many) < len(too_slow) < 12
    assert (found.candidates, found.examined, found.sampled) == (12, 12, False)
    assert found.fitting == 12 - len(too_many | too_slow | too_small)


def test_networks_with_an_error_are_excluded_too():
    found = surveyed(space={"dense.units": [10, 12], "recipe.epochs": [1, 2, 3]})
    assert (found.candidates, found.examined, found.fitting, found.excluded) == (6, 2, 1, {"errors": 1})
    assert "10" in found.example


def test_the_batch_counts_only_where_memory_is_limited():
    space = {"recipe.batch_size": [16, 256], "recipe.learning_rate": {"low": 0.001, "high": 0.1}}
    assert surveyed(space=space).examined == 1
    small, large = (memory(analyze(TINY), batch, "adam").training for batch in (16, 256))
    found = surveyed(space=space, limits=(f"memory <= {(small + large) // 2}",))
    assert (found.candidates, found.examined, found.fitting) == (None, 2, 1)


def test_of_too_many_a_sample_is_counted(monkeypatch):
    monkeypatch.setattr("tui_cnn.search.survey._MOST_COUNTED", 11)
    monkeypatch.setattr("tui_cnn.search.survey._SAMPLED", 300)
    found = surveyed(limits=("receptive_field >= 9",))
    assert (found.sampled, found.examined, found.candidates) == (True, 300, 12)
    assert abs(found.excluded["receptive_field >= 9"] - 100) < 40  # a third of all


def test_time_and_memory_are_those_that_this_machine_has_measured():
    plan = SearchPlan(space={"1.filters": [2, 4]}, recipe=Recipe(epochs=3, threads=1), seeds=(0, 1))
    space = plan.space_on(TINY)
    assert survey(space, plan, 10, COUNTS).seconds is None
    from tui_cnn.runs.machine import digest

    for filters, seconds in ((2, 0.001), (4, 0.003)):
        network = space.build({"1.filters": filters}).network
        record(
            Measurement(
                network=digest(network),
                precision="float32",
                batch_size=32,
                threads=1,
                features=dict.fromkeys(FEATURES, 1.0),
                step_seconds=seconds,
                memory=1e9,
            )
        )
    record(load_seconds=2.5)
    found = survey(space, plan, 10, COUNTS)
    # Each run of a trial loads TensorFlow.
    # 48,600 of 54,000 images are trained on, as the rest is for validation already: 1,688 steps; and a third of 188
    steps = 1688 + 188 / 3
    assert found.seconds == pytest.approx(2 * (2.5 + 3 * steps * 0.002))
    assert found.memory == 1e9


def test_as_many_trials_at_a_time_as_cores_and_memory_allow(monkeypatch):
    monkeypatch.setattr("tui_cnn.search.survey.thread_count", lambda recipe: recipe.threads or 8)
    free = type("Memory", (), {"available": 5e9})
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    assert parallel(SearchPlan(), 1e8) == (8, 1)
    assert parallel(SearchPlan(), 2e9) == (2, 4)
    assert parallel(SearchPlan(recipe=Recipe(threads=4)), 1e8) == (2, 4)
    assert parallel(SearchPlan(recipe=Recipe(device="gpu")), 1e8) == (1, 8)
    assert parallel(SearchPlan(jobs=3), 1e8) == (3, 2)
    assert parallel(SearchPlan(jobs=3), 1e8, 5) == (5, 1)
    assert parallel(SearchPlan(), 6e9).jobs == 1


def test_a_limit_is_met_at_its_bound():
    found = costs(Variation(TINY, Recipe()), 10)
    exact, short = f"params <= {found.params}", f"params <= {found.params - 1}"
    assert violations((parse_limit(exact),), found) == {}
    assert list(violations((parse_limit(short),), found)) == [short]
    assert violations((parse_limit("receptive_field >= 7"),), found) == {}
    assert violations((parse_limit("receptive_field >= 8"),), found) == {"receptive_field >= 8": 1 / 8}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("params < 3", "limits: “params < 3” is not a limit; write for example params <= 100k"),
        ("parms <= 3", "limits: unknown quantity “parms”; did you mean “params”?"),
        ("params <= many", "limits: “many” is not a number; use for example 100000, 100k, 1.5M or 6.4MiB"),
    ],
)
def test_what_is_no_limit_is_refused_in_one_line(text, line):
    with pytest.raises(SearchError) as refusal:
        parse_limit(text)
    assert str(refusal.value) == line
