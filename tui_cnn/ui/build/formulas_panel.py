"""The numbers of what is selected, each with its formula."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.ui.build.formulas import Number, written


class FormulasView(Widget):
    """Shows as many numbers as there is room for, the shape first."""

    COMPONENT_CLASSES = {"formulas--quiet"}  # noqa: RUF012  # as Textual declares it
    DEFAULT_CSS = """
    FormulasView {
        & > .formulas--quiet { color: $foreground 70%; }
    }
    """

    _numbers: Sequence[Number] = ()
    _lines: list[list[Segment]] | None = None

    def show(self, title: str, numbers: Sequence[Number]) -> None:
        """Show other numbers."""
        self.border_title = Content(title)
        self._numbers, self._lines = numbers, None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base = self.size.width, self.visual_style.rich_style
        if self._lines is None:
            self._lines = written(self._numbers, width, self.get_component_rich_style("formulas--quiet"))
        if y >= len(self._lines):
            return Strip.blank(width, base)
        return Strip(self._lines[y]).adjust_cell_length(width).apply_style(base)

    def on_resize(self) -> None:
        """Write into the new width."""
        self._lines = None

    def notify_style_update(self) -> None:
        """Write in other colours."""
        self._lines = None
        super().notify_style_update()
