"""Which columns the stack shows."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from tui_cnn.i18n import _
from tui_cnn.ui.build.columns import CHOOSABLE, titles
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame


class ChooseColumns(SingleResult[frozenset[str] | None]):
    """A box to tick for each column; answers with the keys of those that are not wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", show=False),
        Binding("enter", "take", show=False, priority=True),
    ]

    def __init__(self, hidden: frozenset[str]) -> None:
        super().__init__()
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        """Lay out the boxes."""
        names = titles() | {"share": _("share of all parameters"), "memory": _("activations (bytes)")}
        with frame(_("Columns"), _("Space toggle   Enter apply   Esc back")):
            boxes = [Selection(names[key], key, key not in self._hidden) for key in CHOOSABLE]
            yield SelectionList[str](*boxes, compact=True)
            yield Static(_("Some columns are hidden when there is little space."), classes="keys")

    def action_take(self) -> None:
        """Answer with what is not ticked."""
        self.dismiss(frozenset(CHOOSABLE) - frozenset(self.query_one(SelectionList).selected))
