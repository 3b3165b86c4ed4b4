"""The line at the top, with fixed places: what is open, which screens there are, and the totals of what is shown."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.ui.design import Design

_ROOM_FOR_NAMES = 76
"""Columns of the terminal from which on the tabs have names beside their keys."""


class TopBar(Horizontal):
    """One line, the same on every screen: whatever it says at the sides, the tabs keep their columns."""

    DEFAULT_CSS = """
    TopBar {
        height: 1;
        background: $panel;
        & Static { text-wrap: nowrap; }
        & #network { width: 3fr; padding-left: 1; text-overflow: ellipsis; }
        & #tabs { width: auto; link-style: none; link-color: $text-muted; }
        & #totals { width: 4fr; padding: 0 1; text-align: right; color: $text-muted; }
    }
    """

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode
        self._totals: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        """Lay out the three parts."""
        yield Static(id="network")
        yield Static(self._tabs(named=True), id="tabs")
        yield Static(id="totals")

    def show(self, design: Design) -> None:
        """Show the name of a design, and whether it is saved."""
        mark = Content.styled("● ", "$text-warning") if design.dirty else Content("")
        name = Content.assemble(mark, (design.network.name, "bold"))  # the mark first: a long name is cut
        self.query_one("#network", Static).update(name, layout=False)

    def show_totals(self, totals: Sequence[str]) -> None:
        """Show totals, the most important first: as many as there is room for."""
        self._totals = totals
        self._write_totals()

    def on_resize(self) -> None:
        """Leave the tabs' names away where there is no room for them."""
        self.query_one("#tabs", Static).update(self._tabs(named=self.size.width >= _ROOM_FOR_NAMES))
        self.call_after_refresh(self._write_totals)

    def _write_totals(self) -> None:
        line = self.query_one("#totals", Static)
        room = line.content_size.width
        texts = [Content(" · ".join(self._totals[:count])) for count in range(len(self._totals), -1, -1)]
        line.update(next(text for text in texts if text.cell_length <= room), layout=False)

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
