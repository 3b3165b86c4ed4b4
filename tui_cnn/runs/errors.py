"""The error of a run that cannot be started, found or controlled."""

from pathlib import Path

from tui_cnn.errors import UserError
from tui_cnn.i18n import _


class RunError(UserError):
    """A run cannot do what is asked. Its text names what is wrong and what to do."""


def unwritable(path: Path, error: OSError) -> RunError:
    """Make the error of a file of a run that cannot be written."""
    message = _("{path}: cannot be written ({reason}); free some space, or check its permissions")
    return RunError(message.format(path=path, reason=error.strerror))
