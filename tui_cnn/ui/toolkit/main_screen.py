"""What all screens share: the line at the top, the footer, and a notice where the terminal is too small."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.confinement import is_served
from tui_cnn.i18n import _
from tui_cnn.ui.design import Design
from tui_cnn.ui.toolkit.keys_footer import KeysFooter
from tui_cnn.ui.toolkit.network_summary import header_totals
from tui_cnn.ui.toolkit.textual_adapter import AdaptedApp
from tui_cnn.ui.workspace import Workspace, workspace_of

_ROOM_FOR_NAMES = 90
_ROOM_FOR_SPACES = 64
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
        & #tabs { width: auto; color: $text-muted; }
        & HeaderTotals { width: 4fr; min-width: 33; padding: 0 1; text-align: right; color: $text-muted; }
    }
    """

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

    def compose(self) -> ComposeResult:
        """Lay out the three parts."""
        yield Static(id="network")
        tabs = Static(self._tabs(named=True), id="tabs")
        tabs.auto_links = False  # the colour of a tab says which screen is open
        yield tabs
        yield HeaderTotals()

    def show_name(self, name: str, *, unsaved: bool) -> None:
        """Show the name of a network, and whether it has changes that are not saved."""
        mark = Content.styled("● ", "$text-warning") if unsaved else Content("")
        text = Content.assemble(mark, (name, "bold"))  # the mark first: a long name is cut
        self.query_one("#network", Static).update(text, layout=False)

    def show_totals(self, totals: Sequence[str]) -> None:
        """Show the totals of what is on the screen, the most important first."""
        self.query_one(HeaderTotals).show(totals)

    def on_resize(self) -> None:
        """Leave the tabs' names away where there is no room for them."""
        width = self.size.width
        tabs = self._tabs(named=width >= _ROOM_FOR_NAMES, spaced=width >= _ROOM_FOR_SPACES)
        self.query_one("#tabs", Static).update(tabs)

    def _tabs(self, *, named: bool, spaced: bool = True) -> Content:
        """Name the screens, the open one marked."""
        tabs = (
            ("1", "build", _("Build")),
            ("2", "train", _("Train")),
            ("3", "inspect", _("Inspect")),
            ("4", "lab", _("Lab")),
            ("5", "runs", _("Runs")),
            ("6", "search", _("Search")),
        )
        parts = []
        for key, mode, title in tabs:
            style = "bold $text-primary on $primary-muted" if mode == self._mode else ""
            label = f" {key} {title} " if named else f" {key} " if spaced else f"{key} "
            parts.append(Content.from_markup(f"[@click=app.go_to('{mode}')]{label}[/]").stylize(style))
        return Content("").join(parts)


if TYPE_CHECKING:
    from tui_cnn.ui.toolkit.help import Place


class MainScreen(Screen[None]):
    """A screen of the app; a subclass lays out its body and shows designs."""

    MODE: ClassVar[str]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide"), (140, "-broad")]  # noqa: RUF012  # as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-low"), (32, "-tall"), (45, "-high")]  # noqa: RUF012  # as Textual declares it

    @property
    def workspace(self) -> Workspace:
        """What the screens share."""
        return workspace_of(self)

    def compose(self) -> ComposeResult:
        """Lay out the frame around the body, at once for the size of the terminal."""
        for limits, extent in zip((self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), self.app.size, strict=True):
            self.add_class(max((least, name) for least, name in limits if extent >= least)[1])
        yield TopBar(self.MODE)
        yield Container(*self.body(), id="body")
        yield KeysFooter()
        yield Static(_("cnn-tui needs a terminal of 60×16 or larger;\n80×24 is recommended."), id="small")

    def body(self) -> Iterator[Widget]:
        """Yield the widgets of the screen."""
        raise NotImplementedError

    _focused_before: Widget | None = None

    def on_mount(self) -> None:
        """Follow the design."""
        self.workspace.subscribe(self, "design", self._show_design)

    def watch_focused(self, before: Widget | None, after: Widget | None) -> None:
        """Remember what had the focus when the terminal became too small to show it."""
        if after is None and self._is_small():
            self._focused_before = before

    def on_resize(self) -> None:
        """Share the new room, and give the focus back once there is some again."""
        self.share_room()
        if self._focused_before is not None and not self._is_small():
            if self._focused_before.is_attached:
                self.call_after_refresh(self.set_focus, self._focused_before)
            self._focused_before = None

    def on_screen_resume(self) -> None:
        """Share the room anew: `size` is the terminal's, which may have been another when this screen was behind.

        In a served app, say which screen is open: the teacher's page shows it.
        """
        self.share_room()
        if is_served() and self.workspace.state.screen != self.MODE:
            self.workspace.remember(screen=self.MODE)

    def share_room(self) -> None:
        """Give each part of the body its share of the terminal; by default the style sheet does."""

    def _is_small(self) -> bool:
        return self.has_class("-tiny") or self.has_class("-flat")

    @property
    def topics(self) -> tuple[str, ...]:
        """What the user looks at, the nearest first: a field of a form, and what the screen shows."""
        field = (self.focused.id or "").partition("field-")[2] if self.focused else ""
        return (field, *self.shown_topics)

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """What there are lessons about: a layer's type, kinds of numbers, a view."""
        return ()

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave a screen that lies over another, once, wherever one is by then: a thread may come late."""
        return cast("AdaptedApp", self.app).close(self, result)

    def commit_pending(self) -> None:
        """Apply what stands in an open form, before the network is saved or left; by default there is none."""

    def place(self) -> "Place | None":
        """Say where the user is, for the help; by default there is nothing to say."""
        return None

    def totals(self) -> Sequence[str]:
        """Return the totals of what this screen shows, the most important first; by default those of the design."""
        return header_totals(self.workspace.design.analysis)

    def shown_network(self) -> str:
        """Return the name of the network that this screen shows; empty, as by default, for the design."""
        return ""

    def show_header(self) -> None:
        """Show name and totals anew in the line at the top: for a screen that shows another network than the design."""
        bar, design, other = self.query_one(TopBar), self.workspace.design, self.shown_network()
        bar.show_name(other or design.network.name, unsaved=design.dirty and not other)
        bar.show_totals(self.totals())

    def _show_design(self, design: Design) -> None:
        self.show_header()
        self.show_design(design)

    def show_design(self, design: Design) -> None:
        """Show another state of the design; by default only the line at the top does."""
