"""`cnn-tui serve`: the app in the browser, for one person or a class."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tui_cnn.cli.group import SOUND
from tui_cnn.cli.streams import echo
from tui_cnn.config import expanded, home
from tui_cnn.extras import what_is_missing
from tui_cnn.i18n import _
from tui_cnn.serve.people import (
    MOST_PEOPLE,
    InviteLink,
    ServeError,
    as_csv,
    as_page,
    numbered,
    open_roster,
    write_private,
)

_FEW = 5
"""So many links are printed at the start; more are in the sheet alone."""


@click.command(
    short_help=_("Open the app in the browser, for one person or a class."),
    help=_(
        """Serve the app to browsers: each person has a link, an app and files of their own.

        The links are printed, or written as a sheet (CSV and a page to print) where there are many. Whoever has a
        link is that person: hand them out one by one. The server listens on this machine alone, unless --host names
        another address; for a network, put a reverse proxy with TLS in front (see the README).

        \b
        Examples:
          cnn-tui serve
          cnn-tui serve --students 30
          cnn-tui serve --name Ada --name Grace
          cnn-tui serve --students 30 --address https://cnn.school.example"""
    ),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_("The address to listen on."))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help=_("The port; 0: any free.")
)
@click.option("--students", type=click.IntRange(1, MOST_PEOPLE), help=_("Number of students to make links for."))
@click.option("--name", "names", multiple=True, help=_("Make a link for a person; can be repeated."))
@click.option("--home", "directory", metavar="DIR", help=_("Where the homes of the people are."))
@click.option("--address", metavar="URL", help=_("The address that the people open, behind a reverse proxy."))
@click.option(
    "--trainings", type=click.IntRange(1), default=1, show_default=True, help=_("Runs that train at a time, of all.")
)
@click.option(
    "--memory",
    type=click.FloatRange(1),
    metavar="GB",
    help=_("Memory that a run may take while it trains; else half of the machine's, divided among --trainings."),
)
@click.option("--keep", type=click.IntRange(0), default=10, show_default=True, help=_("Minutes to keep a closed app."))
@click.option(
    "--trust-people", is_flag=True, help=_("Serve although the kernel cannot confine the apps to the people's files.")
)
def serve(
    host: str,
    port: int,
    students: int | None,
    names: tuple[str, ...],
    directory: str | None,
    address: str | None,
    trainings: int,
    memory: float | None,
    keep: int,
    trust_people: bool,
) -> int:
    """Serve the app until Ctrl-C."""
    if missing := what_is_missing("web", "cnn-tui serve"):
        raise ServeError(missing)
    from tui_cnn import landlock
    from tui_cnn.serve.server import Limits, Server, addresses, listen
    from tui_cnn.serve.server import serve as run

    if not (trust_people or landlock.version()):
        message = _(
            "this system cannot confine the people to their files (it needs Linux 5.13 or newer with Landlock); "
            "to serve people whom you trust: --trust-people"
        )
        raise ServeError(message)
    place = (expanded(directory) if directory else home() / "serve").absolute()
    check_place(place)
    with _held(place):
        roster = open_roster(place, [*names, *(numbered(students) if students else [])])
        with listen(host, port) as socket:
            port = socket.getsockname()[1]
            urls = addresses(host, port, address)
            training = None if memory is None else int(memory * 1e9)
            limits = Limits(keep=keep * 60.0, trainings=trainings, training=training)
            server = Server(place, roster, urls, port, limits, trusted=trust_people)
            links = [InviteLink(name, str(urls[0] / "join" / token)) for name, token in roster.people.items()]
            teacher = InviteLink("", str(urls[0] / "join" / roster.teacher))
            asyncio.run(run(server, socket, lambda: _announce(place, links, teacher)))
    return SOUND


def check_place(place: Path) -> None:
    """Refuse a directory in which every app could read what is in all homes.

    Raises:
        ServeError: it is one.
    """
    from tui_cnn.runs.guest import readable

    for shared in readable():
        if place.resolve().is_relative_to(shared.resolve()):
            message = _("{place} is in {shared}, which every app reads; choose another --home")
            raise ServeError(message.format(place=place, shared=shared))


@contextmanager
def _held(place: Path) -> Iterator[None]:
    """Make the directory of the homes, and hold its lock.

    Raises:
        ServeError: another server has it, or it cannot be written.
    """
    import filelock

    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.chmod(0o700)
        with filelock.FileLock(place / "lock", timeout=0):
            yield
    except filelock.Timeout:
        raise ServeError(_("{place} is being served already; choose another --home").format(place=place)) from None
    except OSError as error:
        raise ServeError(f"{error.filename or place}: {error.strerror}") from None


def _announce(place: Path, links: list[InviteLink], teacher: InviteLink) -> None:
    """Write the sheet, and say where it is."""
    sheet, page = place / "links.csv", place / "links.html"
    write_private(sheet, as_csv(links))
    write_private(page, as_page(links))
    if len(links) <= _FEW:
        for name, address in links:
            echo(f"{name}: {address}")
    else:
        echo(_("{number} links: {sheet}, to print: {page}").format(number=len(links), sheet=sheet, page=page))
    echo(_("teacher: {address}").format(address=teacher.address))
    echo(_("Ctrl-C ends the server and all apps."))
