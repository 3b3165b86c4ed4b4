"""The Build screen: the stack, the settings of the selected layer, why its numbers are what they are, the checks."""

from collections.abc import Iterator
from typing import ClassVar, cast

import msgspec
from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import Check
from tui_cnn.core.layers import LAYER_TYPES, AnyLayer
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path
from tui_cnn.formats.fields import fields, start
from tui_cnn.i18n import _
from tui_cnn.ui.build.checks import ChecksView
from tui_cnn.ui.build.clipboard import ClipboardScreen
from tui_cnn.ui.build.experiments import TryingScreen
from tui_cnn.ui.build.formulas import Number, held_numbers, layer_numbers, network_numbers, write
from tui_cnn.ui.build.formulas_panel import WhyView
from tui_cnn.ui.build.insertion import insertion
from tui_cnn.ui.build.layer_panel import LayerPanel
from tui_cnn.ui.build.messages import LayerSelected
from tui_cnn.ui.build.mouse import PointingScreen
from tui_cnn.ui.build.stack import StackView
from tui_cnn.ui.build.stack_lines import Line
from tui_cnn.ui.build.stack_navigation import WalkingScreen
from tui_cnn.ui.build.volume import VolumeView
from tui_cnn.ui.design import Design
from tui_cnn.ui.toolkit.form import StructForm


