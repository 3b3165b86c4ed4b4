"""The error of a search that cannot be made, started, found or controlled."""

from tui_cnn.errors import UserError


class SearchError(UserError):
    """A search cannot do what is asked. Its text names what is wrong and what to do."""
