"""The commands of `cnn-tui search`, but for the training itself."""

import json
import tomllib

import pytest

from tests.search.networks import TINY, macs_by_hand, params_by_hand
from tui_cnn.formats.toml import read_network, save_network
from tui_cnn.search.directory import find_search, list_searches
from tui_cnn.search.events import (
    SearchFinished,
    SearchJournal,
    SearchStarted,
    TrialEnded,
    TrialLaunched,
    TrialPlanned,
)
from tui_cnn.search.plan import read_plan

VARY = ("--vary", "1.filters=[2, 4]", "--vary", "2.repeat={low = 1, high = 3}")
HELP = " (see cnn-tui search init --help)"


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.toml"
    save_network(path, TINY)
    return path


def planned(number, filters, repeats):
    values = {"1.filters": filters, "2.repeat": repeats}
    costs = {"params": params_by_hand(filters, repeats), "macs": macs_by_hand(filters, repeats), "memory": 1}
    return TrialPlanned(trial=number, draw=number - 1, values=values, **costs)


@pytest.fixture
def ended(cnn_tui, tiny):
    """A search with three trials that are finished and one that failed, as its coordinator would leave it."""
    assert cnn_tui("search", "init", str(tiny), *VARY, "--goal", "accuracy", "--goal", "macs").exit_code == 0
    search = find_search("last")
    journal = SearchJournal(search.events_file)
    journal.write(SearchStarted(pid=1, jobs=2, threads=1))
    for number, filters, repeats, accuracy in ((1, 2, 1, 0.5), (2, 4, 1, 0.7), (3, 4, 2, 0.6)):
        journal.write(planned(number, filters, repeats))
        journal.write(TrialLaunched(trial=number, seed=0, run=f"run-{number}"))
        journal.write(TrialEnded(trial=number, outcome="finished", accuracy=accuracy, epochs=5, seconds=9.0))
    journal.write(planned(4, 2, 3))
    journal.write(TrialEnded(trial=4, outcome="failed", error="The disk is full."))
    journal.write(SearchFinished(reason="exhausted"))
    return search


def test_init_counts_the_candidates_and_writes_a_plan(cnn_tui, tiny):
    result = cnn_tui(
        *("search", "init", str(tiny), *VARY, "--max-params", "3.5k", "--min-receptive-field", "9"),
        *("--brain", "grid", "--trials", "2", "--seeds", "0,1", "--epochs", "3"),
    )
    assert result.exit_code == 0
    search = find_search("last")
    lines = result.stdout.splitlines()
    assert lines[0] == f"search {search.id}: {search.path}"
    grid = [(filters, repeats) for filters in (2, 4) for repeats in (1, 2, 3)]
    large = {pair for pair in grid if params_by_hand(*pair) > 3500}
    small = {(2, 1), (4, 1)}
    assert lines[1:5] == [
        "candidates: 6",
        f"networks that fit the limits: {6 - len(large | small)} of 6",
        f"  excluded by params <= 3500: {len(large)}",
        "  excluded by receptive_field >= 9: 2",
    ]
    assert lines[-1] == f"start it with: cnn-tui search start {search.id}"
    assert read_network(search.network_file) == TINY
    data = tomllib.loads(search.plan_file.read_text())
    assert data["space"] == {"1.filters": [2, 4], "2.repeat": {"low": 1, "high": 3}}
    assert (data["brain"], data["seeds"], data["budget"]) == ("grid", [0, 1], {"trials": 2})
    assert data["recipe"]["epochs"] == 3


def test_a_plan_is_read_as_it_was_written(cnn_tui, tiny, tmp_path):
    given = tmp_path / "plan.toml"
    given.write_text(
        'limits = ["macs <= 1M"]\n[pruning]\nkind = "halving"\n[recipe]\nepochs = 9\n'
        "[space]\ndropout.rate = [0.1, 0.2]\n[space.recipe]\nlearning_rate = {low = 0.001, high = 0.1, log = true}\n"
    )
    result = cnn_tui("search", "init", str(tiny), "--plan", str(given), "--max-params", "1M", "--batch-size", "64")
    assert result.exit_code == 0
    assert "candidates: unlimited, since a range is continuous" in result.stdout
    plan = read_plan(find_search("last").plan_file)
    assert plan.limits == ("macs <= 1M", "params <= 1000000")
    assert (plan.pruning.kind, plan.recipe.epochs, plan.recipe.batch_size) == ("halving", 9, 64)
    assert [parameter.key for parameter in plan.space_on(TINY).parameters] == ["dropout.rate", "recipe.learning_rate"]


def test_without_a_space_it_is_written_afterwards(cnn_tui, tiny):
    result = cnn_tui("search", "init", str(tiny))
    search = find_search("last")
    assert result.stdout.splitlines()[-1] == f"add what varies to [space] in {search.plan_file}, then start it"
    result = cnn_tui("search", "start", "last")
    assert result.exit_code == 2
    assert result.stderr.startswith("the space is empty: add what varies to [space]")
    with search.plan_file.open("a") as file:
        file.write("conv2d.filters = [2]\n")
    assert search.plan().space_on(TINY).count == 1


