"""The settings of TensorFlow for a run, which are fixed for the life of its process."""

import os
from collections.abc import Sequence
from math import log
from statistics import median

import msgspec

from tui_cnn.core.network import Network, walk
from tui_cnn.runs.machine import Measurement, read_machine
from tui_cnn.runs.recipe import Device, Recipe

_LEAST, _LEAST_OF_MANY = 16, 4
"""Images of a batch that a lane must have, to be worth its way through the network: of two, as `tests.bench.threads`
measures it; of more, which gain more, as `tests.bench.lanes` simulates it."""
_ENOUGH = 4
"""So many networks must have been measured in both ways, to say which is faster here."""
_FEW, _SMALL = 2, 32
"""So few threads are done sooner with an operation each than with a part of one each, if a batch has no more images."""


class Runtime(msgspec.Struct, frozen=True, kw_only=True):
    """Where to compute, with how many threads, and how exactly.

    In `lanes`, if there are several, each thread takes its own part of a batch through the whole network. In one, the
    statistics of a whole batch can be known, and small batches are not cut up: `sharing` threads do each operation.
    """

    device: Device = "auto"
    threads: int = 1
    lanes: int = 1
    sharing: int = 1
    deterministic: bool = False


def runtime(network: Network, recipe: Recipe, measured: Sequence[Measurement] | None = None) -> Runtime:
    """Return what suits a network and a recipe best: lanes if it can have them, unless this machine is faster without.

    Lanes do not know the statistics of a whole batch, unless the recipe takes those of its parts: Hoffer, Hubara,
    Soudry, "Train longer, generalize better", 2017. `measured` is by default what this machine has measured.
    """
    by = usual_runtime(network, recipe)
    if by.lanes > 1 and _is_slower(by, recipe.batch_size, read_machine().measured if measured is None else measured):
        return in_lanes(by, 1, recipe)
    return by


def usual_runtime(network: Network, recipe: Recipe) -> Runtime:
    """Return what suits a network and a recipe best on most machines."""
    threads = thread_count(recipe)
    whole = not recipe.ghost_batches and any(layer.mixes_images for _path, layer in walk(network.layers))
    fitting = recipe.batch_size // (_LEAST if threads == _FEW else _LEAST_OF_MANY)
    by = Runtime(device=recipe.device, threads=threads, deterministic=recipe.deterministic)
    return in_lanes(by, 1 if whole else max(1, min(threads, fitting)), recipe)


def in_lanes(by: Runtime, lanes: int, recipe: Recipe) -> Runtime:
    """Compute in so many lanes; in one, threads share each operation, or where that does not pay, do one each."""
    alone = lanes > 1 or (by.threads == _FEW and recipe.batch_size <= _SMALL)
    return msgspec.structs.replace(by, lanes=lanes, sharing=1 if alone else by.threads)


def _is_slower(by: Runtime, batch_size: int, measured: Sequence[Measurement]) -> bool:
    """Tell whether networks that were measured in both ways, with batches of about that size, are slower in lanes."""
    here = [each for each in measured if each.threads == by.threads and each.device == "CPU"]
    alone = {(each.network, each.precision, each.batch_size): each.step_seconds for each in here if each.lanes == 1}
    ratios: dict[int, list[float]] = {}
    for each in here:
        other = alone.get((each.network, each.precision, each.batch_size))
        if each.lanes > 1 and other is not None:
            ratios.setdefault(each.batch_size, []).append(each.step_seconds / other)
    sizes = [size for size, found in ratios.items() if len(found) >= _ENOUGH]
    if not sizes:
        return False
    return median(ratios[min(sizes, key=lambda size: abs(log(size / batch_size)))]) > 1


def thread_count(recipe: Recipe) -> int:
    """Count the threads that compute: the recipe's, or one for each processor that this process may use."""
    if recipe.threads:
        return recipe.threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
