"""Ask for a line of text."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.single_result import SingleResult, frame


class LineDialog(SingleResult[str | None]):
    """A line to type into, with what it held before; Escape leaves that as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, title: str, value: str, about: str) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._about = about

    def compose(self) -> ComposeResult:
        """Lay out the line and what it is for."""
        with frame(self._title, _("Enter save   Esc back")):
            yield Input(self._value, compact=True, id="line", select_on_focus=False)
            yield Static(self._about, classes="keys", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())
