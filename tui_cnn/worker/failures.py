"""What went wrong, in a sentence for the user, and what to do about it."""

import errno

from tui_cnn.data.files import DataError
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.events import Failed

_WHERE = "in user code:"


class TrainingError(UserError):
    """The training cannot go on; it knows what to do about it."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


def explain(error: Exception) -> Failed:
    """Make the event that ends a run out of an error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # An error while TensorFlow traces our functions begins with the place, and ends with the reason.
    reason = lines[-1 if lines[0] == _WHERE else 0] if lines else type(error).__name__
    match error:
        case TrainingError():
            return Failed(error=reason, advice=error.advice)
        case DataError() | FormatError():
            return Failed(error=reason, advice=_("Fix that file, then resume the run or start a new one."))
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return Failed(error=_("The disk is full."), advice=_("Free some space, then resume the run."))
        case OSError(filename=str() as path, strerror=str() as why):
            return Failed(error=f"{path}: {why}", advice=_("Fix the problem, then resume the run."))
        case OSError():
            return Failed(error=reason, advice=_("Fix the problem, then resume the run."))
        case ImportError():
            error_text = _("TensorFlow cannot be loaded: {reason}").format(reason=reason)
            return Failed(error=error_text, advice=_("Reinstall cnn-tui, then resume the run."))
    # TensorFlow's own classes are not imported here: it may be TensorFlow that failed to load.
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        advice = _("Start a new run with a smaller batch size or a smaller network.")
        return Failed(error=_("Not enough memory."), advice=advice)
    return Failed(
        error=f"{type(error).__name__}: {reason}",
        advice=_("This is a bug in cnn-tui: please report it with the end of worker.log."),
    )
