"""Ask for the name of a variant."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui_cnn.i18n import _
from tui_cnn.ui.build.variants import variant_path
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult


class VariantName(SingleResult[Path | None]):
    """A line to type a name into; one that is taken needs Enter twice. The answer is where the variant goes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, design: str, proposed: str) -> None:
        super().__init__()
        self._design = design
        self._proposed = proposed
        self._agreed = ""

    def compose(self) -> ComposeResult:
        """Lay out the line and a word about it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = _("Save the network as a variant")
            yield Input(self._proposed, compact=True, id="name", select_on_focus=True)
            yield Static(_("Enter save   Esc back"), classes="keys", id="advice", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        name = event.value.strip()
        advice = self.query_one("#advice", Static)
        try:
            path = variant_path(self._design, name)
        except ValueError as error:
            advice.update(str(error))
            return
        if path.exists() and name != self._agreed:
            self._agreed = name
            advice.update(_("{name} already exists; press Enter again to replace it").format(name=name))
        else:
            self.dismiss(path)
