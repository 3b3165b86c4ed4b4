"""A piece of work that pauses now and then, so that a quick question need not wait for a long answer."""

from collections.abc import Generator
from typing import Any

import numpy as np
import tensorflow as tf

from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import AnyReply
from tui_cnn.worker.inspection.engine import Floats
from tui_cnn.worker.inspection.loaded_model import LoadedModel, Pixels

Job = Generator[float, None, AnyReply]
"""Yields the share of the work that is done, 0 to 1, and returns the answer."""


def probabilities_of(scores: Any) -> Floats:
    """Convert scores (n, classes) to probabilities."""
    return np.asarray(tf.nn.softmax(scores))


def target_class(loaded: LoadedModel, pixels: Pixels, target: int | None) -> tuple[int, float]:
    """Return the target class of an image (height, width), and its probability.

    Raises:
        RunError: no class has this number.
    """
    probabilities = loaded.predict(pixels[np.newaxis])[0]
    if target is None:
        target = int(probabilities.argmax())
    if not 0 <= target < len(probabilities):
        message = _("no class {number}; the classes are 0 to {last}")
        raise RunError(message.format(number=target, last=len(probabilities) - 1))
    return target, float(probabilities[target])
