"""A list of options that takes page keys at any time."""

from contextlib import suppress

from textual.widgets import OptionList


class Options(OptionList):
    """Textual's own fails on a page key that comes before it has any lines, or has room for none."""

    def action_page_up(self) -> None:
        """Move up a page."""
        with suppress(KeyError):
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Move down a page."""
        with suppress(KeyError):
            super().action_page_down()  # type: ignore[no-untyped-call]
