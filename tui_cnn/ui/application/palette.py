"""The command palette: every action that the screen offers, themes, and every preset."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from tui_cnn.formats.presets import preset_names
from tui_cnn.i18n import _
from tui_cnn.ui.application.actions import APP, SCOPES
from tui_cnn.ui.toolkit.actions import keys_of
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult
from tui_cnn.ui.toolkit.help import key_names
from tui_cnn.ui.workspace import workspace_of


class Palette(CommandPalette, SingleResult[None]):
    """Textual's palette, as a panel like all dialogs."""

    CSS_PATH = Path(__file__).with_name("palette.tcss")

    def on_mount(self) -> None:
        """Name the panel and its keys."""
        panel = self.query_one("#--container")
        panel.border_title = _("Commands")
        panel.border_subtitle = _("↑ ↓ move   Enter select   Esc back")


class Command(NamedTuple):
    """Something to choose: its name, its keys as they stand on the keyboard, a sentence about it, and what it does."""

    title: str
    keys: str
    about: str
    run: Callable[[], object]

    def line(self, title: Content) -> Content:
        """Write the title, as it is highlighted, with the keys behind it."""
        return Content.assemble(title, ("  " + self.keys, "not bold $text-accent")) if self.keys else title


class ActionsProvider(Provider):
    """Takes its commands from the registry of actions."""

    async def discover(self) -> Hits:
        """Offer everything before something is typed."""
        for command in self._commands():
            yield DiscoveryHit(
                command.line(Content(command.title)), command.run, text=command.title, help=command.about
            )

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for command in (*self._commands(), *self._themes()):
            if score := max(matcher.match(command.title), matcher.match(command.about) * 0.9):
                title = command.line(matcher.highlight(command.title))
                yield Hit(score, title, command.run, text=command.title, help=command.about)

    def _commands(self) -> Iterator[Command]:
        bound = {active.binding.id: active.node for active in self.screen.active_bindings.values()}
        keymap = workspace_of(self.screen).configuration.keys
        offered = set()
        for scope in SCOPES:
            for action in scope.actions:
                node, name = bound.get(scope.binding_id(action)), scope.command(action)
                # the app's actions are there also where a form takes their keys
                if (scope is APP or node is not None) and (node, name) not in offered:
                    offered.add((node, name))
                    keys = key_names(keys_of(scope, action, keymap))
                    yield Command(action.label, keys, action.help, self._runner(name, node))
        yield Command(_("Theme"), "", _("Change the theme"), self.app.action_change_theme)
        yield Command(_("Screenshot"), "", _("Save the screen as SVG"), self.app.deliver_screenshot)
        for name in preset_names():
            title = _("Open preset {name}").format(name=name)
            about = _("Open this preset on the Build screen")
            yield Command(title, "", about, self._runner(f"app.open_model('{name}')"))

    def _themes(self) -> Iterator[Command]:
        """Yield a command for each theme, to find by its name; the list that shows at first would be too long."""
        for name, theme in sorted(self.app.available_themes.items()):
            about = _("Switch to a dark theme") if theme.dark else _("Switch to a light theme")
            yield Command(_("Theme {name}").format(name=name), "", about, partial(setattr, self.app, "theme", name))

    def _runner(self, action: str, node: DOMNode | None = None) -> Callable[[], object]:
        async def run() -> None:
            await self.app.run_action(action, node)

        return run
