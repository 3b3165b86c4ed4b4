"""Who may come in: the people and the teacher, each with a token, in a file that only the server's user can read."""

import csv
import io
import os
import re
import secrets
from html import escape
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui_cnn.atomic import replacing
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json
from tui_cnn.i18n import _

MOST_PEOPLE = 200
_NAME = re.compile(r"\w[\w .-]{0,59}")
_TOKEN_BYTES = 24


class ServeError(UserError):
    """The app cannot be served so; the text says what is wrong, and what to do."""


class Roster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The people by their names, with their tokens, and the teacher's token."""

    teacher: str
    people: dict[str, str]


class InviteLink(NamedTuple):
    """The link of a person; the name is empty for the teacher's."""

    name: str
    address: str


def numbered(students: int) -> list[str]:
    """Name so many students, from student-01 on."""
    return [f"student-{number:02d}" for number in range(1, students + 1)]


def open_roster(directory: Path, names: list[str]) -> Roster:
    """Return who is served: those who are named, else those who were before, else one student.

    Who has a token keeps it, so that links stay valid from one day to the next.

    Raises:
        ServeError: a name cannot be one, is there twice, or there are too many.
        FormatError: the file is damaged.
        OSError: it cannot be written.
    """
    file = directory / "people.json"
    known = read_json(file, Roster) if file.exists() else Roster(secrets.token_urlsafe(_TOKEN_BYTES), {})
    served = names or list(known.people) or numbered(1)
    _check(served)
    tokens = {name: known.people.get(name) or secrets.token_urlsafe(_TOKEN_BYTES) for name in served}
    if min(map(len, [known.teacher, *tokens.values()])) < _TOKEN_BYTES:
        raise FormatError(str(file), _("a token is too short; delete the file to get new ones"))
    write_private(file, msgspec.json.format(msgspec.json.encode(Roster(known.teacher, {**known.people, **tokens}))))
    return Roster(known.teacher, tokens)


def is_name(name: str) -> bool:
    """Whether a person may be called so: it is a name of a folder, too."""
    return bool(_NAME.fullmatch(name))


def _check(names: list[str]) -> None:
    if len(names) > MOST_PEOPLE:
        raise ServeError(_("{number} people are too many; at most {most}").format(number=len(names), most=MOST_PEOPLE))
    for name in names:
        if not is_name(name):
            message = _("“{name}” cannot be a name here; use letters, digits, spaces, - and _, at most 60")
            raise ServeError(message.format(name=name))
    folded = [name.casefold() for name in names]
    for name in names:
        if folded.count(name.casefold()) > 1:
            raise ServeError(_("“{name}” is named twice; give each person another name").format(name=name))


def write_private(file: Path, data: bytes) -> None:
    """Replace a file by one that nobody but the server's user can read.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(file) as temporary:
        place = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(place, "wb") as opened:
            opened.write(data)
        if file.exists():
            file.chmod(0o600)


def as_csv(links: list[InviteLink]) -> bytes:
    """Write names and links, a line each."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["name", "link"])
    writer.writerows(links)
    return text.getvalue().encode()


def as_page(links: list[InviteLink]) -> bytes:
    """Write names and links as a page to print and cut apart."""
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td><code>{escape(address)}</code></td></tr>" for name, address in links
    )
    style = "body{font:12pt sans-serif}table{border-collapse:collapse;width:100%}th,td{border:1px dashed #888;"
    style += "padding:1em;text-align:left}tr{break-inside:avoid}"
    title = escape(_("cnn-tui: links"))
    head = f"<!doctype html><meta charset='utf-8'><title>{title}</title><style>{style}</style>"
    return f"{head}<table>{rows}</table>\n".encode()
