"""The command palette: every action that the screen offers, and every preset."""

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode

from tui_cnn.formats.presets import preset_names
from tui_cnn.i18n import _
from tui_cnn.ui.application.actions import APP
from tui_cnn.ui.application.registry import SCOPES
from tui_cnn.ui.toolkit.dialogs.single_result import SingleResult


class Palette(CommandPalette, SingleResult[None]):
    """Textual's palette."""


class ActionsProvider(Provider):
    """Speaks from the registry of actions."""

    async def discover(self) -> Hits:
        """Offer everything before something is typed."""
        for title, help_text, run in self._commands():
            yield DiscoveryHit(title, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for title, help_text, run in (*self._commands(), *self._themes()):
            if score := max(matcher.match(title), matcher.match(help_text) * 0.9):
                yield Hit(score, matcher.highlight(title), run, help=help_text)

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        bound = {binding.binding.action: binding.node for binding in self.screen.active_bindings.values()}
        offered = set()
        for scope in SCOPES:
            for action in scope.actions:
                command = scope.command(action)
                # the app's actions are there also where a form takes their keys
                if (scope is APP or command in bound) and command not in offered:
                    offered.add(command)
                    yield action.label, action.help, self._runner(command, bound.get(command))
        for name in preset_names():
            title = _("Open preset {name}").format(name=name)
            yield title, _("Open this preset on the Build screen"), self._runner(f"app.open_model('{name}')")

    def _themes(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        """Yield a command for each theme, to find by its name; the list that shows at first would be too long."""
        for name, theme in sorted(self.app.available_themes.items()):
            about = _("Switch to a dark theme") if theme.dark else _("Switch to a light theme")
            yield _("Theme {name}").format(name=name), about, partial(setattr, self.app, "theme", name)

    def _runner(self, action: str, node: DOMNode | None = None) -> Callable[[], object]:
        async def run() -> None:
            await self.app.run_action(action, node)

        return run
