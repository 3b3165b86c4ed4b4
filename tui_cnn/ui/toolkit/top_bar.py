"""The line at the top, with fixed places: what is open, which screens there are, and the totals of what is shown."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.ui.design import Design

_ROOM_FOR_NAMES = 90
"""Columns of the terminal from which on the tabs have names beside their keys."""


class HeaderTotals(Static):
    """Totals, the most important first: as many as there is room for."""

    totals: Sequence[str] = ()

    def show(self, totals: Sequence[str]) -> None:
        """Show other totals."""
        self.totals = totals
        self.on_resize()

    def on_resize(self) -> None:
        """Write as many as there is room for; none is cut."""
        texts = [Content(" · ".join(self.totals[:count])) for count in range(len(self.totals), -1, -1)]
        self.update(next(text for text in texts if text.cell_length <= self.content_size.width), layout=False)


class TopBar(Horizontal):
    """One line, the same on every screen: whatever it says at the sides, the tabs keep their columns."""

    DEFAULT_CSS = """
    TopBar {
        height: 1;
        background: $panel;
        & Static { text-wrap: nowrap; }
        & #network { width: 3fr; min-width: 12; padding-left: 1; text-overflow: ellipsis; }
        & #tabs { width: auto; link-style: none; link-color: $text-muted; }
        & HeaderTotals { width: 4fr; min-width: 33; padding: 0 1; text-align: right; color: $text-muted; }
    }
    """

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

    def compose(self) -> ComposeResult:
        """Lay out the three parts."""
        yield Static(id="network")
        yield Static(self._tabs(named=True), id="tabs")
        yield HeaderTotals()

    def show(self, design: Design) -> None:
        """Show the name of a design, and whether it is saved."""
        mark = Content.styled("● ", "$text-warning") if design.dirty else Content("")
        name = Content.assemble(mark, (design.network.name, "bold"))  # the mark first: a long name is cut
        self.query_one("#network", Static).update(name, layout=False)

    def show_totals(self, totals: Sequence[str]) -> None:
        """Show the totals of what is on the screen, the most important first."""
        self.query_one(HeaderTotals).show(totals)

    def on_resize(self) -> None:
        """Leave the tabs' names away where there is no room for them."""
        self.query_one("#tabs", Static).update(self._tabs(named=self.size.width >= _ROOM_FOR_NAMES))

    def _tabs(self, *, named: bool) -> Content:
        """Name the screens, the open one marked."""
        tabs = (
            ("1", "build", _("Build")),
            ("2", "train", _("Train")),
            ("3", "inspect", _("Inspect")),
            ("4", "lab", _("Lab")),
            ("5", "runs", _("Runs")),
        )
        parts = []
        for key, mode, title in tabs:
            style = "bold $text-primary on $primary-muted" if mode == self._mode else "$text-muted"
            label = f" {key} {title} " if named else f" {key} "
            parts.append(Content.from_markup(f"[@click=app.go_to('{mode}')]{label}[/]").stylize(style))
        return Content("").join(parts)
