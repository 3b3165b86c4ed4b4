"""Look for a file in a tree of directories; loaded late, as the library that shows the tree is not light."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual_fspicker import FileOpen, Filters
from textual_fspicker.parts import DirectoryNavigation

from tui_cnn.i18n import _


class LookForFile(FileOpen):
    """The dialog in our words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page('up')", show=False, priority=True),
        Binding("pagedown", "page('down')", show=False, priority=True),
    ]

    def __init__(self, title: str, kind: str, fits: Callable[[Path], bool]) -> None:
        filters = Filters((kind, fits), (_("All"), lambda _path: True))
        super().__init__(title=title, open_button=_("Open"), cancel_button=_("Back"), filters=filters)

    async def action_page(self, way: str) -> None:
        """Move by a page, where there is room for one: Textual's list falls over a page of no lines."""
        tree = self.query_one(DirectoryNavigation)
        if tree.size.height:
            await tree.run_action(f"page_{way}")
