"""The help: what the user looks at, the lessons about it, and every key."""

from typing import Any, ClassVar

from rich.console import Group
from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _, language
from tui_cnn.lab.lessons import lessons, lessons_of
from tui_cnn.ui.application.actions import SCOPES
from tui_cnn.ui.toolkit.colours import theme_style
from tui_cnn.ui.toolkit.dialogs.dialog import TextDialog
from tui_cnn.ui.toolkit.help import help_text, keys_table
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.workspace import workspace_of

_KEYS = ("l", *"123456789")


class HelpDialog(TextDialog):
    """The help for a screen; keys open the lessons, the nearest with the first key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"lesson({place})", show=False) for place, key in enumerate(_KEYS)
    ]

    def __init__(self, app: App[Any], screen: MainScreen | None) -> None:
        self._lessons = lessons_of(screen.topics if screen else ())[: len(_KEYS)]
        place = screen.place() if screen else None
        heading, key = theme_style(app, "text-primary", bold=True), theme_style(app, "text-accent", bold=True)
        keymap = workspace_of(app).configuration.keys
        about = [place.about, Text()] if place else []
        lessons_heading = Text(_("Lessons"), style=heading)
        keys = help_text(SCOPES, keymap, place, heading, key)
        title = " · ".join([_("Help"), *([place.title] if place else [])])
        titles = {lesson.name: lesson.title for lesson in lessons(language())}
        opened = [(sign, titles[name]) for sign, name in zip(_KEYS, self._lessons, strict=False)]
        super().__init__(title, Group(*about, lessons_heading, keys_table(opened, key), Text(), keys))

    def action_lesson(self, place: int) -> None:
        """Open a lesson."""
        if place < len(self._lessons):
            self.dismiss(None)
            self.app.call_later(workspace_of(self).follow_link, f"lesson:{self._lessons[place]}")
