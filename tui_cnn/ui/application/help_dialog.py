"""The help, with the ways to the lessons about what the user looks at."""

from collections.abc import Iterable
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _, language
from tui_cnn.lab.lessons import lessons, lessons_of
from tui_cnn.ui.toolkit.dialogs.text import TextDialog
from tui_cnn.ui.workspace import workspace_of

_KEYS = ("l", *"123456789")


class HelpDialog(TextDialog):
    """A text that begins with the lessons, the nearest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"lesson({place})", show=False) for place, key in enumerate(_KEYS)
    ]

    def __init__(self, title: str, text: RenderableType, topics: Iterable[str]) -> None:
        self._lessons = lessons_of(topics)[: len(_KEYS)]
        titles = {lesson.name: lesson.title for lesson in lessons(language())}
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="bold")
        for place, name in enumerate(self._lessons):
            about = _("lesson: {title}") if place == 0 else "{title}"
            table.add_row(_KEYS[place], about.format(title=titles[name]))
        super().__init__(title, Group(table, "", text))

    def action_lesson(self, place: int) -> None:
        """Open a lesson."""
        if place < len(self._lessons):
            self.dismiss(None)
            self.app.call_later(workspace_of(self).follow_link, f"lesson:{self._lessons[place]}")
