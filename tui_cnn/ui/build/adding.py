"""Adding layers and building blocks: the list to choose from, the settings of a block, and what each would change."""

from typing import NamedTuple, cast

import msgspec
from rich.console import Group
from rich.text import Text
from textual.app import App

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.building_blocks import BUILDING_BLOCKS, BuildingBlock
from tui_cnn.core.layers import LAYER_TYPES, AnyLayer, Family, Identity
from tui_cnn.core.network import Network, Path
from tui_cnn.core.shape import Shape, ShapeError, format_shape
from tui_cnn.formats.fields import fields, start
from tui_cnn.i18n import _
from tui_cnn.ui.build.editing import Change
from tui_cnn.ui.toolkit.dialogs.form_dialog import FormDialog
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.network_summary import stack_lines
from tui_cnn.ui.toolkit.numbers import short_count
from tui_cnn.ui.workspace import Workspace

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
        "container": _("Routes and shared layers"),
        "augmentation": _("Augmentation"),
        "opaque": _("Unknown"),
    }


class _Place(NamedTuple):
    """Where something is to be added: the network as it is, the address, and what goes in there (None: not known)."""

    before: Analysis
    path: Path
    shape: Shape | None

    def adding(self, layer: AnyLayer) -> edits.Edit:
        return lambda network: edits.insert(network, self.path, layer)

    def effect(self, layer: AnyLayer) -> str:
        return insertion(self.before, analyze(self.adding(layer)(self.before.network)), self.path)

    def made(self, block: BuildingBlock) -> AnyLayer:
        """Make a block for what goes in.

        Raises:
            ShapeError: that is not known, or the block cannot take it.
        """
        if self.shape is None:
            raise ShapeError(_("the shape here is unknown, because a layer above cannot be built; fix that first"))
        return block.made_for(self.shape)


async def choose_layer(app: App[object], workspace: Workspace, path: Path) -> Change | None:
    """Ask which layer or building block to put at `path`, and for the settings of a block."""
    before = workspace.design.analysis
    place = _Place(before, path, shape_at(before.network, path))

    def effect(kind: type[msgspec.Struct]) -> str:
        if not issubclass(kind, BuildingBlock):
            return place.effect(_new(kind))
        try:
            return place.effect(place.made(kind.begun_for(place.shape)))
        except ShapeError as error:
            return f"✗ {error}"

    kinds = [kind for kind in LAYER_TYPES.values() if all(field.kind != "nested" for field in fields(kind))]
    headings = _headings()
    rest = sorted(kinds[_MOST_USED:], key=lambda kind: [*headings].index(kind.family))
    items = [
        *(_item(kind.__name__, kind, _("Most used")) for kind in kinds[:_MOST_USED]),
        *(_item(kind.named(), kind, _("Building blocks")) for kind in BUILDING_BLOCKS),
        *(_item(kind.__name__, kind, headings[kind.family]) for kind in rest),
    ]
    kind = await app.push_screen_wait(Pick(_("Add a layer"), items, effect=effect))
    if kind is None:
        return None
    if not issubclass(kind, BuildingBlock):
        return Change(_("add"), place.adding(_new(kind)), path)
    return await _choose_settings(app, workspace, place, kind)


def _item(name: str, kind: type[msgspec.Struct], group: str) -> Item[type[msgspec.Struct]]:
    return Item(name, _about(kind), kind, group)


def _about(kind: type[msgspec.Struct]) -> str:
    return _((kind.__doc__ or "").partition("\n")[0])


def _new(kind: type[msgspec.Struct]) -> AnyLayer:
    return cast("AnyLayer", start(kind))


async def _choose_settings(
    app: App[object], workspace: Workspace, place: _Place, kind: type[BuildingBlock]
) -> Change | None:
    """Ask for the settings of a building block, beside what it is made of and what it would change."""

    def effect(block: BuildingBlock) -> Group:
        layer = place.made(block)
        alone = analyze(Network(kind.named(), place.shape or (1,), (layer,)))
        return Group(Text(place.effect(layer), "bold"), Text(), stack_lines(alone))

    title = _("Add {block}").format(block=kind.named())
    block = await app.push_screen_wait(FormDialog(title, _about(kind), kind.begun_for(place.shape), effect))
    if block is None:
        return None
    try:
        layer = place.made(block)
    except ShapeError as error:
        workspace.report(f"{kind.named()}: {error}")
        return None
    return Change(_("add"), place.adding(layer), place.path)


def shape_at(network: Network, path: Path) -> Shape | None:
    """Return the shape that a new layer at `path` would get; None where that cannot be known."""
    rows = analyze(edits.insert(network, path, Identity())).rows
    return next(row.input_shape for row in rows if row.path == path)


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
