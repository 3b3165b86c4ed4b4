"""What a search will take, before it starts: how many candidates fit which limits, how long, and how much memory."""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import msgspec

from tui_cnn.core.analysis import analyze
from tui_cnn.runs.estimate import estimate
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.recipe import ImageCounts
from tui_cnn.runs.runtime import thread_count
from tui_cnn.search.limits import costs, violations
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.space import Space, Values

_MOST_COUNTED = 100_000
"""Combinations that are all worked out; of more, a sample is."""
_SAMPLED = 5_000
_MOST_COUNTED_QUICKLY = 2_000
_SAMPLED_QUICKLY = 500
_TIMED = 20
RESIDENT = 900_000_000
"""Bytes for a worker where this machine has not measured any: TensorFlow and the data take most of it."""
_COSTLY_FIELDS = ("batch_size", "optimizer")
"""Fields of the recipe that change the memory of a training step."""


class CandidateCost(NamedTuple):
    """The exact costs of a candidate; 0 where one is not known."""

    params: int
    macs: int
    fits: bool


class Survey(NamedTuple):
    """The candidates of a search, and what it will take.

    Attributes:
        candidates: how many there are; None where a range is continuous.
        examined: combinations of what costs depend on that were worked out; `sampled`, if these are not all.
        fitting: those of them that fit all limits.
        excluded: how many of them each limit excludes, by its text; one may be excluded by several.
        example: the error of the first that cannot be trained at all; empty where all can.
        seconds: the predicted training time of a trial, the mean over some that fit, with all seeds; None where this
            machine has not measured enough.
        memory: the predicted bytes of a worker, the most of these.
        costs: those of the first of the examined candidates, to look at.
    """

    candidates: int | None
    examined: int
    sampled: bool
    fitting: int
    excluded: dict[str, int]
    example: str
    seconds: float | None
    memory: float | None
    costs: tuple[CandidateCost, ...] = ()


class Parallel(NamedTuple):
    """How many trials are trained at a time, each on so many threads."""

    jobs: int
    threads: int


def survey(space: Space, plan: SearchPlan, classes: int, counts: ImageCounts, *, quick: bool = False) -> Survey:
    """Work out what the candidates cost, all of them or a sample: of fewer, if it is to be `quick`.

    Raises:
        SearchError: a limit is none.
    """
    limits = plan.parsed_limits
    fields = _COSTLY_FIELDS if any(limit.quantity == "memory" for limit in limits) else ()
    costly = [each for each in space.parameters if each.path is not None or each.field in fields]
    varying = Space(space.base, tuple(costly))
    most, drawn = (_MOST_COUNTED_QUICKLY, _SAMPLED_QUICKLY) if quick else (_MOST_COUNTED, _SAMPLED)
    sampled = varying.count is None or varying.count > most
    excluded: Counter[str] = Counter({limit.text: 0 for limit in limits})
    examined, fitting, example = 0, [], ""
    shown: list[CandidateCost] = []
    for values in _drawn(space, plan.seed, drawn) if sampled else _listed(space, varying):
        setup = space.build(values)
        found = costs(setup, classes)
        unmet = violations(limits, found)
        examined += 1
        if examined <= _MOST_COUNTED_QUICKLY:
            shown.append(CandidateCost(found.params or 0, found.macs or 0, not unmet))
        example = example or found.error
        excluded.update(unmet.keys())
        if not unmet:
            fitting.append(values)
    seconds, memory = _predicted(space, plan, fitting, counts)
    counted = space.count, examined, sampled, len(fitting)
    return Survey(*counted, dict(excluded), example, seconds, memory, tuple(shown))


def _listed(space: Space, varying: Space) -> Iterator[Values]:
    """List the values of what costs depend on, which is `varying`, with the first value of all else."""
    first = {each.key: each.domain.examples[0] for each in space.parameters}
    for index in range(varying.count or 0):
        yield first | varying.at(index)


def _drawn(space: Space, seed: int, count: int) -> Iterator[Values]:
    random = Random(seed)
    for _number in range(count):
        yield space.draw(random)


def _predicted(
    space: Space, plan: SearchPlan, fitting: list[Values], counts: ImageCounts
) -> tuple[float | None, float | None]:
    """Predict the seconds of a trial and the bytes of its worker, from some of the candidates that fit."""
    machine, threads = read_machine(), parallel(plan, None).threads
    step = max(1, len(fitting) // _TIMED)
    seconds, memory = [], []
    for values in fitting[::step][:_TIMED]:
        network, recipe = space.build(values)
        recipe = msgspec.structs.replace(recipe, threads=threads)
        used = recipe.image_counts(*counts)
        expected = estimate(analyze(network), recipe, used, machine)
        if (trained := expected.seconds(recipe)) is not None:
            seconds.append(((machine.load_seconds or 0.0) + trained) * len(plan.seeds))
        if expected.memory is not None:
            memory.append(expected.memory)
    return (sum(seconds) / len(seconds) if seconds else None), max(memory, default=None)


def parallel(plan: SearchPlan, memory: float | None, jobs: int | None = None) -> Parallel:
    """Choose how many trials to train at a time: as asked, or as many as cores and free memory allow.

    A GPU trains one at a time. The cores are shared fairly, unless the recipe names threads.
    """
    import psutil

    cores = thread_count(msgspec.structs.replace(plan.recipe, threads=None))
    jobs = jobs or plan.jobs
    if jobs is None:
        free = psutil.virtual_memory().available
        fits = int(free // (memory or RESIDENT))
        wanted = 1 if plan.recipe.device in ("gpu", "gpus") else cores // (plan.recipe.threads or 1)
        jobs = max(1, min(wanted, fits, plan.trials or wanted))
    return Parallel(jobs, plan.recipe.threads or max(1, cores // jobs))
