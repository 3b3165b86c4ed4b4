"""The handlers of requests."""

from collections.abc import Callable
from typing import Any

import msgspec

from tui_cnn.runs.inspection.requests import (
    Activate,
    AnyRequest,
    Evaluate,
    FieldRequest,
    GradCam,
    Kernels,
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
from tui_cnn.worker.inspection.loaded_model import LoadedModel

_ANSWERS: dict[type, Callable[[LoadedModel, Any], Job]] = {
    Open: outputs.describe,
    Predict: outputs.predict,
    Activate: outputs.activate,
    Kernels: outputs.weights,
    Saliency: attribution.saliency,
    GradCam: attribution.grad_cam,
    Occlude: attribution.occlude,
    FieldRequest: receptive_field.receptive_field,
    TopPatches: receptive_field.top_patches,
    Range: sampling.ranges,
    Shift: sampling.shifts,
    Evaluate: sampling.evaluate,
}


class Answers:
    """Answers requests, and caches the models that they are about."""

    def __init__(self) -> None:
        self._cache = EngineCache()

    def begin(self, request: AnyRequest) -> Job:
        """Return the job that answers a request; its work begins with its first step.

        Raises (in a step):
            UserError: it cannot be answered.
        """
        loaded = self._cache.open(request.source) if isinstance(request, Open) else self._cache.get(request.source)
        reply = yield from _ANSWERS[type(request)](loaded, request)
        return msgspec.structs.replace(reply, stamp=loaded.stamp)
