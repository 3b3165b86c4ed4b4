"""What a person may want to know about what has the focus, before its keys."""

from inspect import cleandoc

import msgspec
from rich.table import Table
from rich.text import Text

from tui_cnn.formats.fields import fields, format_value
from tui_cnn.i18n import _


def about_type(value: msgspec.Struct) -> Text:
    """Say what a declared type is: what its documentation says."""
    return Text(_(cleandoc(type(value).__doc__ or "")).replace("`", ""))


def about_fields(value: msgspec.Struct) -> Table:
    """Explain each field, with what it holds now; the name last, as in the form."""
    table = _pairs()
    for field in sorted(fields(type(value)), key=lambda field: field.name == "name"):
        if field.kind == "nested":
            continue
        held = format_value(field, getattr(value, field.name)) or field.blank or "—"
        table.add_row(field.name, held, Text(_(field.description) if field.description else ""))
    return table


def about_columns() -> Table:
    """Explain the numbers that stand beside a layer."""
    table = _pairs()
    for name, meaning in (
        (_("output"), _("output shape of one image: height × width × channels")),
        (_("params"), _("weights and biases, counted as in Keras")),
        (_("MACs"), _("multiply-accumulate operations of the kernels for one image, without biases and pooling")),
        (_("RF"), _("receptive field: side of the input region that a cell depends on, in pixels")),
    ):
        table.add_row(name, "", Text(meaning))
    return table


def about_runs() -> Table:
    """Explain what stands in the list of runs."""
    table = _pairs()
    for name, meaning in (
        (_("state"), _("running, paused, finished, failed or interrupted (can be resumed from its checkpoint)")),
        (_("best val."), _("best accuracy on the validation images")),
        (_("test"), _("accuracy on the test images, evaluated once, at the end")),
    ):
        table.add_row(name, "", Text(meaning))
    return table


def _pairs() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True, min_width=16)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, style="dim")
    return table
