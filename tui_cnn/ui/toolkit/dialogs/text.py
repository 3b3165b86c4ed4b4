"""Show a text to read: help, or a log."""

from typing import ClassVar

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.single_result import SingleResult, frame


class TextDialog(SingleResult[None]):
    """A text that scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss(None)", show=False),
    ]

    def __init__(self, title: str, text: RenderableType, *, at_end: bool = False) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._at_end = at_end

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with frame(self._title, _("↑ ↓ scroll   Esc back"), "-text"), VerticalScroll():
            yield Static(self._text, markup=False)

    def on_mount(self) -> None:
        """A log is read from its end."""
        scroll = self.query_one(VerticalScroll)
        scroll.focus()
        if self._at_end:
            scroll.scroll_end(animate=False)
