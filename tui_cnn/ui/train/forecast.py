"""What is known of a run before it starts: read and worked out in a thread."""

from typing import NamedTuple

import msgspec

from tui_cnn.core.analysis import Analysis
from tui_cnn.data.errors import DataError
from tui_cnn.runs.estimate import Estimate, estimate, precision_of
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.preflight import training_warnings
from tui_cnn.runs.queue_slot import is_training
from tui_cnn.runs.recipe import Recipe


class Forecast(NamedTuple):
    """Images to train on and to validate on, steps an epoch, and what all that will take here.

    `problem` says why nothing can be told; `queued` that another run is being trained, which this one waits for;
    `notes` what will surprise.
    """

    images: int
    validation: int
    steps: int
    estimate: Estimate
    precision: str
    queued: bool
    problem: str = ""
    notes: tuple[str, ...] = ()


_UNKNOWN = Estimate(None, None, "unknown")


def forecast(analysis: Analysis, recipe: Recipe) -> Forecast:
    """Tell what training a network by a recipe will take."""
    from tui_cnn.data.dataset import summarize

    try:
        count = summarize(recipe.directory).train_count
    except DataError as error:
        return Forecast(0, 0, 0, _UNKNOWN, "", queued=is_training(), problem=str(error))
    counts = recipe.image_counts(count)
    machine = read_machine()
    precision = precision_of(analysis, recipe, machine)
    return Forecast(
        images=counts.train,
        validation=counts.validation,
        steps=recipe.batches(counts.train),
        estimate=estimate(analysis, msgspec.structs.replace(recipe, precision=precision), count, machine),
        precision=precision,
        queued=is_training(),
        notes=tuple(training_warnings(analysis.network, recipe, count)),
    )
