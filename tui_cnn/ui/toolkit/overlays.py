"""Other runs laid over the curves of the one that is shown: those that are marked."""

from asyncio import to_thread
from typing import Any

from textual.app import App

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, list_runs, read_about
from tui_cnn.runs.snapshot import Follower
from tui_cnn.ui.toolkit.curve_readout import Overlaid
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.run_words import best_accuracy, share, state_name
from tui_cnn.ui.workspace import Workspace

_SIGNS = "23456789abcdefghijklmnopqrstuvwxyz"
MOST_MARKED = len(_SIGNS)


class Overlays:
    """Follows the marked runs, from one thread at a time."""

    def __init__(self) -> None:
        self._followers: dict[RunDirectory, Follower] = {}
        self.shown: tuple[Overlaid, ...] = ()

    def read(self, marked: tuple[RunDirectory, ...], without: str = "", *, first: str = _SIGNS) -> tuple[Overlaid, ...]:
        """Read the marked runs as they stand: the same values as before where nothing has changed."""
        runs = [run for run in marked if run.id != without]
        self._followers = {run: self._followers.get(run) or Follower(run) for run in runs}
        self.shown = tuple(
            Overlaid(sign, run_title(run), follower.poll())
            for sign, (run, follower) in zip(first, self._followers.items(), strict=False)
        )
        return self.shown


def run_title(run: RunDirectory) -> str:
    """Call a run what the user calls it, or by its network and the end of its id."""
    return read_about(run).title or f"{run.name} {run.id[-4:]}"


async def ask_overlay(app: App[Any], workspace: Workspace, shown: RunDirectory) -> None:
    """Let the user pick a run to mark, or one that is marked to leave out."""
    items = await to_thread(_items, workspace.marked, shown)
    picked = await app.push_screen_wait(Pick(_("Add or remove the curves of another run"), items))
    if picked is not None:
        workspace.toggle_mark(picked)


def _items(marked: tuple[RunDirectory, ...], shown: RunDirectory) -> list[Item[RunDirectory]]:
    runs = [run for run in list_runs() if run != shown]
    runs.sort(key=lambda run: run not in marked)
    items = []
    for run in runs:
        snapshot = Follower(run).poll()
        about = f"{state_name(snapshot)}  {share(best_accuracy(snapshot))}  {run.id}"
        items.append(Item(("✓ " if run in marked else "  ") + run_title(run), about, run))
    return items
