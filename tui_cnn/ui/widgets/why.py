"""The numbers of what is selected, each with its formula."""

from collections.abc import Sequence

from rich.text import Text
from textual.content import Content
from textual.widget import Widget

from tui_cnn.ui.draw.why import Number, write


class WhyView(Widget):
    """Shows as many numbers as there is room for, the shape first."""

    COMPONENT_CLASSES = {"why--quiet"}  # noqa: RUF012  # as Textual declares it
    DEFAULT_CSS = """
    WhyView {
        & > .why--quiet { color: $foreground 60%; }
    }
    """

    _numbers: Sequence[Number] = ()

    def show(self, title: str, numbers: Sequence[Number]) -> None:
        """Show other numbers."""
        self.border_title = Content(title)
        self._numbers = numbers
        self.refresh()

    def render(self) -> Text:
        """Write the numbers."""
        return write(self._numbers, self.size.width, self.get_component_rich_style("why--quiet"))
