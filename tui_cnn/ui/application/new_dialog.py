"""A new network: what it begins with, then its name, its input and its classes, beside what these come to."""

from asyncio import create_task, to_thread
from functools import lru_cache
from typing import Any

from msgspec.structs import replace
from rich.console import Group
from rich.text import Text
from textual.app import App

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.edits import rename
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape
from tui_cnn.errors import UserError
from tui_cnn.formats.new_network import EMPTY, SIMPLE, NewNetwork, new_network
from tui_cnn.formats.presets import preset, preset_names, preset_text
from tui_cnn.i18n import _
from tui_cnn.ui.design import input_shape_for, setting_for
from tui_cnn.ui.toolkit.dialogs.form_dialog import FormDialog
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.network_summary import stack_lines, totals_table
from tui_cnn.ui.workspace import Workspace


async def ask_new_network(app: App[Any], workspace: Workspace) -> Network | None:
    """Ask what a new network starts from and what it is for, at first the images and classes of the data."""
    for_data = create_task(to_thread(_for_data, workspace.data))  # it is read while the list is on the screen
    begin_with = await app.push_screen_wait(Pick(_("New network"), _beginnings()))
    if begin_with is None:
        return None

    @lru_cache(maxsize=1)
    def made(shape: Shape, classes: int | None) -> Analysis:
        return new_network(NewNetwork(name=_("untitled"), input_shape=shape, classes=classes), begin_with)

    def effect(wanted: NewNetwork) -> Group:
        analysis = made(wanted.input_shape, wanted.classes)
        return Group(totals_table(analysis), Text(), stack_lines(analysis))

    wanted = await for_data
    try:
        made(wanted.input_shape, wanted.classes)
    except UserError:  # a preset that does not work with the data's input begins with its own
        wanted = replace(wanted, input_shape=preset(begin_with).input_shape)
    title = _("New network: {beginning}").format(beginning=begin_with)
    answer = await app.push_screen_wait(FormDialog(title, "", wanted, effect, _("Enter create   Esc back")))
    if answer is None:
        return None
    try:
        return rename(made(answer.input_shape, answer.classes).network, answer.name)
    except UserError as error:
        workspace.report(error)
        return None


def _for_data(data: str) -> NewNetwork:
    return NewNetwork(name=_("untitled"), input_shape=input_shape_for(data), classes=setting_for(data).classes)


def _beginnings() -> list[Item[str]]:
    return [
        Item(SIMPLE, _("Simple CNN: convolutions and poolings that suit the images, and a classifier"), SIMPLE),
        Item(EMPTY, _("Empty network: add every layer yourself"), EMPTY),
        *(Item(name, _(preset_text(name)), name, _("Presets, for your images and classes")) for name in preset_names()),
    ]
