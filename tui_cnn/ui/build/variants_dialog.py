"""Save a network as a variant; compare its variants side by side; load, rename or delete one."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Input, Static

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.runs.summary import results, results_of
from tui_cnn.ui.build.variants import VariantFiles, files_of, keep, rename
from tui_cnn.ui.build.variants_table import Candidate, comparison
from tui_cnn.ui.settings import Flops
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, Ask, SingleResult, frame
from tui_cnn.ui.toolkit.network_summary import difference, tones
from tui_cnn.ui.toolkit.whole_columns import WholeColumns
from tui_cnn.ui.workspace import Workspace, workspace_of


async def save_variant(app: App[object], workspace: Workspace) -> None:
    """Ask for a name, and save the network under it."""
    network, files = workspace.design.network, files_of(workspace.design)
    file = await app.push_screen_wait(VariantName(files, files.next_name()))
    if file is None:
        return
    try:
        keep(network, file)
    except FormatError as error:
        workspace.report(error)
    else:
        app.notify(_("Saved as {name}. Press C to compare variants").format(name=file.stem), markup=False)


async def compare_variants(app: App[object], workspace: Workspace) -> None:
    """Show the variants beside the network; load the chosen one, which can be undone."""
    convention = workspace.configuration.settings.flops
    chosen = await app.push_screen_wait(Variants(files_of(workspace.design), workspace.design.analysis, convention))
    if chosen is not None:
        network = chosen.analysis.network
        workspace.edit(_("variant {name}").format(name=chosen.name), lambda _now: network, (0,))


class VariantName(SingleResult[Path | None]):
    """A line to type a name into; one that is taken needs Enter twice. The answer is where the variant goes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, files: VariantFiles, proposed: str) -> None:
        super().__init__()
        self._files = files
        self._proposed = proposed
        self._agreed = ""

    def compose(self) -> ComposeResult:
        """Lay out the line, with room below for what is wrong with it."""
        with frame(_("Save the network as a variant"), _("Enter save   Esc back")):
            yield Input(self._proposed, compact=True, id="name", select_on_focus=True)
            yield Static(id="advice", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        name = event.value.strip()
        advice = self.query_one("#advice", Static)
        try:
            path = self._files.path(name)
        except ValueError as error:
            advice.update(str(error))
            return
        if path.exists() and name != self._agreed:
            self._agreed = name
            advice.update(_("{name} already exists; press Enter again to replace it").format(name=name))
        else:
            self.dismiss(path)


class Variants(SingleResult[Candidate | None]):
    """A table of totals with a column for each network, and under it what differs, layer by layer.

    The answer is the network to load into Build.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,C", "dismiss(None)", show=False),
        Binding("enter", "load", show=False, priority=True),
        Binding("r", "rename", show=False),
        Binding("d,delete", "delete", show=False),
        Binding("plus,a", "add", show=False),
        Binding("w", "whole", show=False),
        Binding("up,k", "scroll(-1)", show=False, priority=True),
        Binding("down,j", "scroll(1)", show=False, priority=True),
        Binding("pageup", "scroll(-8)", show=False, priority=True),
        Binding("pagedown", "scroll(8)", show=False, priority=True),
    ]

    def __init__(self, files: VariantFiles, now: Analysis, convention: Flops) -> None:
        super().__init__()
        self._files = files
        self._now = now
        self._convention: Flops = convention
        self._candidates = [Candidate(_("now"), now)]
        self._paths: dict[str, Path] = {}
        self._added: dict[str, Network] = {}
        self._whole = False

    def compose(self) -> ComposeResult:
        """Lay out the table and the differences."""
        title = _("Variants of {name}").format(name=self._now.network.name)
        with frame(title, _("← → select  Enter load  r rename  d delete  a add  w all  Esc back"), "-variants"):
            yield WholeColumns(cursor_type="column", fixed_columns=1, id="totals", cell_padding=1)
            with VerticalScroll(id="differences", can_focus=False):
                yield Static(id="difference", markup=False)

    def on_mount(self) -> None:
        """Show what is being designed at once, and the rest when it is read."""
        self._show(1)
        self._read(1)

    @work(thread=True, exclusive=True, group="variants")
    def _read(self, cursor: int) -> None:
        kept = self._files.variants()
        named = {variant.name: variant.network for variant in kept} | self._added
        known = results()
        candidates = [Candidate(_("now"), self._now, results_of(self._now.network, known))]
        candidates += (
            Candidate(name, analyze(candidate), results_of(candidate, known)) for name, candidate in named.items()
        )
        paths = {variant.name: variant.path for variant in kept}
        self.app.call_from_thread(self._take, candidates, paths, cursor)

    def _take(self, candidates: list[Candidate], paths: dict[str, Path], cursor: int) -> None:
        if self.is_mounted:
            self._candidates, self._paths = candidates, paths
            self._show(cursor)

    def _show(self, cursor: int) -> None:
        table = self.query_one(DataTable)
        table.clear(columns=True)
        table.add_columns("", *(Text(candidate.name, justify="right") for candidate in self._candidates))
        for line in comparison(self._candidates, self._convention, tones(self.app)):
            table.add_row(Text(line.label, style="dim"), *line.cells)
        table.cursor_coordinate = Coordinate(0, min(cursor + 1, len(self._candidates)))
        self._show_difference()

    @on(DataTable.ColumnHighlighted)
    def _highlighted(self, event: DataTable.ColumnHighlighted) -> None:
        if event.data_table.cursor_column == 0:  # the labels
            event.data_table.move_cursor(column=1)
        else:
            self._show_difference()

    @on(DataTable.ColumnSelected)
    def _clicked(self) -> None:
        self._show_difference()

    def _show_difference(self) -> None:
        pane, scroll = self.query_one("#difference", Static), self.query_one("#differences")
        candidate = self._chosen
        if candidate is None:
            hint = _(
                "Press v on the Build screen to save the network as a variant, or a "
                "to add a preset or a file to compare with."
            )
            scroll.border_title = _("The network on the Build screen")
            pane.update(Content.styled(hint if len(self._candidates) == 1 else "", "dim"))
        else:
            scroll.border_title = Content(_("Difference: Build screen → {name}").format(name=candidate.name))
            pane.update(difference(self._now, candidate.analysis, tones(self.app), whole=self._whole))
        scroll.scroll_home(animate=False)

    @property
    def _chosen(self) -> Candidate | None:
        """The network under the cursor; None for the one that is being designed."""
        place = self.query_one(DataTable).cursor_column - 1
        return self._candidates[place] if 0 < place < len(self._candidates) else None

    def _place_of(self, name: str) -> int:
        """Return where a network is among all, which may have been read anew while a question was open."""
        return next((place for place, candidate in enumerate(self._candidates) if candidate.name == name), 1)

    def action_load(self) -> None:
        """Answer with the network under the cursor."""
        if candidate := self._chosen:
            self.dismiss(candidate)

    def action_scroll(self, lines: int) -> None:
        """Scroll what differs."""
        self.query_one("#differences").scroll_relative(y=lines, animate=False)

    def action_whole(self) -> None:
        """Show all layers, or only those that differ."""
        self._whole = not self._whole
        self._show_difference()

    @work
    async def action_add(self) -> None:
        """Add a preset or a file to compare with."""
        from tui_cnn.ui.toolkit.dialogs.open_model import ask_model

        model = await ask_model(self.app)
        if model is None:
            return
        try:
            network, _path = find_network(model)
        except FormatError as error:
            workspace_of(self).report(error)
            return
        self._added[network.name if network.name not in self._paths else f"{network.name} ({model})"] = network
        self._read(len(self._candidates))

    @work
    async def action_rename(self) -> None:
        """Give the variant under the cursor another name."""
        candidate = self._chosen
        if candidate is None or candidate.name not in self._paths:
            return
        old = self._paths[candidate.name]
        new = await self.app.push_screen_wait(VariantName(self._files, candidate.name))
        if new is not None and new != old:
            try:
                rename(old, new)
            except OSError as error:
                workspace_of(self).report(f"{new}: {error.strerror}")
            self._read(self._place_of(candidate.name))

    @work
    async def action_delete(self) -> None:
        """Delete the variant under the cursor, once that is confirmed."""
        candidate = self._chosen
        if candidate is None:
            return
        file = self._paths.get(candidate.name)
        if file is not None:
            question = _("“{name}” will be deleted permanently.").format(name=candidate.name)
            answer = await self.app.push_screen_wait(
                Ask(_("Delete variant"), question, [Answer("delete", "d", _("Delete"))])
            )
            if answer != "delete":
                return
            file.unlink(missing_ok=True)
        self._added.pop(candidate.name, None)
        self._read(max(1, self._place_of(candidate.name) - 1))
