"""Who answers what."""

from collections.abc import Callable
from typing import Any

import msgspec

from tui_cnn.runs.inspection.requests import (
    Activate,
    AnyRequest,
    Evaluate,
    Excite,
    GradCam,
    Kernels,
    Look,
    Occlude,
    Open,
    Predict,
    Range,
    Saliency,
    Shift,
)
from tui_cnn.worker.inspection import explaining, looking, sampling, seeing
from tui_cnn.worker.inspection.job import Job
from tui_cnn.worker.inspection.opened import Opened
from tui_cnn.worker.inspection.shelf import Shelf

_ANSWERS: dict[type, Callable[[Opened, Any], Job]] = {
    Open: looking.describe,
    Predict: looking.predict,
    Activate: looking.activate,
    Kernels: looking.weights,
    Saliency: explaining.saliency,
    GradCam: explaining.grad_cam,
    Occlude: explaining.occlude,
    Look: seeing.look,
    Excite: seeing.excite,
    Range: sampling.ranges,
    Shift: sampling.shifts,
    Evaluate: sampling.evaluate,
}


class Answers:
    """Answers requests, and keeps open what they are about."""

    def __init__(self) -> None:
        self._shelf = Shelf()

    def begin(self, request: AnyRequest) -> Job:
        """Begin to answer; nothing is done before the first turn.

        Raises (in a turn):
            RunError, FormatError, DataError: it cannot be answered.
        """
        opened = self._shelf.open(request.source) if isinstance(request, Open) else self._shelf.get(request.source)
        reply = yield from _ANSWERS[type(request)](opened, request)
        return msgspec.structs.replace(reply, stamp=opened.stamp)
