"""What is asked before something is done to runs. Each returns what the user decided; None: nothing is to be done."""

from asyncio import to_thread
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
from textual.app import App

from tui_cnn.i18n import _, ngettext
from tui_cnn.runs import trash
from tui_cnn.runs.directory import About, RunDirectory
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, Ask, LineDialog, SavePath
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.runs import Listed

AboutField = Literal["title", "tags", "note"]

_MOST_NAMES = 8


async def ask_about(app: App[Any], listed: Listed, field: AboutField) -> Callable[[About], About] | None:
    """Ask for another title, tags or note of a run; returns the change."""
    about = listed.summary.about
    title, before = {
        "title": (_("Rename"), about.title),
        "tags": (_("Tags, separated by spaces"), " ".join(about.tags)),
        "note": (_("Note"), about.note),
    }[field]
    text = await app.push_screen_wait(LineDialog(title, before, listed.run.id))
    if text is None or text == before:
        return None
    value = tuple(dict.fromkeys(text.split())) if field == "tags" else text
    return lambda latest: msgspec.structs.replace(latest, **{field: value})


async def ask_export_path(app: App[Any], listed: Listed) -> Path | None:
    """Ask where the best network of a run is to be written."""
    proposed = Path(f"{listed.summary.about.title or listed.summary.network}.keras".replace("/", "-"))
    title = _("Export the best network as .keras or .onnx")
    return await app.push_screen_wait(SavePath(proposed, title=title, suffix=".keras"))


async def ask_deletion(app: App[Any], runs: tuple[RunDirectory, ...]) -> bool:
    """Ask twice whether runs are to be moved to the trash."""
    names = "\n".join(run.id for run in runs[:_MOST_NAMES]) + ("\n…" if len(runs) > _MOST_NAMES else "")
    title = ngettext("Delete {count} run", "Delete {count} runs", len(runs)).format(count=len(runs))
    sure = _("The runs are moved to the trash (T). You can restore them until it is emptied.")
    for question in (
        Ask(title, names, [Answer("delete", "d", _("Delete"))]),
        Ask(_("Are you sure?"), sure, [Answer("delete", "y", _("Yes, delete"))]),
    ):
        if await app.push_screen_wait(question) != "delete":
            return False
    return True


async def ask_trash(app: App[Any]) -> Callable[[], object] | None:
    """Offer to restore a deleted run, or to empty the trash."""
    deleted = await to_thread(trash.list_trash)
    if not deleted:
        app.notify(_("The trash is empty."))
        return None
    content = ngettext("{count} run is in the trash.", "{count} runs are in the trash.", len(deleted))
    answers = [Answer("restore", "r", _("Restore")), Answer("empty", "e", _("Empty"))]
    answer = await app.push_screen_wait(Ask(_("Trash"), content.format(count=len(deleted)), answers))
    if answer == "restore":
        items = [Item(name, "", name) for name in deleted]
        picked = await app.push_screen_wait(Pick(_("Restore a run"), items))
        return None if picked is None else partial(trash.restore, picked)
    if answer == "empty":
        question = _("All runs in the trash will be deleted permanently.")
        sure = Ask(_("Empty the trash?"), question, [Answer("empty", "y", _("Yes, empty it"))])
        if await app.push_screen_wait(sure) == "empty":
            return trash.empty_trash
    return None
