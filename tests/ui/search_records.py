"""Searches as a coordinator would have left them: the same each time, to the byte."""

from contextlib import contextmanager

import msgspec

from tests.ui import records
from tui_cnn.config import home
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import dumps_network
from tui_cnn.runs.lock import held
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.events import (
    SearchFinished,
    SearchJournal,
    SearchStarted,
    SearchStopped,
    TrialEnded,
    TrialLaunched,
    TrialPlanned,
)
from tui_cnn.search.plan import SearchBudget, SearchPlan, dumps_plan

BEGUN = 1_767_323_045.0
SECONDS = 60.0
"""Seconds from one trial to the next."""
FILTERS = (8, 16, 32)
PLAN = SearchPlan(
    brain="random",
    limits=("params <= 100k",),
    budget=SearchBudget(trials=12),
    recipe=Recipe(epochs=5, limit=2000),
    space={
        "conv2d.filters": [*FILTERS],
        "max_pooling2d_1.present": [True, False],
        "recipe.learning_rate": {"low": 1e-4, "high": 1e-2, "log": True},
    },
)
OUTCOMES = ("finished", "finished", "pruned", "finished", "failed", "finished", "finished", "finished")
"""Those of the trials, again and again."""


def make_search(search_id="20260102-030405-fashion-cnn-abcd", plan=PLAN, network=None):
    """Make the directory of a search that was not started."""
    search = SearchDirectory(home() / "searches" / search_id)
    search.path.mkdir(parents=True)
    search.network_file.write_text(dumps_network(network or preset("fashion-cnn")))
    search.plan_file.write_text(dumps_plan(plan))
    return search


def values(number):
    """What the trial of a number varies."""
    return {
        "conv2d.filters": FILTERS[number % 3],
        "max_pooling2d_1.present": number % 4 != 3,
        "recipe.learning_rate": 1e-4 * 100 ** (number * 7 % 10 / 10),
    }


def accuracy(number, seed=0):
    """The validation accuracy that a trial reaches."""
    return round(0.7 + 0.01 * (number * 7 % 10) + 0.003 * (number % 3) + 0.002 * seed, 4)


def planned(number):
    at = BEGUN + SECONDS * number
    costs = {"params": 20_000 + 7_000 * (number % 5), "macs": 400_000 + 150_000 * (number % 6), "memory": 4_000_000}
    return TrialPlanned(time=at, trial=number, draw=number - 1, values=values(number), **costs)


def ended(number, outcome="finished", seeds=(0,)):
    found = accuracy(number) if outcome != "failed" else None
    if outcome == "finished":
        found = sum(accuracy(number, seed) for seed in seeds) / len(seeds)
    return TrialEnded(
        time=BEGUN + SECONDS * (number + 1),
        trial=number,
        outcome=outcome,
        accuracy=found,
        epochs={"finished": 5 * len(seeds), "pruned": 1}.get(outcome, 0),
        seconds=SECONDS,
        error="the worker ran out of memory [/x]" if outcome == "failed" else "",
    )


def write(search, *events):
    journal = SearchJournal(search.events_file)
    for event in events:
        journal.write(event)


def run_of(number, seed=0, epochs=5):
    """The run of a trial, with its events."""
    run = records.make_run(f"20260102-03{number:02}{seed:02}-fashion-cnn-{number:02}{seed:02}")
    trained = [_less(event, 0.004 * seed) for event in records.trained(epochs)]
    records.write(run, records.started(), *trained, *([records.finished()] if epochs == 5 else []))
    return run


def _less(event, by):
    """What is told of an epoch, with an accuracy that is lower."""
    if (accuracy := getattr(event, "val_accuracy", None)) is None:
        return event
    return msgspec.structs.replace(event, val_accuracy=accuracy - by)


def trials(count, plan=PLAN, first=1, with_runs=True):
    """Yield the events of trials that have ended."""
    for number in range(first, first + count):
        yield planned(number)
        outcome = OUTCOMES[(number - 1) % len(OUTCOMES)]
        for seed in plan.seeds if with_runs else ():
            run = run_of(number, seed, 5 if outcome == "finished" else 1)
            yield TrialLaunched(time=BEGUN + SECONDS * number, trial=number, seed=seed, run=run.id)
        yield ended(number, outcome, plan.seeds)


def finished_search(count=8, **fields):
    """A search that has ended."""
    plan, with_runs = fields.get("plan", PLAN), fields.pop("with_runs", True)
    search = make_search(**fields)
    started = SearchStarted(time=BEGUN, pid=records.NO_PROCESS, jobs=2, threads=1)
    end = SearchFinished(time=BEGUN + SECONDS * (count + 2), reason="budget")
    write(search, started, *trials(count, plan, with_runs=with_runs), end)
    return search


def stopped_search(count=4, **fields):
    """A search that was stopped, with a trial that was not at its end."""
    search = make_search(**fields)
    plan = fields.get("plan", PLAN)
    started = SearchStarted(time=BEGUN, pid=records.NO_PROCESS, jobs=2, threads=1)
    run = run_of(count + 1, epochs=2)
    launched = TrialLaunched(time=BEGUN + SECONDS * (count + 1), trial=count + 1, seed=0, run=run.id)
    write(search, started, *trials(count, plan), planned(count + 1), launched)
    write(search, SearchStopped(time=BEGUN + SECONDS * (count + 2)))
    return search


def several_seeds(*seeds):
    return msgspec.structs.replace(PLAN, seeds=seeds)


@contextmanager
def running(search):
    """Hold the lock, as a coordinator does."""
    with held(search.lock_file):
        yield
