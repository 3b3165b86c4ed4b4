"""What all screens share: the line at the top, the footer, and a notice where the terminal is too small."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from tui_cnn.i18n import _
from tui_cnn.ui.design import Design
from tui_cnn.ui.toolkit.network_summary import header_totals
from tui_cnn.ui.toolkit.top_bar import TopBar
from tui_cnn.ui.workspace import Workspace, workspace_of

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
        yield Footer()
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
        """Give the focus back once there is room again."""
        if self._focused_before is not None and not self._is_small():
            if self._focused_before.is_attached:
                self.call_after_refresh(self.set_focus, self._focused_before)
            self._focused_before = None

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

    def commit_pending(self) -> None:
        """Apply what stands in an open form, before the network is saved or left; by default there is none."""

    def place(self) -> "Place | None":
        """Say where the user is, for the help; by default there is nothing to say."""
        return None

    def totals(self) -> Sequence[str]:
        """Return the totals of what this screen shows, the most important first; by default those of the design."""
        return header_totals(self.workspace.design.analysis)

    def show_totals(self) -> None:
        """Show the totals anew in the line at the top: for a screen whose totals are not those of the design."""
        self.query_one(TopBar).show_totals(self.totals())

    def _show_design(self, design: Design) -> None:
        self.query_one(TopBar).show(design)
        self.show_totals()
        self.show_design(design)

    def show_design(self, design: Design) -> None:
        """Show another state of the design; by default only the line at the top does."""
