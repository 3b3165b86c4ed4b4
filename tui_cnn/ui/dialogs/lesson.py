"""The help, with a way to the lesson about what the user looks at."""

from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.lab.lessons import lesson_of
from tui_cnn.ui.dialogs.text import TextDialog


class HelpDialog(TextDialog):
    """A text whose first line names the lesson."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("l", "lesson", show=False)]

    def __init__(self, title: str, text: RenderableType, topic: str) -> None:
        self._lesson = lesson_of(topic)
        about = _("the lesson about {topic}").format(topic=topic) if topic else _("the lessons")
        super().__init__(title, Group(Text.assemble(("l", "bold"), f"  {about}"), Text(), text))

    def action_lesson(self) -> None:
        """Open the lesson."""
        self.dismiss(None)
        self.app.call_later(self.app.run_action, f"app.open_lesson('{self._lesson}')")
