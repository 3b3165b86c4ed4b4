"""What a search finds within 100,000 parameters and some minutes, against the tutorial's network trained as long.

    python -m tests.bench.search_gain MINUTES DIRECTORY [SEED]

A search as a person would make it: small convolutional networks of at most 8M MACs are tried by TPE, for six epochs
each, on all cores of this machine, with the recipe `best`. No trial begins after half of the time; then the trial that
is best by validation is trained anew, for the rest of the time. The tutorial's network (93,322 parameters) is trained
with the tutorial's recipe for as many epochs as fit into the same minutes, once for all searches in the directory. Of
both, the weights that are best by validation are tested, on the same images: the difference, its 95 % bootstrap
interval, McNemar's p-value.

One call is one search, with a seed of its own; runs and results stay in the directory, which is a home of cnn-tui. Over
all searches of the same minutes there, the mean gain and the 95 % interval of that mean (Student's t) are printed.
Three searches of 30 minutes and the tutorial take two hours; nothing else may run meanwhile.
"""

import json
import os
import sys
import time
from math import sqrt
from pathlib import Path
from statistics import mean, stdev

import msgspec

from tui_cnn.core.layers import Block, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch as runs_launch
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.paired import Named, compare_runs
from tui_cnn.runs.recipe import BEST, TUTORIAL
from tui_cnn.runs.snapshot import ACTIVE, Follower
from tui_cnn.search import launch
from tui_cnn.search.directory import make_search, runs_of
from tui_cnn.search.history import best_trial, read_history
from tui_cnn.search.plan import SearchBudget, SearchPlan

EPOCHS = 6
BEGINNING = 0.5
"""The share of the time in which trials may begin."""
ENDING = 0.25
"""Minutes for what no training does: to start, to compile and to test."""

LEAST_PAIRS = 2
T_95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}
"""Two-sided 95 % points of Student's t by degrees of freedom."""


def stage(name, filters):
    """A convolution that keeps the size, and halves it then."""
    convolution = Conv2D(name=f"{name}_conv", filters=filters, kernel_size=(3, 3), padding="same", activation="relu")
    return Block(name=name, layers=(convolution,)), MaxPooling2D()


BASE = Network(
    "candidate",
    (28, 28, 1),
    (
        *stage("a", 32),
        *stage("b", 64),
        *stage("c", 64),
        Flatten(),
        Dense(name="hidden", units=64, activation="relu"),
        Dropout(rate=0.25),
        Dense(units=10, activation="softmax"),
    ),
)
LIMITS = ("params <= 100k", "macs <= 8M")
"""The second keeps an epoch short, so that more candidates are tried."""

SPACE = {
    "a_conv.filters": [16, 24, 32, 48],
    "a.repeat": [1, 2],
    "b_conv.filters": [32, 48, 64],
    "b.repeat": [1, 2],
    "c_conv.filters": [32, 48, 64, 80],
    "c.repeat": [1, 2],
    "hidden.units": [32, 64, 96],
    "recipe.learning_rate": {"low": 2e-3, "high": 2e-2, "log": True},
}


def searched(minutes, seed):
    """Search, and train the best candidate; return its run, and what it took."""
    plan = SearchPlan(
        brain="tpe",
        seed=seed,
        seeds=(seed,),
        limits=LIMITS,
        budget=SearchBudget(minutes=minutes * BEGINNING),
        recipe=held_out(BEST, EPOCHS),
        space=SPACE,
    )
    search = make_search(BASE, plan)
    begun = time.monotonic()
    launch.start(search, memory=launch.examine(BASE, plan).memory)
    while (history := read_history(search)).state == "running":
        time.sleep(1)
    trial = best_trial(history.trials)
    best = next(run for (number, _seed), run in runs_of(search).items() if number == trial.planned.trial)
    left = minutes - (time.monotonic() - begun) / 60 - ENDING
    run = trained(best.network(), msgspec.structs.replace(best.recipe(), epochs=BEST.epochs, minutes=left))
    details = {"seconds": round(time.monotonic() - begun), "trials": len(history.trials), "best": str(trial.planned)}
    return run, details | {"epochs": len(Follower(run).poll().epochs)}


def tutorial(minutes):
    """Train the tutorial's network for so many minutes; return its run, and what it took."""
    probe = trained(preset("fashion-cnn"), held_out(TUTORIAL, 2))
    seconds = Follower(probe).poll().epochs[-1].seconds
    begun = time.monotonic()
    run = trained(preset("fashion-cnn"), held_out(TUTORIAL, max(1, round(minutes * 60 / seconds))))
    return run, {"seconds": round(time.monotonic() - begun), "epochs": len(Follower(run).poll().epochs)}


def trained(network, recipe):
    """Train a network to its end."""
    run = runs_launch.start(network, recipe, now=True)
    while (snapshot := Follower(run).poll()).finished is None:
        assert snapshot.state in ACTIVE, snapshot
        time.sleep(1)
    return run


def held_out(recipe, epochs):
    """Train for so many epochs, with a tenth of the images to choose by."""
    return msgspec.structs.replace(recipe, epochs=epochs, minutes=None, validation=0.1)


def main():
    minutes, directory = float(sys.argv[1]), Path(sys.argv[2]).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    os.environ["CNN_TUI_HOME"] = str(directory)
    results = directory / "results.json"
    lines = json.loads(results.read_text()) if results.exists() else []
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else len(lines)
    found, search = searched(minutes, seed)
    earlier = next((line for line in lines if line["minutes"] == minutes), None)
    known = earlier and (RunDirectory(Path(earlier["tutorial"]["run"])), earlier["tutorial"])
    run, details = known or tutorial(minutes)
    compared = compare_runs(Named("search", found), Named("tutorial", run))
    finished = [Follower(each).poll().finished for each in (found, run)]
    line = {
        "minutes": minutes,
        "seed": seed,
        "search": {**search, "run": str(found.path), "accuracy": finished[0].test_accuracy},
        "tutorial": {**details, "run": str(run.path), "accuracy": finished[1].test_accuracy},
        "gain": compared.difference,
        "interval": [compared.low, compared.high],
        "p": compared.p_value,
    }
    results.write_text(json.dumps([*lines, line], indent=1))
    print(json.dumps(line))
    gains = [each["gain"] for each in [*lines, line] if each["minutes"] == minutes]
    if len(gains) >= LEAST_PAIRS:
        half = T_95[len(gains) - 1] * stdev(gains) / sqrt(len(gains))
        print(f"{len(gains)} searches of {minutes:g} min: gain {100 * mean(gains):+.2f} ± {100 * half:.2f} points")


if __name__ == "__main__":
    main()
