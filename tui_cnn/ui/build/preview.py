"""What an edit would change, before it is made."""

from collections.abc import Callable
from typing import cast

import msgspec
from rich.table import Table
from rich.text import Text
from textual.app import App

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.layers import LAYER_TYPES, AnyLayer, Family
from tui_cnn.core.memory import BYTES, memory
from tui_cnn.core.network import Path
from tui_cnn.core.receptive_field import ReceptiveField, format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.formats.fields import fields, start
from tui_cnn.i18n import _
from tui_cnn.ui.build.editing import Change
from tui_cnn.ui.toolkit.numbers import change, short_count, size


def preview(before: Analysis, after: Analysis, path: Path) -> Table | Text:
    """Compare the layer at `path` and the totals: what stays as it is has no line but the output.

    An edit that breaks the stack says where and why.
    """
    broken = next((check for check in after.checks if check.severity == "error"), None)
    if broken is not None:
        return Text("✗ " + str(broken), style="bold")
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True, style="bold")
    old, new = (next((row for row in analysis.rows if row.path == path), None) for analysis in (before, after))
    table.add_row(_("output"), _shape(before, old, path), "→", _shape(after, new, path), "")
    if path:
        if old and new and old.figures and new.figures:
            was, now = old.figures, new.figures
            _compare(table, _("parameters"), was.parameters.total, now.parameters.total)
            _compare(table, _("MACs"), was.macs.value, now.macs.value)
            held, holds = (BYTES * elements(figures.output_shape) for figures in (was, now))
            _compare(table, _("activations"), held, holds, size)
            _compare_fields(table, old.field, new.field)
        table.add_row(Text(_("in total")))
    _compare(table, _("parameters"), before.totals.params, after.totals.params)
    _compare(table, _("MACs"), before.totals.macs, after.totals.macs)
    _compare(table, _("train step"), memory(before).training, memory(after).training, size)
    _compare_fields(table, *(last.field if (last := analysis.last_map) else None for analysis in (before, after)))
    return table


def _compare(
    table: Table, label: str, old: int | None, new: int | None, write: Callable[[int], str] = short_count
) -> None:
    if old is not None and new is not None and old != new:
        table.add_row(label, write(old), "→", write(new), change(old, new))


def _compare_fields(table: Table, old: ReceptiveField | None, new: ReceptiveField | None) -> None:
    if old is not None and new is not None and format_field(old) != format_field(new):
        table.add_row(_("RF"), format_field(old), "→", format_field(new), "")


def _shape(analysis: Analysis, row: Row | None, path: Path) -> str:
    if not path:
        return format_shape(analysis.network.input_shape)
    return format_shape(row.figures.output_shape) if row and row.figures else "—"


_MOST_USED = 10
"""So many of the layers that people reach for first stand above those of each family."""


def _headings() -> dict[Family, str]:
    """Return what stands over the layers of each family, those that most networks need first."""
    return {
        "convolution": _("Convolution"),
        "pooling": _("Pooling"),
        "dense": _("Dense, recurrent, attention"),
        "normalization": _("Normalization"),
        "activation": _("Activation"),
        "regularization": _("Regularization"),
        "reshaping": _("Shape and scale"),
        "container": _("Blocks and branches"),
        "augmentation": _("Augmentation"),
        "opaque": _("Unknown"),
    }


async def choose_layer(app: App[object], before: Analysis, path: Path) -> Change | None:
    """Ask which layer to put at `path`."""
    from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick

    kinds = [kind for kind in LAYER_TYPES.values() if all(field.kind != "nested" for field in fields(kind))]
    headings = _headings()
    rest = sorted(kinds[_MOST_USED:], key=lambda kind: [*headings].index(kind.family))
    groups = [(_("Most used"), kind) for kind in kinds[:_MOST_USED]] + [(headings[kind.family], kind) for kind in rest]
    items = [Item(kind.__name__, _((kind.__doc__ or "").partition("\n")[0]), kind, group) for group, kind in groups]

    def adding(kind: type[msgspec.Struct]) -> edits.Edit:
        return lambda network: edits.insert(network, path, cast("AnyLayer", start(kind)))

    def effect(kind: type[msgspec.Struct]) -> str:
        return insertion(before, analyze(adding(kind)(before.network)), path)

    kind = await app.push_screen_wait(Pick(_("Add a layer"), items, effect=effect))
    return Change(_("add"), adding(kind), path) if kind is not None else None


def insertion(before: Analysis, after: Analysis, path: Path) -> str:
    """Say in a line what the layer at `path` of `after` makes of its input, and how the totals change by it.

    A layer that breaks the stack says where and why; what was broken before is not laid at its door.
    """
    broken = [check for check in after.checks if check.severity == "error"]
    if any(check.severity == "error" for check in before.checks):
        broken = [check for check in broken if check.path == path]
    if broken:
        return f"✗ {broken[0]}"
    row = next(row for row in after.rows if row.path == path)
    if row.input_shape is None or row.figures is None:  # behind a layer that is broken, or unknown
        return ""
    return _("{input} → {output} · total: {params} parameters, {macs} MACs").format(
        input=format_shape(row.input_shape),
        output=format_shape(row.figures.output_shape),
        params=_change(after.totals.params - before.totals.params),
        macs=_change(after.totals.macs - before.totals.macs),
    )


def _change(by: int) -> str:
    """Write by how much a count grows or shrinks: `+1.34 k`, `−36.9 k`, `±0`."""
    return f"{'+' if by > 0 else '−' if by < 0 else '±'}{short_count(abs(by))}"
