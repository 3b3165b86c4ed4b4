"""What can be done to the selected layers: each change is one edit, and one step to undo."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec import structs

from tui_cnn.core import edits, moving
from tui_cnn.core.checks import Check, FindingGroup
from tui_cnn.core.edits import Edit
from tui_cnn.core.layers import AnyLayer, Block, Branches, can_be_frozen
from tui_cnn.core.moving import Span
from tui_cnn.core.network import Network, Path, names, walk
from tui_cnn.core.quick_edits import QuickEdit, quick_edit
from tui_cnn.core.renaming import copied
from tui_cnn.formats.toml import loads_layers
from tui_cnn.i18n import _, ngettext


class Selection(NamedTuple):
    """What an edit is about.

    Attributes:
        path: what is under the cursor; empty for the input.
        span: the selected layers; None on the input.
        branch: the branch under the cursor, if there is one and no range is selected.
        is_open: tells whether the container at a path is unfolded.
    """

    network: Network
    path: Path
    span: Span | None
    branch: Path | None
    is_open: Callable[[Path], bool]

    def place(self, *, below: bool) -> Path:
        """Return where new layers go: beside the selected ones, or into the branch under the cursor."""
        if self.span is None:
            return (0,)
        if self.branch:
            return (*self.branch, 0)
        path, length = self.span
        return (*path[:-1], path[-1] + length) if below else path

    def layers(self) -> tuple[AnyLayer, ...]:
        """Return the selected layers; of a branch all that it holds."""
        if self.branch:
            return edits.stack_at(self.network, (*self.branch, 0))
        return edits.layers_at(self.network, *self.span) if self.span else ()


class Change(NamedTuple):
    """An edit, its label, and what is selected after it."""

    label: str
    edit: Edit
    select: Path | Span


Result = Change | str | None
"""A change, or why there can be none; None where there is nothing to do."""

EditName = Literal["delete", "duplicate", "mute", "freeze", "wrap_in_block", "add_skip", "unwrap", "add_branch"]


def change(selection: Selection, name: EditName) -> Result:
    """Edit what is selected."""
    match name:
        case "delete":
            return _delete(selection)
        case "duplicate":
            return _duplicate(selection)
        case "mute":
            return _mute(selection)
        case "freeze":
            return _freeze(selection)
        case "wrap_in_block":
            return _wrap(_("wrap in block"), edits.wrap_in_block, selection)
        case "add_skip":
            return _wrap(_("add skip connection"), edits.wrap_in_branches, selection)
        case "unwrap":
            return _unwrap(selection)
        case "add_branch":
            return _add_branch(selection)


def move(selection: Selection, by: int) -> Result:
    """Move the selected layers or the branch up or down, into and out of unfolded containers."""
    network = selection.network
    if branch := selection.branch:
        to = branch[-1] + by
        moved = edits.move_branch(network, branch, to)
        return Change(_("move"), lambda _network: moved, (*branch[:-1], to)) if moved != network else None
    if span := selection.span:
        moved, path = moving.step(network, *span, by, selection.is_open)
        return Change(_counted("move", span), lambda _network: moved, Span(path, span.length))
    return None


def drop(selection: Selection, onto: Path) -> Result:
    """Move the selected layers to where another one is."""
    if selection.branch:
        return _("A branch cannot be dragged. Press J or K to move it.")
    span = selection.span
    if span is None:
        return None
    moved = moving.drop(selection.network, *span, onto, selection.is_open)
    if moved.network == selection.network:
        return None
    return Change(_counted("move", span), lambda _network: moved.network, span._replace(path=moved.path))


def paste(selection: Selection, text: str, *, below: bool) -> Change:
    """Put the layers that `text` declares beside the selected ones, without the names that the network has already.

    The text is TOML, as it stands in a file, so that layers can go to an editor and come back.

    Raises:
        FormatError: it declares no layers.
    """
    place = selection.place(below=below)
    layers = loads_layers(text, _("the clipboard"))
    taken = set(names(selection.network).values())
    if any(layer.name in taken for _path, layer in walk(layers) if layer.name):
        layers = copied(selection.network, layers)
    label = ngettext("paste {count} layer", "paste {count} layers", len(layers)).format(count=len(layers))
    return Change(label, lambda network: edits.splice(network, place, 0, layers), Span(place, len(layers)))


def quick_change(selection: Selection, name: QuickEdit) -> Result:
    """Change a setting of all selected layers that have it."""
    span = selection.span
    if selection.branch:
        return _("A branch has no settings.")
    if span is None:
        return None
    layers = selection.layers()
    changed = [quick_edit(layer, name) for layer in layers]
    label, setting = _quick_edit_texts(name)
    if not any(changed):
        message = _("{layer} has no {setting}.") if span.length == 1 else _("None of these layers has {setting}.")
        return message.format(layer=type(layers[0]).__name__, setting=setting)
    after = tuple(new or old for new, old in zip(changed, layers, strict=True))
    return Change(label, lambda network: edits.splice(network, *span, after), span)


def fix(finding: Check | FindingGroup | None) -> Result:
    """Apply the quick fix of a finding."""
    if finding is None:
        return _("There are no quick fixes.")
    edit = finding.fix
    if edit is None:
        return _("This finding has no quick fix.")
    return Change(edit.label, edit.apply, finding.path)


def _delete(selection: Selection) -> Result:
    """Delete the selected layers; the one below comes under the cursor."""
    network, span = selection.network, selection.span
    if branch := selection.branch:
        if edits.delete_branch(network, branch) == network:
            return _("At least two branches are needed. Press W to unwrap a branch.")
        before = (*branch[:-1], max(0, branch[-1] - 1))
        return Change(_("delete branch"), lambda network: edits.delete_branch(network, branch), before)
    if span is None:
        return None
    left = len(edits.stack_at(network, span.path)) - span.length
    select = (*span.path[:-1], min(span.path[-1], max(0, left - 1)))
    if not left and len(span.path) > 1:
        select = span.path[:-1]
    return Change(_counted("delete", span), lambda network: edits.delete(network, *span), select)


def _duplicate(selection: Selection) -> Result:
    """Put a copy below the selected layers."""
    if branch := selection.branch:
        copy = (*branch[:-1], branch[-1] + 1)
        return Change(_("duplicate"), lambda network: edits.duplicate_branch(network, branch), copy)
    if span := selection.span:
        copies = Span((*span.path[:-1], span.path[-1] + span.length), span.length)
        return Change(_counted("duplicate", span), lambda network: edits.duplicate(network, *span), copies)
    return None


def _mute(selection: Selection) -> Result:
    """Mute the selected layers; unmute them if all of them are muted."""
    if selection.branch:
        return _("A branch cannot be muted. Mute its layers, or the block that contains it.")
    span = selection.span
    if span is None:
        return None
    muted = all(layer.muted for layer in selection.layers())
    label = _counted("unmute" if muted else "mute", span)
    return Change(label, lambda network: edits.set_muted(network, *span, not muted), span)


def _freeze(selection: Selection) -> Result:
    """Freeze the selected layers that may have weights; train them again if all of them are frozen."""
    span = selection.span
    if selection.branch:
        return _("A branch cannot be frozen. Freeze its layers, or the block that contains it.")
    if span is None:
        return None
    layers = selection.layers()
    trained = [layer.trainable for layer in layers if can_be_frozen(type(layer))]
    if not trained:
        message = _("{layer} has no weights.") if span.length == 1 else _("None of these layers has weights.")
        return message.format(layer=type(layers[0]).__name__)
    trainable = not any(trained)
    after = tuple(
        structs.replace(layer, trainable=trainable) if can_be_frozen(type(layer)) else layer for layer in layers
    )
    label = _counted("unfreeze" if trainable else "freeze", span)
    return Change(label, lambda network: edits.splice(network, *span, after), span)


def _wrap(label: str, wrap: Callable[[Network, Path, int], Network], selection: Selection) -> Result:
    """Put a container around the selected layers."""
    span = selection.span
    if selection.branch:
        return _("A branch cannot be wrapped. Select its layers.")
    return Change(label, lambda network: wrap(network, *span), span.path) if span else None


def _unwrap(selection: Selection) -> Result:
    """Take the layers out of a block, or of the one branch that is to stay."""
    network, path = selection.network, selection.path
    if not path:
        return None
    unwrapped, count = edits.unwrap(network, path)
    if unwrapped != network:
        place = path[:-1] if selection.branch else path
        return Change(_("unwrap"), lambda _network: unwrapped, Span(place, max(1, count)))
    is_branch = edits.is_branch(network, path)
    layer = None if is_branch else edits.layer_at(network, path)
    if isinstance(layer, Block) and layer.repeat > 1:
        return _("Too many layers with all repetitions. Repeat the block fewer times.")
    if edits.stack_at(network, (*path, 0)) if is_branch else isinstance(layer, Branches):
        return _("More than one branch has layers. Select the branch to keep.")
    return _("Nothing to unwrap. Select a block or a branch.")


def _add_branch(selection: Selection) -> Result:
    """Add an empty branch to the branches under the cursor."""
    network, path = selection.network, selection.path
    for here in (path[:length] for length in range(len(path), 0, -1)):
        if edits.is_branch(network, here):
            place = (*here[:-1], here[-1] + 1)
            break
        if isinstance(layer := edits.layer_at(network, here), Branches):
            place = (*here, len(layer.branches))
            break
    else:
        return _("Select branches first, or press B to add a skip connection.")
    return Change(_("add branch"), lambda network: edits.add_branch(network, place), place)


def _counted(action: str, span: Span) -> str:
    """Name what is done, and to how many layers."""
    one, many = {
        "delete": (_("delete"), _("delete {count} layers")),
        "duplicate": (_("duplicate"), _("duplicate {count} layers")),
        "move": (_("move"), _("move {count} layers")),
        "mute": (_("mute"), _("mute {count} layers")),
        "freeze": (_("freeze"), _("freeze {count} layers")),
        "unfreeze": (_("unfreeze"), _("unfreeze {count} layers")),
        "unmute": (_("unmute"), _("unmute {count} layers")),
    }[action]
    return one if span.length == 1 else many.format(count=span.length)


def _quick_edit_texts(name: QuickEdit) -> tuple[str, str]:
    """Return the label of a quick edit, and the setting that it changes."""
    return {
        "wider": (_("double"), _("filters or units")),
        "narrower": (_("halve"), _("filters or units")),
        "larger": (_("enlarge window"), _("kernel or pooling window")),
        "smaller": (_("shrink window"), _("kernel or pooling window")),
        "stride": (_("stride"), _("stride")),
        "padding": (_("padding"), _("same or valid padding")),
        "function": (_("activation"), _("activation setting")),
    }[name]
