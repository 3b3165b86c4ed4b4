"""Layers on the clipboard: TOML, as it stands in a file, so that it can go to an editor and come back."""

from textual import events

from tui_cnn.core import edits
from tui_cnn.core.edits import Stack
from tui_cnn.core.naming import names
from tui_cnn.core.network import walk
from tui_cnn.core.path import Path
from tui_cnn.core.span import Span
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import dumps_layers, loads_layers
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.build.editing import EditingScreen


class ClipboardScreen(EditingScreen):
    """Copies to the terminal's clipboard (OSC 52), and takes what the terminal pastes."""

    def action_copy(self) -> None:
        """Copy the selected layers, and let the range go."""
        self._copy()
        self.stack.action_let_go()

    def action_cut(self) -> None:
        """Copy the selected layers, and delete them."""
        if self._copy():
            self.action_delete_layer()

    def action_paste_below(self) -> None:
        """Put the layers on the clipboard below the selected ones."""
        self._paste(self.app.clipboard, below=True)

    def action_paste_above(self) -> None:
        """Put the layers on the clipboard above the selected ones."""
        self._paste(self.app.clipboard, below=False)

    def on_paste(self, event: events.Paste) -> None:
        """Take what another program copied; what is typed into a form does not come here."""
        if self.focused is self.stack:
            event.stop()
            self._paste(event.text, below=True)

    def _copy(self) -> bool:
        branch, span = self.branch(), self.stack.span
        layers: Stack = ()
        if branch:
            layers = edits.stack_at(self.network, (*branch, 0))
        elif span:
            layers = edits.layers_at(self.network, *span)
        if not layers:
            self.notify(_("There are no layers to copy."))
            return False
        self.app.copy_to_clipboard(dumps_layers(layers))
        copied = ngettext("{count} layer copied.", "{count} layers copied.", len(layers)).format(count=len(layers))
        self.notify(copied)
        return True

    def _paste(self, text: str, *, below: bool) -> None:
        if not text.strip():
            self.notify(_("Nothing to paste. Press y to copy the selected layers."))
            return
        try:
            layers = loads_layers(text, _("the clipboard"))
        except FormatError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        taken = set(names(self.network).values())
        if any(layer.name in taken for _path, layer in walk(layers) if layer.name):
            layers = tuple(map(edits.unnamed, layers))
        place = self._place(below=below)
        label = ngettext("paste {count} layer", "paste {count} layers", len(layers)).format(count=len(layers))
        self.request(label, lambda network: edits.splice(network, place, 0, layers), Span(place, len(layers)))

    def _place(self, *, below: bool) -> Path:
        """Find where layers go: beside the selected ones, or into the branch under the cursor."""
        branch, span = self.branch(), self.stack.span
        if span is None:
            return (0,)
        if branch:
            return (*branch, 0)
        return (*span.path[:-1], span.path[-1] + span.length) if below else span.path
