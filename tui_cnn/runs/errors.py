"""The error of a run that cannot be started, found or controlled."""

from tui_cnn.errors import UserError


class RunError(UserError):
    """A run cannot do what is asked. Its text says what was given, what is wrong, and what to do."""