class BuildScreen(ClipboardScreen, PointingScreen, WalkingScreen, TryingScreen):
    """Where a network is designed."""

    MODE = "build"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "#stack"

    _shown: Analysis | None = None
    _undoable = False

    def body(self) -> Iterator[Widget]:
        """Lay out the stack with its drawing and its findings, and the selected layer beside it."""
        stack = StackView(self.workspace.design.analysis, id="stack")
        main = Vertical(stack, VolumeView(id="volume"), WhyView(id="brief"), ChecksView(id="checks"), id="main")
        yield Horizontal(main, LayerPanel(id="settings-panel"))

    def on_mount(self) -> None:
        """Show the columns that the user wants, and what the cursor is on."""
        self.stack.hidden_columns = frozenset(self.workspace.state.hidden_columns)
        self.watch(self.stack, "cursor", self._show_selected, init=False)  # at once: all is painted together

    @property
    def panel(self) -> LayerPanel:
        """The settings of the selected layer."""
        return self.query_one(LayerPanel)

    @property
    def checks(self) -> ChecksView:
        """The list of findings."""
        return self.query_one(ChecksView)

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """The type of the selected layer, and its numbers."""
        path = self.stack.path
        layers = (type(row.layer).__name__ for row in self.workspace.design.analysis.rows if row.path == path)
        return (next(layers, "Input"), "output", "parameters", "field", "memory")

    def show_design(self, design: Design) -> None:
        """Show another network, with the cursor where it was edited; one that was merely saved stays as it is shown."""
        if design.analysis is self._shown:
            return
        self._shown = design.analysis
        self.stack.last_edit = design.history.present.label
        self.stack.show(design.analysis, design.select, opened=design.just_opened)
        self.checks.show(design.analysis.checks)
        self._show_selected()
        undoable = design.history.past is not None
        if undoable != self._undoable:  # it makes the whole footer anew
            self._undoable = undoable
            self.refresh_bindings()

    def commit_pending(self) -> None:
        """Apply what stands in the form."""
        self.action_commit()

    @on(LayerSelected)
    def _show_selected(self) -> None:
        """Show the layer under the cursor, unless its form is open already."""
        path, analysis = self.stack.path, self.workspace.design.analysis
        panel = self.panel
        form, edited = panel.form, panel.edited if panel.form else ()
        if panel.shows(analysis, path):
            return
        self.remove_class("-editing")
        panel.show(analysis, path)
        self.query_one(VolumeView).show(analysis, path)
        title, numbers = _why(self.stack.line, analysis)
        for view in self.query(WhyView):
            view.show(title, numbers)
        self.checks.show_about(path)
        if form is not None and form.value is not None and form.pending and edited != path:
            self.request(_("edit"), _edit(edited, form.value), path)  # the mouse went elsewhere: lose nothing

    @on(StructForm.Changed)
    def _preview(self, event: StructForm.Changed) -> None:
        form = event.form
        if event.value is None or not form.pending:
            self.panel.preview(None)
        else:
            self.panel.preview(analyze(_edit(self.panel.edited, event.value)(self.network)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer undo where something was done."""
        design = self.workspace.design
        if action == "undo":
            return design.history.past is not None
        return action != "redo" or design.history.future is not None

    @work
    async def action_add_layer(self) -> None:
        """Ask for a layer and put it below the selected ones."""
        await self._insert(self._place(below=True))

    @work
    async def action_insert_layer(self) -> None:
        """Ask for a layer and put it above the selected ones."""
        await self._insert(self._place(below=False))

    async def action_edit_layer(self) -> None:
        """Open the form of the selected layer."""
        self._show_selected()
        self.add_class("-editing")
        await self.panel.edit()

    def action_apply_fix(self) -> None:
        """Apply the first fix that there is, that of the selected layer before others."""
        checks = [check for check in self.workspace.design.analysis.checks if check.fix]
        checks.sort(key=lambda check: check.path != self.stack.path)
        self._fix(checks[0] if checks else None)

    def action_fix_finding(self) -> None:
        """Apply the fix of the finding under the cursor."""
        self._fix(self.checks.finding)

    def _fix(self, check: Check | None) -> None:
        if check is None or check.fix is None:
            self.notify(_("There are no quick fixes.") if check is None else _("This finding has no quick fix."))
        else:
            self.request(check.fix.label, check.fix.apply, check.path)

    def action_why(self) -> None:
        """Show every number of the selected layer with its formula."""
        from tui_cnn.ui.toolkit.dialogs.text import TextDialog

        title, numbers = _why(self.stack.line, self.workspace.design.analysis)
        quiet = self.stack.get_component_rich_style("stack--dim", partial=True)
        self.app.push_screen(TextDialog(title, write(numbers, min(88, self.size.width - 10), quiet)))

    @work
    async def action_choose_columns(self) -> None:
        """Ask which columns are wanted."""
        from tui_cnn.ui.build.columns_dialog import ChooseColumns

        hidden = await self.app.push_screen_wait(ChooseColumns(self.stack.hidden_columns))
        if hidden is not None:
            self.stack.hidden_columns = hidden
            self.workspace.remember(hidden_columns=tuple(sorted(hidden)))

    def action_undo(self) -> None:
        """Take back the last edit."""
        self.workspace.undo()

    def action_redo(self) -> None:
        """Make it again."""
        self.workspace.redo()

    def action_commit(self) -> None:
        """Apply what stands in the form, if it makes sense, and go back to the stack."""
        form = self.panel.form
        if form is None or form.value is None:
            return
        path, edited = self.panel.path, self.panel.edited
        self._close_form()
        if form.pending:
            self.request(_("edit"), _edit(edited, form.value), path)

    def action_cancel(self) -> None:
        """Leave the form as it was."""
        self._close_form()

    async def _insert(self, path: Path) -> None:
        from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick

        items = [
            Item(name, _((kind.__doc__ or "").partition("\n")[0]), kind)
            for name, kind in LAYER_TYPES.items()
            if all(field.kind != "nested" for field in fields(kind))
        ]
        before = self.workspace.design.analysis

        def adding(kind: type[msgspec.Struct]) -> edits.Edit:
            return lambda network: edits.insert(network, path, cast("AnyLayer", start(kind)))

        def tell(kind: type[msgspec.Struct]) -> str:
            return insertion(before, analyze(adding(kind)(before.network)), path)

        kind = await self.app.push_screen_wait(Pick(_("Add a layer"), items, effect=tell))
        if kind is not None:
            self.request(_("add"), adding(kind), path)

    def _close_form(self) -> None:
        self.remove_class("-editing")
        self.panel.show(self.workspace.design.analysis, self.stack.path)
        self.stack.focus()


def _why(line: Line, analysis: Analysis) -> tuple[str, list[Number]]:
    """Say what stands on a line, and list its numbers."""
    if not line.path:
        return _("the whole network"), network_numbers(analysis)
    if line.is_branch:
        title = _("branch {number}").format(number=line.path[-1] + 1)
        return title, held_numbers(line.held) if line.held else []
    assert line.row is not None
    return line.row.name, layer_numbers(line.row, line.held)


def _edit(path: Path, value: msgspec.Struct) -> edits.Edit:
    """Make the edit of a form: of the layer at `path`, or of the network itself for the empty path."""
    if isinstance(value, Network):
        name, shape = value.name, value.input_shape
        return lambda network: edits.set_input_shape(edits.rename(network, name), shape)
    return lambda network: edits.replace(network, path, cast("AnyLayer", value))
