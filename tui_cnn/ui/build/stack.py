"""The stack of layers: the cursor, the selected range, the folds, and what the keys and the mouse do to them."""

from typing import ClassVar, Literal

from rich.style import Style
from textual import events, work
from textual.binding import Binding, BindingType
from textual.content import Content

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis
from tui_cnn.core.moving import Span, span_between
from tui_cnn.core.network import Path
from tui_cnn.core.quick_edits import QuickEdit
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import dumps_layers
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.build import editing
from tui_cnn.ui.build.actions import STACK
from tui_cnn.ui.build.columns import FROZEN, INDENT
from tui_cnn.ui.build.formulas import numbers_of, write
from tui_cnn.ui.build.layer_panel import LayerPanel
from tui_cnn.ui.build.lines_view import LinesView
from tui_cnn.ui.workspace import Workspace, workspace_of

Where = Literal["above", "below"]


class StackView(LinesView, can_focus=True):
    """A line a layer, the input first. One line is under the cursor, and a range of layers may be selected."""

    ALLOW_SELECT = False  # the mouse moves layers here, it does not mark text
    COMPONENT_CLASSES: ClassVar[set[str]] = {"stack--drop"}
    DEFAULT_CSS = """
    StackView > .stack--drop { background: $accent 40%; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *STACK.bindings(),
        Binding("up,k", "cursor(-1)", show=False),
        Binding("down,j", "cursor(1)", show=False),
        Binding("pageup", "cursor(-10)", show=False),
        Binding("pagedown", "cursor(10)", show=False),
        Binding("home,g", "cursor(-10000)", show=False),
        Binding("end,G", "cursor(10000)", show=False),
        Binding("escape", "clear_range", show=False),
    ]

    last_edit = ""
    """What the last edit was, for the title to say what can be undone."""

    _anchor: Path | None = None  # where the range began
    _growing = False  # whether the arrows extend the range (after V); else they end it, as after an edit or Shift
    _dragged: int | None = None  # the line on which the mouse button went down
    _drop: int | None = None  # the line that the mouse has dragged it to

    def __init__(self, analysis: Analysis, panel: LayerPanel, *, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(analysis, id=id, classes=classes)
        self._panel = panel

    # what is selected

    @property
    def span(self) -> Span | None:
        """The selected layers: those of the range, or the one under the cursor; None on the input."""
        if self.path and self._anchor:
            return span_between(self.layer_tree.analysis.network, self._anchor, self.path)
        return Span(self.path) if self.path else None

    @property
    def selection(self) -> editing.Selection:
        """What an edit is about."""
        network, path = self.layer_tree.analysis.network, self.path
        branch = path if path and self._anchor is None and edits.is_branch(network, path) else None
        return editing.Selection(network, path, self.span, branch, self.layer_tree.is_open)

    def show(self, analysis: Analysis, select: Path, *, opened: bool = False) -> None:
        """Show another analysis, with the cursor on the layer at `select` or as near to it as there is one.

        What is folded stays so, except around the cursor. A network that was just `opened` is folded where it is too
        long to be seen at once.
        """
        self._anchor = None
        self.just_opened = opened and not self.room
        if opened:
            self.layer_tree.open(analysis, self.room)
        else:
            self.layer_tree.show(analysis, select)
        self.relist(select)

    def select(self, span: Span) -> None:
        """Put the cursor on the first of some layers, and select all of them, until the cursor is moved."""
        self._anchor, self._growing = None, False
        self.put_cursor(span.path)
        if span.length > 1:
            self._anchor = span.paths[-1]
            self._changed_range()

    def go_to(self, path: Path) -> None:
        """Put the cursor on a layer, whatever is folded around it."""
        self.layer_tree.reveal(path)
        self._anchor = None
        self.relist(path)

    def is_selected(self, number: int) -> bool:
        """Tell whether a line is in the range."""
        span = self.span if self._anchor is not None else None
        return span is not None and span.holds(self.layer_tree.lines[number].path)

    def action_cursor(self, lines: int) -> None:
        """Move the cursor, and with it the end of a range that was begun with V; any other range ends."""
        if not self._growing:
            self.action_clear_range()
        self.cursor += lines

    def action_extend(self, lines: int) -> None:
        """Move the cursor, and select what is between it and where it was at first; from the input, the first layer."""
        if self._anchor is None:
            self._growing = False
            self._anchor = next((line.path for line in self.layer_tree.lines[max(1, self.cursor) :]), None)
        self.cursor += lines
        self._changed_range()

    def action_select_range(self) -> None:
        """Start a range, or end it."""
        if self._anchor is not None:
            self.action_clear_range()
        else:
            self.action_extend(0)
            self._growing = True

    def action_clear_range(self) -> None:
        """Select no more than the line under the cursor."""
        if self._anchor is not None:
            self._anchor = None
            self._changed_range()

    def action_walk_findings(self, by: int) -> None:
        """Go to the next layer that has a finding, or to the one before."""
        paths = sorted({finding.path for finding in self.layer_tree.analysis.checks})
        if not paths:
            self.notify(_("No problems found."))
            return
        here = self.path
        ahead = [path for path in paths if (path > here if by > 0 else path < here)]
        around = paths[0] if by > 0 else paths[-1]
        self.go_to((ahead[0] if by > 0 else ahead[-1]) if ahead else around)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor among the lines; a range does not reach the input."""
        least = 1 if self._anchor is not None and len(self.layer_tree.lines) > 1 else 0
        return max(least, min(cursor, len(self.layer_tree.lines) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Scroll to the line."""
        self.reveal()
        if self._anchor is not None:
            self._changed_range()
        elif before != after:
            self.repaint_lines(before, after)

    def entitle(self) -> None:
        """Count the layers, each time of those that are repeated, and say what can be undone."""
        rows = [row for row in self.layer_tree.analysis.rows if not row.holds_layers]
        count = sum(row.times for row in rows)
        title = ngettext("{count} layer", "{count} layers", count).format(count=count)
        if muted := sum(row.muted for row in rows):
            title += " · " + _("{count} muted").format(count=muted)
        if frozen := sum(row.times for row in rows if row.has_frozen_weights):
            title += " · " + _("{count} frozen ({sign})").format(count=frozen, sign=FROZEN)
        span = self.span if self._anchor is not None else None
        if span is not None:
            title += " · " + _("{count} selected").format(count=span.length)
        undo = "   " + _("u Undo: {edit}").format(edit=self.last_edit) if self.last_edit else ""
        self.border_title = Content.assemble(title, (undo, "dim"))

    def _changed_range(self) -> None:
        self._strips.clear()
        self.entitle()
        self.refresh()

    # what is folded

    def action_fold(self) -> None:
        """Fold what is under the cursor, or unfold it; from within it, what holds it."""
        if (folded := self.line.folded) is not None:
            self._fold(self.path, fold=not folded)
        elif (holder := self.layer_tree.holder(self.path)) is not None:
            self._fold(holder, fold=True)

    def action_fold_or_leave(self) -> None:
        """Fold what is under the cursor; go up to what holds it if there is nothing to fold."""
        if self.line.folded is False:
            self._fold(self.path, fold=True)
        elif (holder := self.layer_tree.holder(self.path)) is not None:
            self.go_to(holder)

    def action_open_or_enter(self) -> None:
        """Unfold what is under the cursor; go into it if it is unfolded."""
        if self.line.folded:
            self._fold(self.path, fold=False)
        elif self.line.folded is False:
            self.cursor += 1

    def action_fold_all(self) -> None:
        """Fold everything, or unfold everything if all is folded."""
        here, self._anchor = self.path, None
        self.layer_tree.fold_all()
        self.relist(here)

    def _fold(self, path: Path, *, fold: bool) -> None:
        here, self._anchor = self.path, None
        self.layer_tree.fold(path, fold=fold)
        self.relist(here)

    # what can be done to the selected layers

    @property
    def workspace(self) -> Workspace:
        """What the screens share."""
        return workspace_of(self)

    def apply(self, result: editing.Result) -> None:
        """Apply a change, and select what it was about; say why there is none."""
        if isinstance(result, str):
            self.notify(result)
        elif result is not None:
            label, edit, select = result
            self.workspace.edit(label, edit, select.path if isinstance(select, Span) else select)
            if isinstance(select, Span):
                self.select(select)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer undo and redo where there is something to undo or to redo."""
        history = self.workspace.design.history
        if action == "undo":
            return history.past is not None
        return action != "redo" or history.future is not None

    def action_edit(self, name: editing.EditName) -> None:
        """Delete, duplicate, mute, wrap or unwrap the selected layers, or add a branch."""
        self.apply(editing.change(self.selection, name))

    def action_quick_edit(self, name: QuickEdit) -> None:
        """Change one setting of the selected layers."""
        self.apply(editing.quick_change(self.selection, name))

    def action_move(self, by: int) -> None:
        """Move the selected layers up or down."""
        self.apply(editing.move(self.selection, by))

    def action_apply_fix(self) -> None:
        """Apply the first fix that there is, that of the selected layer before others."""
        findings = [finding for finding in self.layer_tree.analysis.checks if finding.fix]
        findings.sort(key=lambda finding: finding.path != self.path)
        self.apply(editing.fix(findings[0] if findings else None))

    def action_undo(self) -> None:
        """Undo the last edit."""
        self.workspace.undo()

    def action_redo(self) -> None:
        """Redo the last undone edit."""
        self.workspace.redo()

    def action_copy(self) -> None:
        """Copy the selected layers to the terminal's clipboard (OSC 52), and end the range."""
        self._copy()
        self.action_clear_range()

    def action_cut(self) -> None:
        """Copy the selected layers, and delete them."""
        if self._copy():
            self.action_edit("delete")

    def action_paste(self, where: Where) -> None:
        """Paste the layers on the clipboard beside the selected ones."""
        self._paste(self.app.clipboard, where)

    def on_paste(self, event: events.Paste) -> None:
        """Take what another program copied."""
        event.stop()
        self._paste(event.text, "below")

    def _copy(self) -> bool:
        layers = self.selection.layers()
        if not layers:
            self.notify(_("There are no layers to copy."))
            return False
        self.app.copy_to_clipboard(dumps_layers(layers))
        copied = ngettext("{count} layer copied.", "{count} layers copied.", len(layers)).format(count=len(layers))
        self.notify(copied)
        return True

    def _paste(self, text: str, where: Where) -> None:
        selection = self.selection
        if not text.strip():
            self.notify(_("Nothing to paste. Press y to copy the selected layers."))
            return
        try:
            self.apply(editing.paste(selection, text, below=where == "below"))
        except FormatError as error:
            self.workspace.report(error)

    @work
    async def action_add_layer(self, where: Where) -> None:
        """Ask for a layer and put it beside the selected ones."""
        from tui_cnn.ui.build.adding import choose_layer

        place = self.selection.place(below=where == "below")
        analysis = self.layer_tree.analysis
        change = await choose_layer(self.app, self.workspace, place)
        if change and self.workspace.is_still(analysis.network):
            self.apply(change)

    @work
    async def action_repeat(self) -> None:
        """Ask how often to repeat the selected layers, as a block."""
        from tui_cnn.ui.build.repeating import choose_times

        selection, analysis = self.selection, self.layer_tree.analysis
        change = await choose_times(self.app, selection, analysis)
        if isinstance(change, str) or (change and self.workspace.is_still(analysis.network)):
            self.apply(change)

    async def action_edit_layer(self) -> None:
        """Open the form of the selected layer."""
        await self._panel.edit()

    @work
    async def action_keep_variant(self) -> None:
        """Ask for a name, and save the network as a variant under it."""
        from tui_cnn.ui.build.variants_dialog import save_variant

        await save_variant(self.app, self.workspace)

    @work
    async def action_compare_variants(self) -> None:
        """Show the variants beside the network; load the chosen one."""
        from tui_cnn.ui.build.variants_dialog import compare_variants

        await compare_variants(self.app, self.workspace)

    @work
    async def action_measure(self) -> None:
        """Time each layer on this machine, for batches as large as the recipe's; the stack shows the times."""
        from tui_cnn.ui.build.measuring import measure

        await measure(self.app, self.workspace)

    @work
    async def action_sweep_setting(self) -> None:
        """Show what several values of a setting would make of the network; apply the chosen one."""
        from tui_cnn.ui.build.sweep import sweep_setting

        await sweep_setting(self.app, self.workspace, self.path)

    @work
    async def action_vary(self) -> None:
        """Let a setting of the layer under the cursor vary in a search."""
        from tui_cnn.ui.toolkit.vary import vary

        network, path = self.layer_tree.analysis.network, self.path
        if not path or edits.is_branch(network, path):
            self.notify(_("Select a layer to let its settings vary."))
            return
        await vary(self.app, self.workspace, path, edits.layer_at(network, path))

    @work
    async def action_inspect_file(self) -> None:
        """Make a run of the opened file, and look inside it."""
        from tui_cnn.ui.build.inspection import inspect_file

        await inspect_file(self.app, self.workspace)

    @work
    async def action_layer_menu(self) -> None:
        """List what can be done with the selected layers, and do what is chosen."""
        from tui_cnn.ui.toolkit.actions import keys_of
        from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
        from tui_cnn.ui.toolkit.help import key_names

        keymap = self.workspace.configuration.keys
        items = [
            Item(action.label, f"{key_names(keys_of(STACK, action, keymap)):<10} {action.help}", STACK.command(action))
            for action in STACK.actions
            if action.id != "layer_menu" and self.check_action(action.id, ())
        ]
        chosen = await self.app.push_screen_wait(Pick(_("Actions"), items))
        if chosen is not None:
            await self.run_action(chosen)

    def action_why(self) -> None:
        """Show every number of the selected layer with its formula."""
        from tui_cnn.ui.toolkit.dialogs.dialog import TextDialog

        title, numbers = numbers_of(self.line, self.layer_tree.analysis)
        quiet = self.get_component_rich_style("stack--dim", partial=True)
        self.app.push_screen(TextDialog(title, write(numbers, min(88, self.screen.size.width - 10), quiet)))

    @work
    async def action_choose_columns(self) -> None:
        """Ask which columns are wanted."""
        from tui_cnn.ui.build.columns_dialog import ChooseColumns

        hidden = await self.app.push_screen_wait(ChooseColumns(self.hidden_columns))
        if hidden is not None:
            self.hidden_columns = hidden
            self.workspace.remember(hidden_columns=tuple(sorted(hidden)))

    # the mouse: it selects, drags, folds, and asks for the menu

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a line; the input stays where it is."""
        self._dragged = self._number_at(event) or None if event.button == 1 and not event.shift else None
        self._drop = None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the line that is held; beside the lines it is where it was."""
        if self._dragged is None:
            return
        number = self._number_at(event)
        before = self._dragged if self._drop is None else self._drop
        after = self._dragged if number is None else number
        if after == before:
            return
        if self._drop is None:
            self.capture_mouse()
            self._take(self._dragged)
        self._drop = after
        self.repaint_lines(before, after)

    def on_mouse_up(self) -> None:
        """Drop the line."""
        dragged, drop, self._dragged = self._dragged, self._drop, None
        if drop is not None:
            self.release_mouse()
            self.repaint_lines(drop)
            if drop != dragged:
                self.apply(editing.drop(self.selection, self.layer_tree.lines[drop].path))

    def on_click(self, event: events.Click) -> None:
        """Select the line under the mouse, or fold it.

        A second click edits it, with Shift the range grows, and the right button shows what can be done with it.
        """
        number = self._number_at(event)
        dragged, self._drop = self._drop is not None, None  # the click that follows the end of a drag
        if dragged or number is None:
            return
        if event.button == 3:
            self._take(number)
            self.action_layer_menu()
            return
        if event.shift:
            self.action_extend(number - self.cursor)
            return
        self._anchor = None
        self.cursor = number
        line = self.layer_tree.lines[number]
        mark = self._gutter + self._columns[0].width + INDENT * line.depth
        if line.folded is not None and mark <= event.get_content_offset_capture(self).x <= mark + 1:
            self._fold(line.path, fold=not line.folded)
        elif event.chain == 2:
            self.call_later(self.action_edit_layer)

    def _take(self, number: int) -> None:
        """Put the cursor on a line, unless it is in the range that is selected."""
        if not self.is_selected(number):
            self._anchor = None
            self.cursor = number
            self._changed_range()

    def _number_at(self, event: events.MouseEvent) -> int | None:
        """Return the number of the line under the mouse; None on the border, the header, and below the last line."""
        inside = event.get_content_offset(self)
        number = inside.y - 1 + self.scroll_offset.y if inside else -1
        return number if inside and inside.y and number < len(self.layer_tree.lines) else None

    def _over(self, number: int) -> Style | None:
        if number == self._drop and self._dragged not in (None, number):
            return self.get_component_rich_style("stack--drop")
        return super()._over(number)
