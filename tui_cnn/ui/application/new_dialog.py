"""A new network: what it begins with, then its name, its input and its classes, beside what these come to."""

from typing import Any

from msgspec.structs import replace
from rich.console import Group
from rich.text import Text
from textual.app import App

from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape
from tui_cnn.errors import UserError
from tui_cnn.formats.new_network import EMPTY, SIMPLE, NewNetwork, new_network
from tui_cnn.formats.presets import preset, preset_names, preset_text
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.form_dialog import FormDialog
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.network_summary import stack_lines, totals_table

_MOST_LINES = 40


async def ask_new_network(app: App[Any], shape: Shape, classes: int | None) -> Network | None:
    """Ask what a new network begins with and what it is for, at first the data's images and classes."""
    begin_with = await app.push_screen_wait(Pick(_("New network"), _beginnings()))
    if begin_with is None:
        return None
    wanted = _suiting(begin_with, NewNetwork(name=_("untitled"), input_shape=shape, classes=classes))

    def effect(wanted: NewNetwork) -> Group | Text:
        try:
            analysis = analyze(new_network(wanted, begin_with))
        except UserError as error:
            return Text(f"✗ {error}", "bold")
        return Group(totals_table(analysis), Text(), stack_lines(analysis, _MOST_LINES))

    title = _("New network: {beginning}").format(beginning=begin_with)
    answer = await app.push_screen_wait(FormDialog(title, "", wanted, effect, _("Enter create   Esc back")))
    if answer is None:
        return None
    try:
        return new_network(answer, begin_with)
    except UserError as error:
        app.notify(str(error), severity="error", markup=False)
        return None


def _suiting(begin_with: str, wanted: NewNetwork) -> NewNetwork:
    """Take the input that a preset was made for, where it does not work with that of the data."""
    try:
        new_network(wanted, begin_with)
    except UserError:
        return replace(wanted, input_shape=preset(begin_with).input_shape)
    return wanted


def _beginnings() -> list[Item[str]]:
    return [
        Item(SIMPLE, _("Simple CNN: convolutions and poolings that suit the images, and a classifier"), SIMPLE),
        Item(EMPTY, _("Empty network: add every layer yourself"), EMPTY),
        *(Item(name, _(preset_text(name)), name, _("Presets, for your images and classes")) for name in preset_names()),
    ]
