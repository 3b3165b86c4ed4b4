"""What can be done to the layers of the stack: every action is one edit, and one step back."""

from collections.abc import Callable

from tui_cnn.core import branching, edits, muting, wrapping
from tui_cnn.core.edits import Edit
from tui_cnn.core.layers import AnyLayer, Block
from tui_cnn.core.moving import step
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path
from tui_cnn.core.quick_edits import QuickEdit, quick_edit
from tui_cnn.core.span import Span
from tui_cnn.i18n import _
from tui_cnn.ui.build.stack import StackView
from tui_cnn.ui.toolkit.main_screen import MainScreen


class EditingScreen(MainScreen):
    """A screen with a stack whose selected layers can be changed."""

    @property
    def stack(self) -> StackView:
        """The stack of layers."""
        return self.query_one(StackView)

    @property
    def network(self) -> Network:
        """The network on the table."""
        return self.workspace.design.network

    def request(self, label: str, edit: Edit, select: Path | Span) -> None:
        """Apply an edit, and look at what it was about."""
        self.workspace.edit(label, edit, select.path if isinstance(select, Span) else select)
        if isinstance(select, Span):
            self.stack.select(select)

    def branch(self) -> Path | None:
        """Return the address of the branch under the cursor, if there is one and no range is selected."""
        path = self.stack.path
        return path if path and not self.stack.has_range and branching.is_branch(self.network, path) else None

    def action_delete_layer(self) -> None:
        """Delete the selected layers; the one below comes under the cursor."""
        if branch := self.branch():
            self._delete_branch(branch)
        elif span := self.stack.span:
            left = len(edits.stack_at(self.network, span.path)) - span.length
            select = (*span.path[:-1], min(span.path[-1], max(0, left - 1)))
            if not left and len(span.path) > 1:
                select = span.path[:-1]
            label = counted("delete", span)
            self.request(label, lambda network: edits.delete(network, *span), select)

    def _delete_branch(self, branch: Path) -> None:
        select = (*branch[:-1], max(0, branch[-1] - 1))
        if branching.delete_branch(self.network, branch) == self.network:
            self.notify(_("At least two branches are needed. Press W to unwrap a branch."))
            return
        self.request(_("delete branch"), lambda network: branching.delete_branch(network, branch), select)

    def action_duplicate_layer(self) -> None:
        """Put a copy below the selected layers."""
        if branch := self.branch():
            copy = (*branch[:-1], branch[-1] + 1)
            self.request(_("duplicate"), lambda network: branching.duplicate_branch(network, branch), copy)
        elif span := self.stack.span:
            copies = Span((*span.path[:-1], span.path[-1] + span.length), span.length)
            self.request(counted("duplicate", span), lambda network: edits.duplicate(network, *span), copies)

    def action_move_up(self) -> None:
        """Move the selected layers up."""
        self._move(-1)

    def action_move_down(self) -> None:
        """Move the selected layers down."""
        self._move(1)

    def _move(self, by: int) -> None:
        if branch := self.branch():
            to = branch[-1] + by
            moved = branching.move_branch(self.network, branch, to)
            if moved != self.network:
                self.request(_("move"), lambda _network: moved, (*branch[:-1], to))
        elif span := self.stack.span:
            network, path = step(self.network, *span, by, self.stack.seen.is_open)
            self.request(counted("move", span), lambda _network: network, Span(path, span.length))

    def action_mute(self) -> None:
        """Mute the selected layers; if all of them are muted, let them be heard again."""
        span = self._layers(_("A branch cannot be muted. Mute its layers, or the block that contains it."))
        if span is not None:
            muted = all(layer.muted for layer in edits.layers_at(self.network, *span))
            label = counted("unmute" if muted else "mute", span)
            self.request(label, lambda network: muting.set_muted(network, *span, not muted), span)

    def action_wrap_block(self) -> None:
        """Make a block of the selected layers."""
        self._wrap(_("wrap in block"), wrapping.wrap_in_block)

    def action_wrap_branches(self) -> None:
        """Put a skip connection around the selected layers."""
        self._wrap(_("add skip connection"), wrapping.wrap_in_branches)

    def _wrap(self, label: str, wrap: Callable[[Network, Path, int], Network]) -> None:
        span = self._layers(_("A branch cannot be wrapped. Select its layers."))
        if span is not None:
            self.request(label, lambda network: wrap(network, *span), span.path)

    def action_unwrap(self) -> None:
        """Take the layers out of a block, or of the one branch that is to stay."""
        path = self.stack.path
        if not path:
            return
        network, count = wrapping.unwrap(self.network, path)
        if network != self.network:
            place = path[:-1] if self.branch() else path
            self.request(_("unwrap"), lambda _network: network, Span(place, max(1, count)))
        elif isinstance(edits.layer_at(self.network, path), Block) or self.stack.seen.foldable(path) is None:
            self.notify(_("Nothing to unwrap. Select a block or a branch."))
        else:
            self.notify(_("More than one branch has layers. Select the branch to keep."))

    def action_add_branch(self) -> None:
        """Add an empty branch to the branches under the cursor."""
        path = self.stack.path
        place = self._beside(path)
        if place is None:
            self.notify(_("Select branches first, or press B to add a skip connection."))
            return
        self.request(_("add branch"), lambda network: branching.add_branch(network, place), place)

    def _beside(self, path: Path) -> Path | None:
        """Find the address for a new branch: the last of the branches here, or after the branch around the cursor."""
        for length in range(len(path), 0, -1):
            here = path[:length]
            if branching.is_branch(self.network, here):
                return (*here[:-1], here[-1] + 1)
            layer: AnyLayer = edits.layer_at(self.network, here)
            if branches := getattr(layer, "branches", ()):
                return (*here, len(branches))
        return None

    def action_widen(self) -> None:
        """Double the filters or units."""
        self._nudge("wider", _("double"), _("filters or units"))

    def action_narrow(self) -> None:
        """Halve the filters or units."""
        self._nudge("narrower", _("halve"), _("filters or units"))

    def action_enlarge(self) -> None:
        """Make the window larger."""
        self._nudge("larger", _("enlarge window"), _("kernel or pooling window"))

    def action_shrink(self) -> None:
        """Make the window smaller."""
        self._nudge("smaller", _("shrink window"), _("kernel or pooling window"))

    def action_stride(self) -> None:
        """Step by one or by two."""
        self._nudge("stride", _("stride"), _("stride"))

    def action_padding(self) -> None:
        """Pad or not."""
        self._nudge("padding", _("padding"), _("same or valid padding"))

    def action_function(self) -> None:
        """Take the next activation."""
        self._nudge("function", _("activation"), _("activation setting"))

    def _nudge(self, way: QuickEdit, label: str, setting: str) -> None:
        """Nudge all selected layers that have the setting; say so if none has."""
        span = self._layers(_("A branch has no settings."))
        if span is None:
            return
        layers = edits.layers_at(self.network, *span)
        nudged = [quick_edit(layer, way) for layer in layers]
        if not any(nudged):
            kind = type(layers[0]).__name__
            message = _("{layer} has no {setting}.") if span.length == 1 else _("None of these layers has {setting}.")
            self.notify(message.format(layer=kind, setting=setting))
            return
        after = tuple(new or old for new, old in zip(nudged, layers, strict=True))
        self.request(label, lambda network: edits.splice(network, *span, after), span)

    def _layers(self, refusal: str) -> Span | None:
        """Return the selected layers; a branch alone is refused."""
        if self.branch():
            self.notify(refusal)
            return None
        return self.stack.span


def counted(action: str, span: Span) -> str:
    """Name what is done, and to how many layers."""
    one, many = {
        "delete": (_("delete"), _("delete {count} layers")),
        "duplicate": (_("duplicate"), _("duplicate {count} layers")),
        "move": (_("move"), _("move {count} layers")),
        "mute": (_("mute"), _("mute {count} layers")),
        "unmute": (_("unmute"), _("unmute {count} layers")),
    }[action]
    return one if span.length == 1 else many.format(count=span.length)
