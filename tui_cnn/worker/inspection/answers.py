"""Who answers what."""

from collections.abc import Callable
from typing import Any

import msgspec

from tui_cnn.runs.inspection.requests import (
    Activate,
    AnyRequest,
    Evaluate,
    GradCam,
    Kernels,
    Look,
    Occlude,
    Open,
    Predict,
    Range,
    Saliency,
    Shift,
    TopPatches,
)
from tui_cnn.worker.inspection import attribution, outputs, receptive_field, sampling
from tui_cnn.worker.inspection.engine_cache import EngineCache
from tui_cnn.worker.inspection.job import Job
from tui_cnn.worker.inspection.loaded_model import Opened

_ANSWERS: dict[type, Callable[[Opened, Any], Job]] = {
    Open: outputs.describe,
    Predict: outputs.predict,
    Activate: outputs.activate,
    Kernels: outputs.weights,
    Saliency: attribution.saliency,
    GradCam: attribution.grad_cam,
    Occlude: attribution.occlude,
    Look: receptive_field.look,
    TopPatches: receptive_field.excite,
    Range: sampling.ranges,
    Shift: sampling.shifts,
    Evaluate: sampling.evaluate,
}


class Answers:
    """Answers requests, and keeps open what they are about."""

    def __init__(self) -> None:
        self._shelf = EngineCache()

    def begin(self, request: AnyRequest) -> Job:
        """Begin to answer; nothing is done before the first turn.

        Raises (in a turn):
            RunError, FormatError, DataError: it cannot be answered.
        """
        opened = self._shelf.open(request.source) if isinstance(request, Open) else self._shelf.get(request.source)
        reply = yield from _ANSWERS[type(request)](opened, request)
        return msgspec.structs.replace(reply, stamp=opened.stamp)
