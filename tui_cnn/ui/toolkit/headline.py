"""The numbers that matter most, in large digits."""

from math import isfinite
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Digits, Label


class Headline(NamedTuple):
    """A number in large digits, and what it is."""

    digits: str
    label: str


class HeadlineNumber(Vertical):
    """A number in large digits above what it is."""

    DEFAULT_CSS = """
    HeadlineNumber {
        width: auto;
        min-width: 9;
        height: 4;
        margin-right: 2;
        & Digits { width: auto; }
        & Label { color: $text-muted; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out both."""
        yield Digits()
        yield Label()

    def show(self, headline: Headline) -> None:
        """Show another number."""
        self.query_one(Digits).update(headline.digits)
        self.query_one(Label).update(Content(headline.label))


def clock(seconds: float) -> str:
    """Write a time span as a clock does: `0:26`, `2:10:05`."""
    minutes, rest = divmod(max(0, round(seconds)) if isfinite(seconds) else 0, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
