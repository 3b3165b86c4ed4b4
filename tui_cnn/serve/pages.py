"""The pages around the app: HTML from templates, in the language of the server."""

from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from aiohttp import web

from tui_cnn.i18n import _, language
from tui_cnn.serve.files import UploadedFile

OWN = Path(__file__).parent / "pages"
"""Our own scripts and styles."""


class BarKey(NamedTuple):
    """A key of the bar for tablets: as browsers call it, what is on it, its `name` where that is a sign alone.

    A `modifier` is held for the next key.
    """

    key: str
    label: str
    name: str = ""
    modifier: bool = False


def _first_keys() -> list[BarKey]:
    return [
        BarKey("Escape", "Esc"),
        BarKey("Tab", "Tab"),
        BarKey("Control", "Ctrl", modifier=True),
        BarKey("Shift", "Shift", modifier=True),
        BarKey("Alt", "Alt", modifier=True),
        BarKey("ArrowLeft", "←", _("left arrow")),
        BarKey("ArrowUp", "↑", _("up arrow")),
        BarKey("ArrowDown", "↓", _("down arrow")),
        BarKey("ArrowRight", "→", _("right arrow")),
        BarKey("Enter", "Enter"),
    ]


def _more_keys() -> list[BarKey]:
    return [
        *(BarKey(name, name) for name in (f"F{number}" for number in range(1, 13))),
        BarKey("Home", "Home"),
        BarKey("End", "End"),
        BarKey("PageUp", "PgUp", _("page up")),
        BarKey("PageDown", "PgDn", _("page down")),
        BarKey("Delete", "Del", _("delete")),
    ]


class Pages:
    """Writes the pages; what is put into them is escaped."""

    def __init__(self) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(OWN), autoescape=True, undefined=jinja2.StrictUndefined
        )

    def page(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """Return the page of a template with these values."""
        text = self._templates.get_template(f"{template}.html").render(language=language(), **values)
        return web.Response(status=status, text=text, content_type="text/html")

    def message(self, text: str, status: int = 200, *, up: str = "", to: str = "") -> web.Response:
        """Return a page of one line, which goes on to another page if it says `to` which; `up` leads to the first."""
        return self.page("message", status, message=text, up=up, to=to)

    def app(self, name: str, *, watched: str = "", size: tuple[int, int] | None = None) -> web.Response:
        """Return the page with the terminal: of the person's own app, or of one that is only `watched`."""
        columns, rows = size or ("", "")
        return self.page(
            "app",
            name=name,
            own=not watched,
            watched=watched,
            columns=columns,
            rows=rows,
            font_size=16,
            keys=_("Keys"),
            first_keys=_first_keys(),
            more_keys=_more_keys(),
            more=_("more keys"),
            files=_("Files"),
            drop=_("drop files here to upload them"),
            looking=_("you look on; keys have no effect"),
            lost=_("The connection is lost; trying again …"),
            elsewhere=_("cnn-tui is open in another window."),
            use_here=_("Use it here"),
            ended=_("cnn-tui has ended."),
            failed=_("cnn-tui ended unexpectedly; unsaved work is kept."),
            start=_("Start again"),
            full=_("Too many sessions are open; try again later."),
            again=_("Try again"),
            signed_out=_("You are signed out; open your link again."),
        )

    def files(self, files: list[UploadedFile]) -> web.Response:
        """Return the list of a person's files."""
        return self.page(
            "files",
            title=_("Files"),
            about=_("What you save or export in cnn-tui is here. Click a file to download it."),
            choose=_("Upload files:"),
            choose_folder=_("Upload a folder:"),
            drop=_("drop files here to upload them"),
            files=files,
        )

    def classroom(self, names: list[str]) -> web.Response:
        """Return the teacher's page; it asks for the standings by itself."""
        states = {
            "away": _("away"),
            "running": _("open"),
            "here": _("here"),
            "failed": _("failed"),
            "training": _("training {network}, epoch {epoch}"),
            "checking": _("checking …"),
            "sent": _("sent to all"),
            "refused": _("not sent to all"),
            "build": _("Build"),
            "train": _("Train"),
            "inspect": _("Inspect"),
            "lab": _("Lab"),
            "runs": _("Runs"),
            "search": _("Search"),
        }
        columns = {
            "state": _("state"),
            "screen": _("screen"),
            "lesson": _("lesson"),
            "mastered": _("all lessons"),
            "runs": _("runs"),
            "validation": _("best validation accuracy"),
            "test": _("test accuracy"),
        }
        return self.page(
            "class",
            title=_("Class"),
            names=names,
            states=states,
            name=_("name"),
            columns=columns,
            watch=_("look on"),
            results=_("Download the answers to the lessons' questions (CSV)"),
            send=_("Send networks (.toml) or lessons (.md) to all, those that link to each other together:"),
        )
