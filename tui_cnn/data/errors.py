"""The error of a data set that cannot be used."""

from tui_cnn.errors import UserError


class DataError(UserError):
    """A data set cannot be read or does not fit. Its text names the file, what is wrong, and what to do."""
