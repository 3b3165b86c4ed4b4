"""What is done to runs from their list: steering, naming, exporting, deleting and taking back."""

from asyncio import to_thread
from collections.abc import Callable
from pathlib import Path

import msgspec
from textual import work

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs import launch, trash
from tui_cnn.runs.about import About, read_about, write_about
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.export import export_run
from tui_cnn.ui.toolkit.dialogs.ask import Answer, Ask
from tui_cnn.ui.toolkit.dialogs.line import LineDialog
from tui_cnn.ui.toolkit.dialogs.path import SavePath
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.run_list import Listed


class RunActions(MainScreen):
    """Mixed into a screen that has a selected run."""

    def selected(self) -> Listed | None:
        """The run that the keys are about."""
        raise NotImplementedError

    def look_again(self) -> None:
        """Show what has come of it."""
        raise NotImplementedError

    def action_resume_run(self) -> None:
        """Go on with the selected run."""
        if listed := self.selected():
            self._do(lambda: launch.resume(listed.run))

    def action_stop_run(self) -> None:
        """Stop the selected run, with a checkpoint."""
        if listed := self.selected():
            self._do(lambda: launch.stop(listed.run))

    def action_repeat_run(self) -> None:
        """Train the same network by the same recipe again."""
        if listed := self.selected():
            self._repeat(listed.run)

    @work(thread=True, group="start")
    def _repeat(self, run: RunDirectory) -> None:
        try:
            again = launch.start(run.network(), run.recipe())
        except (RunError, FormatError) as error:
            self._tell(str(error))
        else:
            self.app.call_from_thread(self._watch, again)

    def _watch(self, run: RunDirectory) -> None:
        self.workspace.show_run(run)

    @work
    async def action_rename_run(self) -> None:
        """Give the run a title."""
        if listed := self.selected():
            title = listed.summary.about.title
            await self._say(
                listed.run, _("Rename"), title, lambda about, text: msgspec.structs.replace(about, title=text)
            )

    @work
    async def action_tag_run(self) -> None:
        """Give the run tags."""
        if listed := self.selected():
            tags = " ".join(listed.summary.about.tags)
            await self._say(
                listed.run,
                _("Tags, separated by spaces"),
                tags,
                lambda about, text: msgspec.structs.replace(about, tags=tuple(dict.fromkeys(text.split()))),
            )

    @work
    async def action_note_run(self) -> None:
        """Write a note about the run."""
        if listed := self.selected():
            note = listed.summary.about.note
            await self._say(listed.run, _("Note"), note, lambda about, text: msgspec.structs.replace(about, note=text))

    async def _say(self, run: RunDirectory, title: str, before: str, change: Callable[[About, str], About]) -> None:
        text = await self.app.push_screen_wait(LineDialog(title, before, run.id))
        if text is not None and text != before:
            self._do(lambda: write_about(run, change(read_about(run), text)))

    @work
    async def action_export_run(self) -> None:
        """Ask where to, and write the best network there."""
        if listed := self.selected():
            proposed = Path(f"{listed.summary.about.title or listed.summary.network}.keras".replace("/", "-"))
            title = _("Export the best network as .keras or .onnx")
            path = await self.app.push_screen_wait(SavePath(proposed, title=title, suffix=".keras"))
            if path is not None:
                self._export(listed.run, path)

    @work(thread=True, group="export")
    def _export(self, run: RunDirectory, path: Path) -> None:
        to = {".keras": "keras", ".onnx": "onnx"}.get(path.suffix.lower())
        if to is None:
            self._tell(_("{path}: the name must end in .keras or .onnx").format(path=path))
            return
        self.notify(_("Writing {path}; this takes a few seconds").format(path=path), markup=False)
        try:
            export_run(run, to, path)
        except (FormatError, RunError) as error:
            self._tell(str(error))
        else:
            self.notify(_("Exported to {path}").format(path=path), markup=False)

    @work
    async def action_delete_run(self) -> None:
        """Ask twice, and move the marked runs, or the selected one, to the trash."""
        listed = self.selected()
        runs = self.workspace.marked or ((listed.run,) if listed else ())
        if not runs:
            return
        names = "\n".join(run.id for run in runs[:8]) + ("\n…" if len(runs) > 8 else "")
        title = ngettext("Delete {count} run", "Delete {count} runs", len(runs)).format(count=len(runs))
        first = Ask(title, names, [Answer("delete", "d", _("Delete"))])
        sure = _("The runs are moved to the trash (T). You can restore them until it is emptied.")
        second = Ask(_("Are you sure?"), sure, [Answer("delete", "y", _("Yes, delete"))])
        for question in (first, second):
            if await self.app.push_screen_wait(question) != "delete":
                return
        self._do(lambda: _delete(runs))
        self.workspace.marked = ()

    @work
    async def action_open_trash(self) -> None:
        """Offer to take deleted runs back, or to empty the trash."""
        deleted = await to_thread(trash.list_trash)
        if not deleted:
            self.notify(_("The trash is empty."))
            return
        told = ngettext("{count} run is in the trash.", "{count} runs are in the trash.", len(deleted))
        answers = [Answer("restore", "r", _("Restore")), Answer("empty", "e", _("Empty"))]
        answer = await self.app.push_screen_wait(Ask(_("Trash"), told.format(count=len(deleted)), answers))
        if answer == "restore":
            items = [Item(name, "", name) for name in deleted]
            picked = await self.app.push_screen_wait(Pick(_("Restore a run"), items))
            if picked is not None:
                self._do(lambda: trash.restore(picked))
        elif answer == "empty":
            question = _("All runs in the trash will be deleted permanently.")
            sure = Ask(_("Empty the trash?"), question, [Answer("empty", "y", _("Yes, empty it"))])
            if await self.app.push_screen_wait(sure) == "empty":
                self._do(trash.empty_trash)

    @work(thread=True, group="deed")
    def _do(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except RunError as error:
            self._tell(str(error))
        self.app.call_from_thread(self.look_again)

    def _tell(self, error: str) -> None:
        self.notify(error, severity="error", timeout=10, markup=False)


def _delete(runs: tuple[RunDirectory, ...]) -> None:
    for run in runs:
        trash.delete(run)
