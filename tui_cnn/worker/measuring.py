"""The measurements of a training, recorded for later predictions."""

from tui_cnn.core.analysis import Analysis
from tui_cnn.runs.features import features
from tui_cnn.runs.machine import Measurement, digest, record
from tui_cnn.runs.recipe import Precision, Recipe
from tui_cnn.runs.runtime import Runtime
from tui_cnn.worker.device import device_kind


def record_step(
    analysis: Analysis, recipe: Recipe, precision: Precision, by: Runtime, seconds: float, memory: float | None
) -> None:
    """Record how many seconds a step took, and how many bytes the process then held."""
    record(
        Measurement(
            network=digest(analysis.network),
            precision=precision,
            batch_size=recipe.batch_size,
            threads=by.threads,
            lanes=by.lanes,
            sharing=by.sharing,
            device=device_kind(),
            features=features(analysis, recipe),
            step_seconds=seconds,
            memory=memory,
        )
    )
