"""The one clear line for a run that cannot be started, found or steered."""


class RunError(ValueError):
    """A run cannot do what is asked. Its text says what was given, what is wrong, and what to do."""
