"""The Build screen: the stack, the settings of the selected layer, why its numbers are what they are, the checks."""

from collections.abc import Iterator
from typing import ClassVar, cast

import msgspec
from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import Check
from tui_cnn.core.layers import LAYER_TYPES, AnyLayer
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path
from tui_cnn.formats.fields import fields, start
from tui_cnn.i18n import _
from tui_cnn.ui.design import Design
from tui_cnn.ui.draw.why import layer_numbers, network_numbers
from tui_cnn.ui.messages import LayerSelected
from tui_cnn.ui.screens.base import MainScreen
from tui_cnn.ui.widgets.form import StructForm
from tui_cnn.ui.widgets.layer_panel import LayerPanel
from tui_cnn.ui.widgets.stack import StackView
from tui_cnn.ui.widgets.volume import VolumeView

_MOST_CHECKS = 3


class BuildScreen(MainScreen):
    """Where a network is designed."""

    MODE = "build"
    CSS_PATH = "build.tcss"
    AUTO_FOCUS: ClassVar[str] = "#stack"

    _shown: Analysis | None = None

    def body(self) -> Iterator[Widget]:
        """Lay out the stack with its numbers and checks, and the settings beside it."""
        design = self.cnn_tui.design
        with_stack = Vertical(
            StackView(design.analysis, id="stack"),
            VolumeView(id="volume"),
            Static(id="why"),
            Static(id="checks"),
            id="main",
        )
        yield Horizontal(with_stack, LayerPanel(id="settings-panel"))

    @property
    def stack(self) -> StackView:
        """The stack of layers."""
        return self.query_one(StackView)

    @property
    def panel(self) -> LayerPanel:
        """The settings of the selected layer."""
        return self.query_one(LayerPanel)

    @property
    def topic(self) -> str:
        """The type of the selected layer."""
        path = self.stack.path
        layers = (type(row.layer).__name__ for row in self.cnn_tui.design.analysis.rows if row.path == path)
        return next(layers, "Input")

    def show_design(self, design: Design) -> None:
        """Show another network, with the cursor where it was edited; one that was merely saved stays as it is shown."""
        if design.analysis is self._shown:
            return
        self._shown = design.analysis
        self.stack.show(design.analysis, design.select)
        self.query_one("#checks", Static).update(_checks(design.analysis.checks))
        self.refresh_bindings()

    def settle(self) -> None:
        """Apply what stands in the form."""
        self.action_commit()

    @on(LayerSelected)
    def _show_selected(self) -> None:
        """Show the layer under the cursor, unless its form is open already."""
        path, analysis = self.stack.path, self.cnn_tui.design.analysis
        form, edited = self.panel.form, self.panel.path
        if form is not None and self.panel.shows(analysis, path):
            return
        self.remove_class("-editing")
        self.panel.show(analysis, path)
        self.query_one(VolumeView).show(analysis, path)
        row = next((row for row in analysis.rows if row.path == path), None)
        why = self.query_one("#why", Static)
        why.border_title = Content(row.name if row else _("the whole network"))
        why.update(layer_numbers(row) if row else network_numbers(analysis), layout=False)
        if form is not None and form.value is not None and form.pending and edited != path:
            self._request(_("edit"), _edit(edited, form.value), path)  # the mouse went elsewhere: lose nothing

    @on(StructForm.Changed)
    def _preview(self, event: StructForm.Changed) -> None:
        form = event.form
        if event.value is None or not form.pending:
            self.panel.preview(None)
        else:
            self.panel.preview(analyze(_edit(self.panel.path, event.value)(self.cnn_tui.design.network)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a fix where there is one, and undo where something was done."""
        design = self.cnn_tui.design
        allowed = {
            "apply_fix": any(check.fix for check in design.analysis.checks),
            "undo": design.history.past is not None,
            "redo": design.history.future is not None,
        }
        return allowed.get(action, True)

    @work
    async def action_add_layer(self) -> None:
        """Ask for a layer and put it below the selected one."""
        path = self.stack.path
        await self._insert((*path[:-1], path[-1] + 1) if path else (0,))

    @work
    async def action_insert_layer(self) -> None:
        """Ask for a layer and put it above the selected one."""
        await self._insert(self.stack.path or (0,))

    async def action_edit_layer(self) -> None:
        """Open the form of the selected layer."""
        self._show_selected()
        self.add_class("-editing")
        await self.panel.edit()

    def action_delete_layer(self) -> None:
        """Delete the selected layer; the one below comes under the cursor."""
        if path := self.stack.path:
            left = len(edits.stack_at(self.cnn_tui.design.network, path)) - 1
            select = (*path[:-1], min(path[-1], max(0, left - 1)))
            self._request(_("delete"), lambda network: edits.delete(network, path), select)

    def action_duplicate_layer(self) -> None:
        """Put a copy below the selected layer."""
        if path := self.stack.path:
            copy = (*path[:-1], path[-1] + 1)
            self._request(_("duplicate"), lambda network: edits.duplicate(network, path), copy)

    def action_move_up(self) -> None:
        """Move the selected layer up in its stack."""
        self._move(-1)

    def action_move_down(self) -> None:
        """Move the selected layer down in its stack."""
        self._move(1)

    def action_apply_fix(self) -> None:
        """Apply the first fix that there is, that of the selected layer before others."""
        checks = [check for check in self.cnn_tui.design.analysis.checks if check.fix]
        checks.sort(key=lambda check: check.path != self.stack.path)
        if not checks or checks[0].fix is None:
            self.notify(_("There is nothing that can be fixed."))
            return
        self._request(checks[0].fix.label, checks[0].fix.apply, checks[0].path)

    def action_undo(self) -> None:
        """Take back the last edit."""
        self.cnn_tui.undo()

    def action_redo(self) -> None:
        """Make it again."""
        self.cnn_tui.redo()

    def action_commit(self) -> None:
        """Apply what stands in the form, if it makes sense, and go back to the stack."""
        form = self.panel.form
        if form is None or form.value is None:
            return
        path = self.panel.path
        self._close_form()
        if form.pending:
            self._request(_("edit"), _edit(path, form.value), path)

    def action_cancel(self) -> None:
        """Leave the form as it was."""
        self._close_form()

    async def _insert(self, path: Path) -> None:
        from tui_cnn.ui.dialogs.pick import Item, Pick

        items = [
            Item(name, _((kind.__doc__ or "").partition("\n")[0]), kind)
            for name, kind in LAYER_TYPES.items()
            if all(field.kind != "nested" for field in fields(kind))
        ]
        kind = await self.app.push_screen_wait(Pick(_("Add a layer"), items))
        if kind is not None:
            layer = cast("AnyLayer", start(kind))
            self._request(_("add"), lambda network: edits.insert(network, path, layer), path)

    def _move(self, by: int) -> None:
        path = self.stack.path
        if not path:
            return
        to = path[-1] + by
        if 0 <= to < len(edits.stack_at(self.cnn_tui.design.network, path)):
            self._request(_("move"), lambda network: edits.move(network, path, to), (*path[:-1], to))

    def _request(self, label: str, edit: edits.Edit, select: Path) -> None:
        self.cnn_tui.edit(label, edit, select)

    def _close_form(self) -> None:
        self.remove_class("-editing")
        self.panel.show(self.cnn_tui.design.analysis, self.stack.path)
        self.stack.focus()


def _edit(path: Path, value: msgspec.Struct) -> edits.Edit:
    """Make the edit of a form: of the layer at `path`, or of the network itself for the empty path."""
    if isinstance(value, Network):
        name, shape = value.name, value.input_shape
        return lambda network: edits.set_input_shape(edits.rename(network, name), shape)
    return lambda network: edits.replace(network, path, cast("AnyLayer", value))


def _checks(checks: tuple[Check, ...]) -> Content:
    """List the findings, one a line, errors first."""
    if not checks:
        return Content.styled("✓ " + _("no problems found"), "$text-success")
    lines = []
    for check in checks[:_MOST_CHECKS]:
        sign, style = {"error": ("✗", "$text-error"), "warning": ("⚠", "$text-warning"), "info": ("·", "")}[
            check.severity
        ]
        lines.append(Content.styled(f"{sign} {check}", style))
    if len(checks) > _MOST_CHECKS:
        lines.append(Content.styled(_("… and {count} more").format(count=len(checks) - _MOST_CHECKS), "$text-muted"))
    return Content("\n").join(lines)
