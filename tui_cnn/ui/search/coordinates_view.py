"""The parameters of all trials at once, those of the best in the accent; an axis chooses which are."""

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip

from tui_cnn.i18n import _
from tui_cnn.ui.search.actions import COORDINATES
from tui_cnn.ui.search.coordinates import ACCURACY, TrialAxis, axes, draw_coordinates, highlighted
from tui_cnn.ui.search.reader import Shown
from tui_cnn.ui.toolkit.chart import PlotView


class CoordinatesView(PlotView, can_focus=True):
    """Draws the axes and the lines anew only when they are others."""

    BINDINGS: ClassVar[list[BindingType]] = [*COORDINATES.bindings()]

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel view")
        self._axes: list[TrialAxis] = []
        self._here = -1
        self._part = 0
        self._selected = 0

    def show(self, shown: Shown | None, selected: int) -> None:
        """Show the trials as they stand."""
        space = shown.space if shown else None
        keys = [axis.key for axis in self._axes]
        self._axes = axes(space, shown.trials) if space and shown else []
        if keys != [axis.key for axis in self._axes]:
            self._here = len(self._axes) - 1
        self._selected = selected
        self._entitle()

    def action_select_axis(self, by: int) -> None:
        """Go to another axis; its highest part is highlighted."""
        if self._axes:
            self._here = max(0, min(self._here + by, len(self._axes) - 1))
            self._part = self._axes[self._here].parts - 1
            self._entitle()

    def action_select_part(self, by: int) -> None:
        """Highlight the trials with higher or with lower values."""
        if self._axes:
            self._part = max(0, min(self._part + by, self._axes[self._here].parts - 1))
            self._entitle()

    def on_focus(self) -> None:
        """Name the keys."""
        self._entitle()

    def on_blur(self) -> None:
        """Name no keys."""
        self._entitle()

    @property
    def _bright(self) -> frozenset[int]:
        return highlighted(self._axes[self._here], self._part) if self._axes else frozenset()

    def _entitle(self) -> None:
        """Say what is highlighted."""
        bright = self._bright
        axis = self._axes[self._here] if self._axes else None
        what = ""
        if axis is not None and axis.key == ACCURACY:
            what = _("the best {count} in colour").format(count=len(bright))
        elif axis is not None:
            what = _("{axis}: {count} trials in colour").format(axis=axis.title, count=len(bright))
        if not self._axes or not self._axes[-1].places:
            what = _("no trial has finished yet")
        self.border_title = Content.assemble((_("Parameters"), "bold"), (f"  {what}", "not bold"))
        self.border_subtitle = _("← → axis   ↑ ↓ values") if self.has_focus else ""
        self._drawn = ()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Take a line of the drawing."""
        if self._drawn != (self.size,):
            self._drawn = (self.size,)
            self._strips = self._draw(self.size)
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def _draw(self, size: Size) -> list[Strip]:
        if not size or not self._axes or not self._axes[-1].places:
            return []
        rows = draw_coordinates(self._axes, self._here, self._bright, self._selected, (size.width, size.height))
        return self.strips(rows, size.width)
