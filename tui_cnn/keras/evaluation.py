"""A model evaluated on the images that a person gave the recorder: each epoch on some, at the end on those to test."""

from typing import Any

import numpy as np

from tui_cnn.i18n import _
from tui_cnn.keras.images import GivenImages, ImageEvaluation
from tui_cnn.keras.notices import write_line
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.ledger import TestEvaluation, record
from tui_cnn.runs.predictions import KeptPredictions, save_predictions


def evaluate(model: Any, images: GivenImages, *, metrics: bool = True) -> ImageEvaluation | None:
    """Evaluate a model as it is, as `GivenImages.evaluate` does; where Keras cannot, a line says why."""
    try:
        return images.evaluate(model, metrics=metrics)
    except Exception as error:  # whatever a person's layers and arrays lead to
        write_line(_("the images given to the Recorder cannot be evaluated: {reason}").format(reason=error))
        return None


def note_test(run: RunDirectory, images: GivenImages, tested: ImageEvaluation, weights: str, epoch: int) -> None:
    """Note that weights of a run, those of an epoch, were evaluated on its test images; keep what they predicted.

    Raises:
        OSError: it cannot be written.
    """
    if tested.accuracy is None:
        return
    entry = TestEvaluation(
        test_set=images.digest,
        data=run.name,
        run=run.id,
        by="training",
        weights=weights,
        epoch=epoch,
        accuracy=tested.accuracy,
    )
    record(entry)
    if tested.predicted is not None and images.labels is not None:
        labels = images.labels.astype(np.uint32)
        save_predictions(run, KeptPredictions(tested.predicted.astype(np.uint32), labels, images.digest))
