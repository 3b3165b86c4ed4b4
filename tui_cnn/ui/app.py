"""The application: it holds the one design, and applies the edits."""

from asyncio import Lock, to_thread
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from tui_cnn.config import config_file
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path as LayerPath
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.design import Design, open_design
from tui_cnn.ui.files import Files
from tui_cnn.ui.garbage import SELDOM, collect_garbage, postpone_garbage
from tui_cnn.ui.navigation import NavigatingApp
from tui_cnn.ui.outside import Outside
from tui_cnn.ui.plain import use_plain_signs
from tui_cnn.ui.recovery import Copy, Recovery
from tui_cnn.ui.setting import setting_for
from tui_cnn.ui.settings import Configuration, read_settings

_LOOK = 1.5
"""Seconds between two looks at the network's file."""

_MOST_NOTES = 4
"""So many notes about a model that was read are shown at once."""

_SETTLED = 0.3
"""Seconds after the last edit until the recovery copy is written."""


class CnnTui(NavigatingApp):
    """Edits that screens ask for are applied here, and nowhere else."""

    TITLE = "cnn-tui"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("app"),
        Binding(
            "ctrl+p", "command_palette", _("palette"), show=False, priority=True, tooltip=_("Open the command palette")
        ),
    ]

    design: reactive[Design] = reactive(cast("Design", None), repaint=False)
    """The network on the table, with its history and its file."""

    shown_run: reactive[RunDirectory | None] = reactive(None)
    """The run that the Train screen shows."""

    inspected_run: reactive[RunDirectory | None] = reactive(None)
    """The run that the Inspect screen looks into."""

    marked: reactive[tuple[RunDirectory, ...]] = reactive((), repaint=False)
    """The runs that are compared: their curves lie over each other."""

    def __init__(
        self,
        design: Design,
        data: str = "",
        configuration: Configuration = Configuration(),  # noqa: B008  # it is immutable
        notes: Sequence[str] = (),
    ) -> None:
        super().__init__(configuration)
        self.data = data
        self._notes = notes
        self._outside = Outside(self)
        self._looking = Lock()
        self.files = Files(self, self._outside)
        self._recovery = Recovery()
        self.set_reactive(CnnTui.design, design)

    def on_mount(self) -> None:
        """Offer what an earlier session left unsaved, once the screen stands."""
        self.tell_notes(self._notes)
        self.call_after_refresh(self._offer_recovery)
        self.set_interval(_LOOK, self._look_outside)
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

    def inspect_run(self, run: RunDirectory) -> None:
        """Look into a run."""
        self.inspected_run = run
        self.action_mode_inspect()

    def toggle_mark(self, run: RunDirectory) -> None:
        """Mark a run to be compared, or no more."""
        self.marked = tuple(one for one in self.marked if one != run) if run in self.marked else (*self.marked, run)

    @work
    async def put_on_table(self, network: Network, file: Path | None = None, mode: str = "build") -> None:
        """Design or train another network, once it is settled what becomes of the one on the table."""
        if await self.files.settle_unsaved():
            self.design = open_design(network, file, self.design.setting)
            if mode == "train":
                self.shown_run = None
            self.switch_mode(mode)
            if file is not None:
                self.remember(recent=self.state.opened(file))

    @work
    async def action_open_model(self, model: str, mode: str = "build") -> None:
        """Open a preset or a file."""
        notes: list[str] = []
        try:
            network, file = await to_thread(find_network, model, notes.append)
        except ValueError as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        else:
            self.put_on_table(network, file, mode)
            self.tell_notes(notes)

    def tell_notes(self, notes: Sequence[str]) -> None:
        """Say what of a Keras model could not be kept."""
        more = [_("… and {count} more").format(count=len(notes) - _MOST_NOTES)] if len(notes) > _MOST_NOTES else []
        if notes:
            told = "\n".join([*notes[:_MOST_NOTES], *more])
            self.notify(told, title=_("Not kept"), severity="warning", timeout=20, markup=False)

    @work
    async def action_open(self) -> None:
        """Ask for a preset or a file, and open it."""
        self.settle_form()
        model = await self.files.ask_model()
        if model is not None:
            self.action_open_model(model)

    @work
    async def action_save(self) -> None:
        """Save to the network's file, or ask for one."""
        self.settle_form()
        await self.files.save()

    @work
    async def action_save_as(self) -> None:
        """Save to another file."""
        self.settle_form()
        await self.files.save_as()

    @work
    async def action_export(self) -> None:
        """Write the network in another format."""
        self.settle_form()
        await self.files.export()

    @work(thread=True, group="export")
    def write_export(self, network: Network, to: str, path: Path) -> None:
        """Write a network to a file; a built model takes a worker and some seconds."""
        from tui_cnn.formats.export import MODEL_FORMATS, export_text
        from tui_cnn.formats.saving import save_text
        from tui_cnn.runs.export import export_model

        try:
            if to in MODEL_FORMATS:
                self.notify(_("{path} is being written; this takes a few seconds").format(path=path), markup=False)
                export_model(network, to, path)
            else:
                save_text(path, export_text(network, to))
        except FormatError as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        else:
            self.notify(_("Exported to {path}").format(path=path), markup=False)

    @work
    async def action_quit(self) -> None:  # type: ignore[override]  # a worker may ask before it leaves
        """Leave, once it is settled what becomes of the network on the table."""
        self.settle_form()
        if await self.files.settle_unsaved():
            self._recovery.end()
            self.exit()

    def on_app_focus(self) -> None:
        """Look at the file at once when the user comes back to the terminal."""
        self._look_outside()

    @work(group="outside")
    async def _look_outside(self) -> None:
        if not self._looking.locked():
            async with self._looking:
                await self._outside.look()

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
                restored = open_design(copy.network, file, self.design.setting)
                self.design = restored._replace(saved=copy.saved)
                path.unlink(missing_ok=True)
                return


def run_app(model: str | None = None, data: str | None = None) -> None:
    """Open the screen on a model: a file, a preset, or by default the tutorial network.

    Raises:
        FormatError: the model cannot be read; the screen was not opened.
    """
    notes: list[str] = []
    network, file = find_network(model or "fashion-cnn", notes.append)
    design = open_design(network, file, setting_for(data or ""))
    configuration = read_settings(config_file())
    use_plain_signs(configuration.settings.signs)
    postpone_garbage()
    CnnTui(design, data or "", configuration, notes).run()
