"""A bench as a program: one for each library, to read and to copy."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.lab.code import Library
from tui_cnn.ui.lab.actions import CODE
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame


class CodeDialog(SingleResult[None]):
    """Shows one program at a time; ← → turn to the other libraries."""

    BINDINGS: ClassVar[list[BindingType]] = [*CODE.bindings()]

    def __init__(self, programs: Mapping[Library, str]) -> None:
        super().__init__()
        self._programs = programs
        self._libraries = list(programs)
        self._shown = 0

    def compose(self) -> ComposeResult:
        """Lay out the program."""
        with frame("", _("← → library   y copy   ↑ ↓ scroll   Esc back"), "-text"), VerticalScroll():
            yield Static(id="program")

    def on_mount(self) -> None:
        """Show the first."""
        self.query_one(VerticalScroll).focus()
        self.action_turn(0)

    def action_turn(self, by: int) -> None:
        """Turn to another library."""
        self._shown = (self._shown + by) % len(self._libraries)
        library = self._libraries[self._shown]
        names = [
            Content.styled(f" {name} ", "bold $text-primary on $primary-muted" if name == library else "$text-muted")
            for name in self._libraries
        ]
        self.query_one("#dialog").border_title = Content(" ").join(names)
        self.query_one("#program", Static).update(highlight(self._programs[library], language="python"))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_copy_code(self) -> None:
        """Copy the program, through the terminal."""
        self.app.copy_to_clipboard(self._programs[self._libraries[self._shown]])
        self.app.notify(_("Copied; your terminal may have to allow it"))
