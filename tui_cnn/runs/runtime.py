"""The settings of TensorFlow for a run, which are fixed for the life of its process."""

import os

import msgspec

from tui_cnn.core.network import Network, walk
from tui_cnn.runs.recipe import Device, Recipe

_LEAST = 16
"""Images of a batch that a lane must have, to be worth its way through the network."""
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


def runtime(network: Network, recipe: Recipe) -> Runtime:
    """Return what suits a network and a recipe best, as `tests.bench.threads` measures it.

    Lanes do not know the statistics of a whole batch, unless the recipe takes those of its parts: Hoffer, Hubara,
    Soudry, "Train longer, generalize better", 2017.
    """
    threads = thread_count(recipe)
    whole = not recipe.ghost_batches and any(layer.mixes_images for _path, layer in walk(network.layers))
    lanes = 1 if whole or recipe.batch_size < _LEAST * threads else threads
    sharing = 1 if lanes > 1 or (threads == _FEW and recipe.batch_size <= _SMALL) else threads
    return Runtime(
        device=recipe.device, threads=threads, lanes=lanes, sharing=sharing, deterministic=recipe.deterministic
    )


def thread_count(recipe: Recipe) -> int:
    """Count the threads that compute: the recipe's, or one for each processor that this process may use."""
    if recipe.threads:
        return recipe.threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
