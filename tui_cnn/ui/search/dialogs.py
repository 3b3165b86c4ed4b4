"""What is asked before something is done to a search; and its plan as text to edit."""

import shutil
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static, TextArea

from tui_cnn.config import home
from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import About, read_about, write_about
from tui_cnn.runs.lock import is_held
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.errors import SearchError
from tui_cnn.search.plan import loads_plan
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, LineDialog, SingleResult, ask, frame

_FILE = "search.toml"


async def rename(app: App[Any], search: SearchDirectory, before: str) -> str | None:
    """Ask for another title of a search; None: it stays."""
    text = await app.push_screen_wait(LineDialog(_("Rename"), before, search.id))
    return None if text is None or text == before else text


def save_title(search: SearchDirectory, title: str) -> None:
    """Write the title of a search.

    Raises:
        RunError, FormatError: it cannot be written.
    """
    about = read_about(search)
    write_about(search, About(title=title, tags=about.tags, note=about.note))


async def ask_deletion(app: App[Any], search: SearchDirectory) -> bool:
    """Ask twice whether a search is to be deleted."""
    message = _("{search}\nIts trials are runs: they are kept, and stay in the list of runs.")
    first = await ask(app, _("Delete the search"), message.format(search=search.id), Answer("delete", "d", _("Delete")))
    if first is None:
        return False
    sure = _("The search is deleted permanently: its plan, its record of trials, its log.")
    return await ask(app, _("Are you sure?"), sure, Answer("delete", "y", _("Yes, delete"))) is not None


def delete_search(search: SearchDirectory) -> None:
    """Delete the directory of a search.

    Raises:
        SearchError: it is running, or cannot be deleted.
    """
    if is_held(search.lock_file):
        raise SearchError(_("{search} is running; stop it first").format(search=search.id))
    if search.path.parent != home() / "searches":
        raise SearchError(_("{search} is not a search of this home").format(search=search.id))
    try:
        shutil.rmtree(search.path)
    except OSError as error:
        message = _("{path}: cannot be moved or deleted ({reason}); check its permissions")
        raise SearchError(message.format(path=search.path, reason=error.strerror)) from None


class PlanEditor(SingleResult[str | None]):
    """The text of a `search.toml`; what is taken is a plan, in the words of who wrote it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f4", "accept", show=False, priority=True),
        Binding("escape", "dismiss(None)", show=False, priority=True),
    ]

    def __init__(self, text: str, network: Network, source: Path | str = _FILE) -> None:
        super().__init__()
        self._text = text
        self._network = network
        self._source = source

    def compose(self) -> ComposeResult:
        """Lay out the text above what is wrong with it."""
        with frame(_FILE, _("Ctrl+S save   Esc back"), "-plan"):
            yield TextArea(self._text, id="plan", show_line_numbers=True, soft_wrap=False, tab_behavior="indent")
            yield Static(id="advice", markup=False)

    def action_accept(self) -> None:
        """Take the text, if it is a plan."""
        text = self.query_one(TextArea).text
        try:
            plan = loads_plan(text, self._source)
            if plan.space:
                plan.space_on(self._network)
        except UserError as error:
            self.query_one("#advice", Static).update(str(error))
        else:
            self.dismiss(text)
