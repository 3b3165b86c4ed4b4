"""Ask for a file to write."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_cnn.i18n import _


class SavePath(ModalScreen[Path | None]):
    """A line to type a path into; a file that exists is replaced only when Enter is pressed twice."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, proposed: Path) -> None:
        super().__init__()
        self._proposed = proposed
        self._warned: Path | None = None

    def compose(self) -> ComposeResult:
        """Lay out the line and a word about it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = _("Save the network as")
            yield Input(str(self._proposed), compact=True, id="path", select_on_focus=False)
            yield Static(_("Enter save   Esc back"), classes="keys", id="advice")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if not text:
            return
        path = Path(text).expanduser()
        if not path.suffix:
            path = path.with_suffix(".toml")
        if path.exists() and path not in (self._warned, self._proposed):
            self._warned = path
            message = _("{name} exists; Enter again replaces it").format(name=path.name)
            self.query_one("#advice", Static).update(message)
            return
        self.dismiss(path)
