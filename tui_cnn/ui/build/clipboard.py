"""Layers on the clipboard: TOML, as it stands in a file, so that it can go to an editor and come back."""

from tui_cnn.core import edits
from tui_cnn.core.moving import Span
from tui_cnn.core.network import Path, names, walk
from tui_cnn.formats.toml import loads_layers
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.build.editing import Change, Selection


def paste(selection: Selection, text: str, place: Path) -> Change:
    """Put the layers that `text` declares at `place`; they lose their names where the network has the same.

    Raises:
        FormatError: it declares no layers.
    """
    layers = loads_layers(text, _("the clipboard"))
    taken = set(names(selection.network).values())
    if any(layer.name in taken for _path, layer in walk(layers) if layer.name):
        layers = tuple(map(edits.unnamed, layers))
    label = ngettext("paste {count} layer", "paste {count} layers", len(layers)).format(count=len(layers))
    return Change(label, lambda network: edits.splice(network, place, 0, layers), Span(place, len(layers)))