def test_show_prints_the_trials_the_best_and_the_pareto_front(cnn_tui, ended):
    lines = cnn_tui("search", "show", "last").stdout.splitlines()
    assert lines[0] == ended.id
    assert lines[1].startswith("finished; no more candidates fit the limits (4 of 4 trials ended, ")
    assert lines[2].split() == ["trial", "state", "values", "parameters", "MACs", "epochs", "validation"]
    rows = [line.split() for line in lines[3:7]]
    assert [row[0] for row in rows] == ["*1", "*2", "3", "4"]
    assert rows[1][1:] == [
        "finished",
        "1.filters=4",
        "2.repeat=1",
        f"{params_by_hand(4, 1):,}",
        f"{macs_by_hand(4, 1):,}",
        "5",
        "0.7000",
    ]
    assert lines[7] == "trial 4: The disk is full."
    assert lines[8].startswith("best so far: trial 2, validation accuracy 0.7000, ")
    assert lines[8].endswith(": run-2")
    assert lines[9] == "* Pareto front of accuracy, macs: trials 1, 2"


def test_show_as_json(cnn_tui, ended):
    shown = json.loads(cnn_tui("search", "show", "last", "--json").stdout)
    assert (shown["id"], shown["state"], shown["best"], shown["pareto"]) == (ended.id, "finished", 2, [1, 2])
    assert [trial["accuracy"] for trial in shown["trials"]] == [0.5, 0.7, 0.6, None]
    assert shown["trials"][3]["error"] == "The disk is full."


def test_the_best_network_is_written_as_toml(cnn_tui, ended, tmp_path):
    result = cnn_tui("search", "best", ended.id, "--to", str(tmp_path / "best.toml"))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].endswith(": run-2")
    assert lines[1] == "to train it longer: cnn-tui train --from run-2 --minutes 10"
    assert read_network(tmp_path / "best.toml").layers[0].filters == 4


def test_what_is_not_there_yet(cnn_tui, tiny):
    assert cnn_tui("search", "show", "last").stderr == (
        "there are no searches yet; make one with: cnn-tui search init MODEL\n"
    )
    cnn_tui("search", "init", str(tiny), *VARY)
    search = find_search("last")
    assert cnn_tui("search", "show", "last").stdout.splitlines()[1].startswith("not started; start it with")
    result = cnn_tui("search", "best", "last")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{search.id} has no finished trial yet; see: cnn-tui search show {search.id}\n"
    assert cnn_tui("search", "stop", "last").stderr == f"{search.id} is not running, so it cannot be stopped\n"


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("--vary", "conv.filters=[1]"), "space: conv.filters: layer “conv” not found; did you mean “conv2d”?"),
        (
            ("--vary", "1.filters"),
            'cnn-tui search init: --vary 1.filters: write a key and its values, such as "conv2d.filters=[16, 32]"'
            + HELP,
        ),
        (
            (*VARY, "--max-params", "10"),
            "no candidate fits the limits (params <= 10 excludes 6 of 6); change a limit or the space",
        ),
        ((*VARY, "--brain", "tp"), "brain cannot be 'tp'; did you mean “tpe”?"),
        ((*VARY, "--goal", "speed"), "goals cannot be 'speed'; did you mean “seconds”?"),
        ((*VARY, "--goal", "macs"), "goals: macs lack accuracy; add it"),
        ((*VARY, "--brain", "nsga2"), "brain: nsga2 is for several goals; add one, or use tpe"),
        ((*VARY, "--seeds", "1,1"), "seeds: 1 is listed twice; remove one"),
        (
            (*VARY, "--validation", "0"),
            "recipe: a search compares validation accuracies, so set validation above 0",
        ),
        (
            ("--vary", "dropout.rate={low = 0.1, high = 0.2}", "--brain", "grid"),
            "space: a grid cannot list all values of dropout.rate; give it a step, or use brain = “random”",
        ),
        (
            (*VARY, "--seeds", "x"),
            "cnn-tui search init: --seeds x is not a list of whole numbers, such as 0,1,2" + HELP,
        ),
    ],
)
def test_what_cannot_be_searched_is_refused_in_one_line_and_leaves_nothing(cnn_tui, tiny, args, line):
    result = cnn_tui("search", "init", str(tiny), *args)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", line + "\n")
    assert list_searches() == []


def test_trials_all_have_the_same_epochs(cnn_tui, tiny):
    refused = cnn_tui("search", "init", str(tiny), "--vary", "recipe.minutes=[1, 2]").stderr
    assert refused.startswith("space: recipe.minutes: unknown field “minutes”; use one of epochs, batch_size, ")
    assert "minutes" not in refused.partition("use one of")[2]
    cnn_tui("search", "init", str(tiny), *VARY)
    file = find_search("last").plan_file
    file.write_text(file.read_text().replace("[recipe]", "[recipe]\nminutes = 3"))
    line = "recipe: minutes is not for searches, whose trials all have the same epochs; set epochs\n"
    assert cnn_tui("search", "start", "last").stderr == line


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[budget]\ntrails = 3\n", "budget: unknown field “trails”; did you mean “trials”?"),
        ("[recipe]\nepochs = 0\n", "recipe: epochs must be a whole number, at least 1, not 0"),
        ("[pruning]\nkind = 'half'\n", "pruning: kind cannot be 'half'; did you mean “halving”?"),
        ("budget = 3\n", "budget must be a table, not 3"),
        ("limit = []\n", "unknown field “limit”; did you mean “limits”?"),
    ],
)
def test_a_damaged_plan_is_named_in_one_line(cnn_tui, tiny, text, problem):
    cnn_tui("search", "init", str(tiny), *VARY)
    search = find_search("last")
    search.plan_file.write_text(text)
    for command in ("start", "show"):
        assert cnn_tui("search", command, "last").stderr == f"{search.plan_file}: {problem}\n"
