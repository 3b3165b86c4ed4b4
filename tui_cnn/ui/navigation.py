"""An app that sends the user between its screens, the help, the palette and the lessons."""

import gc
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.app import App, SystemCommand
from textual.command import Provider
from textual.screen import Screen

from tui_cnn.i18n import _
from tui_cnn.ui.configured import ConfiguredApp
from tui_cnn.ui.screens.base import MainScreen

if TYPE_CHECKING:
    from tui_cnn.ui.app import CnnTui
    from tui_cnn.ui.inspecting.taking import Brought

_IDLE = 1.0
"""Seconds after the start until the other screens are loaded, so that going there does not wait for the charts."""


def _build_screen() -> Screen[Any]:
    from tui_cnn.ui.screens.build import BuildScreen

    return BuildScreen()


def _train_screen() -> Screen[Any]:
    from tui_cnn.ui.screens.train import TrainScreen

    return TrainScreen()


def _inspect_screen() -> Screen[Any]:
    from tui_cnn.ui.screens.inspect import InspectScreen

    return InspectScreen()


def _lab_screen() -> Screen[Any]:
    from tui_cnn.ui.screens.lab import LabScreen

    return LabScreen()


def _runs_screen() -> Screen[Any]:
    from tui_cnn.ui.screens.runs import RunsScreen

    return RunsScreen()


def _palette() -> type[Provider]:
    from tui_cnn.ui.palette import ActionsProvider

    return ActionsProvider


class NavigatingApp(ConfiguredApp):
    """Screens are loaded when they are first gone to, or a moment after the start."""

    MODES: ClassVar[dict[str, Any]] = {
        "build": _build_screen,
        "train": _train_screen,
        "inspect": _inspect_screen,
        "lab": _lab_screen,
        "runs": _runs_screen,
    }
    DEFAULT_MODE = "build"
    COMMANDS: ClassVar[set[Any]] = App.COMMANDS | {_palette}

    def on_mount(self) -> None:
        """Load the other screens once the first one stands."""
        self.set_timer(_IDLE, self._prepare)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer of Textual's own commands only what the registry of actions has not."""
        yield SystemCommand(_("Theme"), _("Change the colours"), self.action_change_theme)
        yield SystemCommand(_("Screenshot"), _("Save a picture of the screen as SVG"), self.deliver_screenshot)

    def action_command_palette(self) -> None:
        """Show the command palette."""
        from tui_cnn.ui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette", placeholder=_("Search for commands…")))

    def action_mode_build(self) -> None:
        """Go to the Build screen."""
        self.settle_form()
        self.switch_mode("build")

    def action_mode_train(self) -> None:
        """Go to the Train screen."""
        self.settle_form()
        self.switch_mode("train")

    def action_mode_inspect(self) -> None:
        """Go to the Inspect screen."""
        self.settle_form()
        self.switch_mode("inspect")

    def action_mode_lab(self) -> None:
        """Go to the Lab."""
        self.settle_form()
        self.switch_mode("lab")

    def action_open_lesson(self, name: str) -> None:
        """Open a lesson by its name."""
        self._go_along(f"lesson:{name}")

    def action_follow_link(self, link: str) -> None:
        """Go where a link of a lesson leads."""
        self._go_along(link)

    @work
    async def _go_along(self, link: str) -> None:
        from tui_cnn.ui.following import follow

        self.settle_form()
        await follow(cast("CnnTui", self), link)

    def bring_to_lab(self, brought: "Brought") -> None:
        """Put something of a trained network on the bench of the Lab."""
        from tui_cnn.ui.following import bring

        self.run_worker(bring(cast("CnnTui", self), brought))

    def action_mode_runs(self) -> None:
        """Go to the list of runs."""
        self.settle_form()
        self.switch_mode("runs")

    def action_help(self) -> None:
        """Explain what has the focus, show all keys, those that work here first, and the way to the lesson about it."""
        from tui_cnn.ui.dialogs.help import help_text
        from tui_cnn.ui.dialogs.lesson import HelpDialog

        main = self.screen if isinstance(self.screen, MainScreen) else None
        text = help_text(self.configuration.keys, main.place() if main else None)
        self.push_screen(HelpDialog(_("Help"), text, main.topics if main else ()))

    def settle_form(self) -> None:
        """Apply what stands in an open form."""
        if isinstance(self.screen, MainScreen):
            self.screen.settle()

    @work(thread=True, group="prepare")
    def _prepare(self) -> None:
        import_module("tui_cnn.ui.screens.runs")
        import_module("tui_cnn.ui.screens.train")
        import_module("tui_cnn.ui.screens.inspect")
        import_module("tui_cnn.ui.screens.lab")
        gc.freeze()  # what is loaded stays: to look through it for garbage would hold a key up
