"""Asking what weights a run begins with: fresh ones, or those of a run or a file."""

from asyncio import to_thread
from typing import Any

from textual.app import App

from tui_cnn.i18n import _
from tui_cnn.runs.directory import runs_with_weights
from tui_cnn.ui.toolkit.dialogs.file_picker import FilePicker
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick

FRESH = ""
"""What is returned for fresh weights."""
_BROWSE = "/"


async def ask_weights(app: App[Any]) -> str | None:
    """Ask for a run with weights, by its id, or for a file, by its path; None: nothing was chosen."""
    runs = await to_thread(runs_with_weights)
    items = [
        Item(_("fresh weights"), _("random, by the seed"), FRESH),
        Item(_("a file …"), _(".keras or .h5"), _BROWSE),
        *(Item(run.name, run.id, run.id) for run in runs),
    ]
    hint = _("weights are loaded where name and shape of a layer fit")
    chosen = await app.push_screen_wait(Pick(_("Start with the weights of"), items, hint=hint))
    if chosen != _BROWSE:
        return chosen
    from tui_cnn.runs.inspection.requests import MODEL_SUFFIXES

    path = await app.push_screen_wait(FilePicker(_("Start with the weights of"), MODEL_SUFFIXES))
    return str(path) if path else None
