"""The settings of the selected layer: to read, and on request to edit."""

from collections.abc import Mapping
from functools import reduce
from typing import Any, ClassVar, cast

import msgspec
from rich.cells import cell_len
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.edits import is_branch
from tui_cnn.core.layers import AnyLayer, Layer, Shared
from tui_cnn.core.network import Network, Path, format_path
from tui_cnn.formats.fields import fields, format_value
from tui_cnn.i18n import _
from tui_cnn.search.marks import Marks, fields_at
from tui_cnn.search.space import PRESENT, REPEAT
from tui_cnn.ui.build.actions import FORM
from tui_cnn.ui.build.preview import preview
from tui_cnn.ui.toolkit.form import FormLayout, StructForm, is_rare, spoken
from tui_cnn.ui.toolkit.numbers import whole_parts
from tui_cnn.ui.toolkit.vary import varied_text, vary
from tui_cnn.ui.workspace import workspace_of

_ABOUT, _ADVICE, _EFFECT = 7, 2, 8
"""Lines that must be free to say what the layer is, of what is said about a field, of what an edit would change."""

_NAMES, _WIDEST = 18, 200
"""Cells of the names of the fields, and of a line before its width is known."""


class LayerPanel(Vertical):
    """Reading costs one line of text a field; the form with its controls exists only while one edits.

    While it does, the screen has the class `-editing`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*FORM.bindings()]
    DEFAULT_CSS = """
    LayerPanel {
        & #about { color: $text-muted; height: 3; }
        & #settings { height: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        & #effect { height: auto; border-top: solid $panel-border; border-title-color: $text-muted; display: none; }
        & #effect.-broken { color: $text-error; }
    }
    """

    form: StructForm | None = None
    """The form, while one edits."""

    path: Path = ()
    """The layer that is shown; empty for the network itself."""

    _edited_network: Network
    """The network that the form is of."""

    _focused_before: Widget | None = None
    _marks: Marks = ()

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.styles.set_rule("layout", FormLayout())

    def compose(self) -> ComposeResult:
        """Lay out what the layer is, its settings, and the effect of an edit."""
        yield Static(id="about")
        yield Static(id="settings")
        yield Static(id="effect")

    def show(self, analysis: Analysis, path: Path) -> None:
        """Show the layer at `path`, or the network itself for the empty path; a form that is open is closed."""
        self._remove_form()
        self._analysis, self.path = analysis, path
        self._write()

    def show_varied(self, marks: Marks) -> None:
        """Show what of the layer varies in a search."""
        self._marks = marks
        if self.form is not None:
            self.form.show_varied(self._varied())
        if self.is_mounted and hasattr(self, "_analysis"):
            self._write()

    def _varied(self) -> dict[str, Any]:
        return fields_at(self._marks, self.edited) if self.path else {}

    def on_resize(self) -> None:
        """Write as many of the values that vary as there is room for."""
        if self._varied():
            self._write()

    def _room(self) -> int:
        return self.query_one("#settings", Static).content_size.width or _WIDEST

    def _write(self) -> None:
        path = self.path
        value = self._value()
        kind = type(value)
        where = _("layer {number}").format(number=format_path(path)) if path else _("network")
        title = f"{kind.__name__ if path else _('Input')} · {where}"
        if title != self.border_title:  # assigned, it is drawn anew
            self.border_title = title
        about = (kind.__doc__ or "").partition("\n")[0] if path else _("The shape of one image, channels last.")
        for name, text in (("#about", Text(_(about))), ("#settings", _settings(value, self._varied(), self._room()))):
            static = self.query_one(name, Static)
            if static.content != text:
                static.update(text, layout=False)

    async def edit(self) -> None:
        """Open the form of the layer, with the first field ready to type into."""
        if self.form is None:
            self._focused_before = self.screen.focused
            self.screen.add_class("-editing")
            self.query_one("#settings").display = False
            self._edited_network = workspace_of(self).design.network
            self.form = form = StructForm(self._value())
            await self.mount(form, before="#effect")
            form.show_varied(self._varied())
            if form is self.form:  # and was not closed while it was set up
                self._share_room()
                form.focus_first()

    def commit(self, select: Path | None = None) -> None:
        """Apply what stands in the form, if that makes sense, and close it; select the layer at `select` then."""
        form, path, edited = self.form, self.path, self.edited if self.form else ()
        if form is not None and form.value is not None:
            self.close()
            if form.pending and workspace_of(self).is_still(self._edited_network):
                change = _edit(edited, form.value)
                workspace_of(self).edit(_("edit"), change, path if select is None else select)

    def close(self) -> None:
        """Close the form; the focus goes back to where it was."""
        if self.form is not None:
            self._remove_form()
            if self._focused_before is not None:
                self._focused_before.focus()

    def action_commit(self) -> None:
        """Apply what stands in the form, if that makes sense."""
        self.commit()

    def action_cancel(self) -> None:
        """Leave the layer as it was."""
        self.close()

    @work
    async def action_vary(self) -> None:
        """Let the field with the focus vary in a search."""
        value = self._value()
        if self.form is None or not isinstance(value, Layer):
            self.notify(_("Select a layer to let its settings vary."))
            return
        focused = self.screen.focused
        field = (focused.id or "").removeprefix("field-") if focused else ""
        await vary(self.app, workspace_of(self), self.edited, value, field)

    @on(StructForm.Changed)
    def _preview(self, event: StructForm.Changed) -> None:
        """Show what the edit in the form would change."""
        effect = self.query_one("#effect", Static)
        effect.display = event.value is not None and event.form.pending
        if event.value is not None and effect.display:
            after = analyze(_edit(self.edited, event.value)(self._analysis.network))
            effect.border_title = _("after this change")
            effect.set_class(any(check.severity == "error" for check in after.checks), "-broken")
            effect.update(preview(self._analysis, after, self.edited))

    @property
    def edited(self) -> Path:
        """The path of what the form edits: of a branch, the branches that it is one of."""
        return self.path[:-1] if is_branch(self._analysis.network, self.path) else self.path

    def _value(self) -> msgspec.Struct:
        network = self._analysis.network
        return edits.layer_at(network, self.edited) if self.path else network

    def _remove_form(self) -> None:
        if self.form is not None:
            self.form.remove()
            self.form = None
            self.screen.remove_class("-editing")
            self.query_one("#settings").display = True
            self.query_one("#effect").display = False
            self._share_room()

    @on(Resize)
    @on(StructForm.Resized)
    def _share_room(self) -> None:
        """Keep in view what an edit would change: what the layer is gives way to it, and then the fields scroll."""
        lines = self.form.lines + _ADVICE + _EFFECT if self.form else 0
        self.query_one("#about").display = self.size.height >= lines + _ABOUT * bool(lines)


_UNSAID = ("name", "muted", "trainable", "outputs")
"""Fields of which nothing is said where they are as usual."""


def _settings(value: msgspec.Struct, varied: Mapping[str, Any], room: int) -> Text:
    """List the fields with their values; those that are as Keras leaves them step back.

    Of those that vary, all values that have room in so many columns.
    """
    defaults = {info.name: info.default for info in msgspec.structs.fields(value)}
    text = Text(no_wrap=True, overflow="ellipsis")
    for field in fields(type(value)):
        held = getattr(value, field.name)
        usual = held == defaults[field.name]
        is_unsaid = usual and (field.name in _UNSAID or is_rare(field.name))
        if field.kind == "nested" or (is_unsaid and field.name not in varied):
            continue
        written = spoken(format_value(field, held)) or field.blank
        text.append(f"{field.name:<{_NAMES}}", "dim").append(written, "dim" if usual else "bold")
        if field.name in varied and isinstance(value, Layer):
            left = room - max(len(field.name), _NAMES) - cell_len(written) - 2
            text.append("  " + whole_parts(varied_text(value, field.name, varied[field.name]), left, ", "), "bold")
        text.append("\n")
    for name in (REPEAT, PRESENT):
        if name in varied and isinstance(value, Layer):
            values = whole_parts(varied_text(value, name, varied[name]), room - _NAMES, ", ")
            text.append(f"{name:<{_NAMES}}", "dim").append(f"{values}\n", "bold")
    return text


def _edit(path: Path, value: msgspec.Struct) -> edits.Edit:
    """Make the edit of a form: of the layer at `path`, or of the network itself for the empty path."""
    if isinstance(value, Network):
        name, shape, outputs = value.name, value.input_shape, value.outputs
        return lambda network: edits.set_outputs(edits.set_input_shape(edits.rename(network, name), shape), outputs)
    layer = cast("AnyLayer", value)
    named = (layer.layer,) if isinstance(layer, Shared) else layer.takes or ()
    return lambda network: edits.replace(reduce(edits.name_layer, named, network), path, layer)
