"""The application: it holds the one design, applies the edits, and sends the user between the screens."""

import gc
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, cast

from textual import work
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.reactive import reactive
from textual.screen import Screen

from tui_cnn.core.network import Network
from tui_cnn.core.path import Path as LayerPath
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.design import Design, open_design
from tui_cnn.ui.files import Files
from tui_cnn.ui.garbage import SELDOM, collect_garbage, postpone_garbage
from tui_cnn.ui.plain import use_plain_signs
from tui_cnn.ui.recovery import Copy, Recovery
from tui_cnn.ui.screens.base import MainScreen

_IDLE = 1.0
"""Seconds after the start until the other screens are loaded, so that going there does not wait for the charts."""

_SETTLED = 0.3
"""Seconds after the last edit until the recovery copy is written."""


def _build_screen() -> Screen[Any]:
    from tui_cnn.ui.screens.build import BuildScreen

    return BuildScreen()


def _train_screen() -> Screen[Any]:
    from tui_cnn.ui.screens.train import TrainScreen

    return TrainScreen()


def _runs_screen() -> Screen[Any]:
    from tui_cnn.ui.screens.runs import RunsScreen

    return RunsScreen()


def _palette() -> type[Provider]:
    from tui_cnn.ui.palette import ActionsProvider

    return ActionsProvider


class CnnTui(App[None]):
    """Edits that screens ask for are applied here, and nowhere else."""

    TITLE = "cnn-tui"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    MODES: ClassVar[dict[str, Any]] = {"build": _build_screen, "train": _train_screen, "runs": _runs_screen}
    DEFAULT_MODE = "build"
    COMMANDS: ClassVar[set[Any]] = App.COMMANDS | {_palette}

    design: reactive[Design] = reactive(cast("Design", None))
    """The network on the table, with its history and its file."""

    shown_run: reactive[RunDirectory | None] = reactive(None)
    """The run that the Train screen shows."""

    marked: reactive[tuple[RunDirectory, ...]] = reactive((), repaint=False)
    """The runs that are compared: their curves lie over each other."""

    def __init__(self, design: Design, data: str = "") -> None:
        super().__init__()
        self.data = data
        self.files = Files(self)
        self._recovery = Recovery()
        self.set_reactive(CnnTui.design, design)

    def on_mount(self) -> None:
        """Offer what an earlier session left unsaved, once the screen stands."""
        self.call_after_refresh(self._offer_recovery)
        self.set_timer(_IDLE, self._prepare)
        self.set_interval(SELDOM, collect_garbage)

    def watch_design(self) -> None:
        """Keep a recovery copy of what is not saved."""
        self.set_timer(_SETTLED, self._keep_copy)

    def edit(self, label: str, change: Callable[[Network], Network], select: LayerPath) -> None:
        """Apply an edit, at once: the next key may come before any message does. Then look at the layer at `select`."""
        self.design = self.design.edit(label, change, select)

    def undo(self) -> None:
        """Take back the last edit."""
        self.design = self.design.undo()

    def redo(self) -> None:
        """Make the edit again that was taken back."""
        self.design = self.design.redo()

    def toggle_mark(self, run: RunDirectory) -> None:
        """Mark a run to be compared, or no more."""
        self.marked = tuple(one for one in self.marked if one != run) if run in self.marked else (*self.marked, run)

    @work
    async def put_on_table(self, network: Network, file: Path | None = None) -> None:
        """Design another network, once it is settled what becomes of the one on the table."""
        if await self.files.settle_unsaved():
            self.design = open_design(network, file)
            self.switch_mode("build")

    def action_open_model(self, model: str) -> None:
        """Open a preset or a file."""
        try:
            self.put_on_table(*find_network(model))
        except ValueError as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)

    @work
    async def action_open(self) -> None:
        """Ask for a preset or a file, and open it."""
        self._settle_form()
        model = await self.files.ask_model()
        if model is not None:
            self.action_open_model(model)

    @work
    async def action_save(self) -> None:
        """Save to the network's file, or ask for one."""
        self._settle_form()
        await self.files.save()

    @work
    async def action_save_as(self) -> None:
        """Save to another file."""
        self._settle_form()
        await self.files.save_as()

    @work
    async def action_quit(self) -> None:  # type: ignore[override]  # a worker may ask before it leaves
        """Leave, once it is settled what becomes of the network on the table."""
        self._settle_form()
        if await self.files.settle_unsaved():
            self._recovery.end()
            self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer of Textual's own commands only what the registry of actions has not."""
        yield SystemCommand(_("Theme"), _("Change the colours"), self.action_change_theme)
        yield SystemCommand(_("Screenshot"), _("Save a picture of the screen as SVG"), self.deliver_screenshot)

    def action_command_palette(self) -> None:
        """Show the command palette."""
        from tui_cnn.ui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_mode_build(self) -> None:
        """Go to the Build screen."""
        self._settle_form()
        self.switch_mode("build")

    def action_mode_train(self) -> None:
        """Go to the Train screen."""
        self._settle_form()
        self.switch_mode("train")

    def action_mode_runs(self) -> None:
        """Go to the list of runs."""
        self._settle_form()
        self.switch_mode("runs")

    def action_help(self) -> None:
        """Show all keys."""
        from tui_cnn.ui.dialogs.help import help_text
        from tui_cnn.ui.dialogs.text import TextDialog

        self.push_screen(TextDialog(_("Keys"), help_text()))

    def _settle_form(self) -> None:
        if isinstance(self.screen, MainScreen):
            self.screen.settle()

    @work(thread=True, group="prepare")
    def _prepare(self) -> None:
        import_module("tui_cnn.ui.screens.runs")
        import_module("tui_cnn.ui.screens.train")
        gc.freeze()  # what is loaded stays: to look through it for garbage would hold a key up

    @work(thread=True, exclusive=True, group="recovery")
    def _keep_copy(self) -> None:
        design = self.design
        copy = Copy(design.network, design.saved, str(design.file or "")) if design.dirty else None
        try:
            self._recovery.keep(copy)
        except OSError as error:
            message = _("No recovery copy can be kept ({reason}): save often.").format(reason=error.strerror)
            self.call_from_thread(self.notify, message, severity="warning", markup=False)

    @work
    async def _offer_recovery(self) -> None:
        for path in self._recovery.left_behind():
            copy = await self.files.ask_recovery(path)
            if copy is not None:
                file = Path(copy.file) if copy.file else None
                restored = open_design(copy.network, file)
                self.design = restored._replace(saved=copy.saved)
                path.unlink(missing_ok=True)
                return


def run_app(model: str | None = None, data: str | None = None) -> None:
    """Open the screen on a model: a file, a preset, or by default the tutorial network.

    Raises:
        FormatError: the model cannot be read; the screen was not opened.
    """
    design = open_design(*find_network(model or "fashion-cnn"))
    use_plain_signs()
    postpone_garbage()
    CnnTui(design, data or "").run()
