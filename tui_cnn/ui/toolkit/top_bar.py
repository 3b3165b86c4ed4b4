"""The line at the top: what is open, which screens there are, and the totals."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.ui.design import Design
from tui_cnn.ui.toolkit.network_summary import at_least, widest_field
from tui_cnn.ui.toolkit.numbers import short_count

_NAME = 8
"""Cells to leave for the network's name, its margins among them."""

_ROOMY = 20
"""Cells for the name from which on all screens are named, too."""


class TopBar(Horizontal):
    """One line, the same on every screen."""

    DEFAULT_CSS = """
    TopBar {
        height: 1;
        background: $panel;
        & #program { width: auto; padding-left: 1; color: $text-muted; }
        & #network { width: 1fr; padding: 0 1; text-overflow: ellipsis; text-wrap: nowrap; }
        & #tabs { width: auto; }
        & #totals { width: auto; padding: 0 1; text-wrap: nowrap; }
    }
    """

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode
        self._totals = ""
        self._field = ""
        self._tabs_width = 0

    def compose(self) -> ComposeResult:
        """Lay out the three parts."""
        yield Static("cnn-tui", id="program")
        yield Static(id="network")
        yield Static(self._tabs(), id="tabs")
        yield Static(id="totals")

    def show(self, design: Design) -> None:
        """Show the name and the totals of a design."""
        mark = Content.styled("● ", "$warning") if design.dirty else Content("")
        name = Content.assemble(mark, (design.network.name, "bold"))  # the mark first: a long name is cut
        self.query_one("#network", Static).update(name, layout=False)
        totals = design.analysis.totals
        least = at_least(design.analysis)
        text = _("{least}{params} parameters · {least}{macs} MACs").format(
            least=least, params=f"{totals.params:,}", macs=short_count(totals.macs)
        )
        seen = widest_field(design.analysis)
        field = " · " + _("RF {size}").format(size=seen) if seen else ""
        wider = len(text) > len(self._totals) or len(field) > len(self._field)
        self._totals = text.rjust(len(self._totals))  # it never shrinks: to lay out anew takes long
        self._field = field.ljust(len(self._field))
        if wider:
            self.on_resize()
        else:
            self._tell(layout=False)

    def on_resize(self) -> None:
        """Let the field give way where there is no room beside the totals, then the screens' names, then their keys."""
        tabs, room = self.query_one("#tabs", Static), self.size.width - cell_len(self._totals)
        whole, short = self._tabs(), self._tabs(short=True)
        self._tabs_width = whole.cell_length
        roomy = room - whole.cell_length >= _ROOMY
        tabs.update(whole if roomy else short)
        tabs.display = room - short.cell_length >= _NAME
        self._tell(layout=True)

    def _tell(self, *, layout: bool) -> None:
        """Write the totals, and the field where there is room."""
        room = self.size.width - cell_len(self._totals) - self._tabs_width - cell_len(self._field)
        text = self._totals + (self._field if room >= _ROOMY else "")
        self.query_one("#totals", Static).update(Content(text), layout=layout)

    def _tabs(self, *, short: bool = False) -> Content:
        """Name the screens; of a short list only the one that is open has its name."""
        tabs = (
            ("1", "build", _("Build")),
            ("2", "train", _("Train")),
            ("3", "inspect", _("Inspect")),
            ("4", "lab", _("Lab")),
            ("5", "runs", _("Runs")),
        )
        parts = []
        for key, mode, title in tabs:
            here = mode == self._mode
            style = "bold $text-primary on $primary-muted" if here else "$text-muted"
            words = key if short and not here else f"{key} {title}"
            parts.append(Content.from_markup(f"[@click=app.mode_{mode}] {words} [/]").stylize(style))
        return Content(" ").join(parts)
