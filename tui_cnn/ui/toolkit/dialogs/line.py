"""Ask for a line of text."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.single_result import SingleResult


class LineDialog(SingleResult[str | None]):
    """A line to type into, with what it held before; Escape leaves that as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, title: str, value: str, about: str) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._about = about

    def compose(self) -> ComposeResult:
        """Lay out the line and a word about it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield Input(self._value, compact=True, id="line", select_on_focus=False)
            yield Static(f"{self._about}\n" + _("Enter save   Esc back"), classes="keys", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())
