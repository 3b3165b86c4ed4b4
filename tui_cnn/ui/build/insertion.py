"""Choosing a layer to add, with what each would do to the network."""

from typing import cast

import msgspec
from textual.app import App

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.layers import LAYER_TYPES, AnyLayer
from tui_cnn.core.network import Path
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.fields import fields, start
from tui_cnn.i18n import _
from tui_cnn.ui.build.editing import Change
from tui_cnn.ui.toolkit.numbers import short_count


async def choose_layer(app: App[object], before: Analysis, path: Path) -> Change | None:
    """Ask which layer to put at `path`."""
    from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick

    items = [
        Item(name, _((kind.__doc__ or "").partition("\n")[0]), kind)
        for name, kind in LAYER_TYPES.items()
        if all(field.kind != "nested" for field in fields(kind))
    ]

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
