"""Repeating layers: a block of one declaration that is built several times in sequence."""

import msgspec
from rich.table import Table
from rich.text import Text
from textual.app import App

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.layers import Block
from tui_cnn.core.layers.fields import Repeat
from tui_cnn.i18n import _
from tui_cnn.ui.build.editing import Change, Result, Selection
from tui_cnn.ui.build.preview import preview
from tui_cnn.ui.toolkit.dialogs.form_dialog import FormDialog


class Repetition(msgspec.Struct, frozen=True):
    """How often something is repeated."""

    repeat: Repeat = 2


async def choose_times(app: App[object], selection: Selection, before: Analysis) -> Result:
    """Ask how often to repeat the selected layers; a block that is selected alone stays the block that it is."""
    span = selection.span
    if selection.branch:
        return _("A branch cannot be repeated. Select its layers.")
    if span is None:
        return None
    layers = selection.layers()
    block = layers[0] if len(layers) == 1 and isinstance(layers[0], Block) else None
    times = max(2, block.repeat) if block else 2

    def repeating(wanted: Repetition) -> edits.Edit:
        return lambda network: edits.repeat(network, *span, wanted.repeat)

    # Other layers are compared with the block that they would make, repeated once.
    present = before if block else analyze(repeating(Repetition(1))(before.network))

    def effect(wanted: Repetition) -> Table | Text:
        return preview(present, analyze(repeating(wanted)(before.network)), span.path)

    about = _("The block is declared once and built several times, one after the other.")
    keys = _("Enter apply   Esc back")
    wanted = await app.push_screen_wait(FormDialog(_("Repeat"), about, Repetition(times), effect, keys))
    return Change(_("repeat"), repeating(wanted), span.path) if wanted is not None else None
