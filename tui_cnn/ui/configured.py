"""An app that keeps to the user's settings, and remembers what the user chooses while it runs."""

from typing import Any, cast

import msgspec
from rich.console import RenderableType
from textual import work
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from tui_cnn.config import config_file
from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.ui.listening import ListeningApp
from tui_cnn.ui.notices import NoticingApp
from tui_cnn.ui.settings import Configuration
from tui_cnn.ui.state import first_theme, read_state, remember
from tui_cnn.ui.thrift import Changes, Written


class ConfiguredApp(NoticingApp, ListeningApp):
    """Takes up theme and keys, and tells what is wrong with the file."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        self.configuration = configuration
        self.state = read_state()
        self._written = Written()
        theme = first_theme(configuration.settings.theme, self.state)
        if theme in self.available_themes:
            self.set_reactive(App.theme, theme)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write to the terminal only what differs from what stands there."""
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            renderable = cast("RenderableType", Changes(renderable, self._written))
        super()._display(screen, renderable)

    def on_resize(self) -> None:
        """Write everything anew: a terminal that changes its size may have moved what stood there."""
        self._written.forget()

    def on_mount(self) -> None:
        """Take up the user's keys, and tell what is wrong with the settings."""
        self.app_resume_signal.subscribe(self, lambda _app: self._written.forget())
        self.set_keymap(self.configuration.keys)
        theme = self.configuration.settings.theme
        problems = [*self.configuration.problems]
        if theme and theme not in self.available_themes:
            known = nearest(theme, sorted(self.available_themes))
            problems.append(f"{config_file()}: " + _("there is no theme “{name}”").format(name=theme) + known)
        for problem in problems:
            self.notify(problem, title=_("Settings"), severity="warning", timeout=15, markup=False)

    def watch_theme(self, before: str, after: str) -> None:
        """Remember the theme that is chosen."""
        if self.is_running and before != after:
            self.remember(theme=after, theme_over=self.configuration.settings.theme)

    def remember(self, **changes: Any) -> None:
        """Remember some of the program's state, at once here, and in a moment for the next time."""
        self.state = msgspec.structs.replace(self.state, **changes)
        self._write_state(changes)

    def action_settings(self) -> None:
        """Show where the settings are, and what can be set."""
        from tui_cnn.ui.dialogs.settings import SettingsDialog

        self.push_screen(SettingsDialog(config_file()))

    @work(thread=True, group="state")
    def _write_state(self, changes: dict[str, Any]) -> None:
        try:
            remember(**changes)
        except OSError as error:
            message = _("What you choose cannot be remembered: {reason}").format(reason=error.strerror)
            self.call_from_thread(self.notify, message, severity="warning", markup=False)
