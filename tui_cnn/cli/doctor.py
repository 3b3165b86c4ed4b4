"""`cnn-tui doctor`: what of the program's own files is damaged, and its repair."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from tui_cnn.cli.group import SOUND, UNSOUND
from tui_cnn.cli.streams import echo
from tui_cnn.config import config_file, home
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.container import check_archive
from tui_cnn.formats.reading import read_json, read_toml
from tui_cnn.formats.saving import save_bytes, set_aside
from tui_cnn.formats.toml import read_network
from tui_cnn.i18n import _, ngettext
from tui_cnn.lab.progress import LearnerProgress, progress_file
from tui_cnn.runs import events, trash
from tui_cnn.runs.directory import RunDirectory, list_runs
from tui_cnn.runs.ledger import decode_evaluation, ledger_file
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.machine import Machine, machine_file
from tui_cnn.runs.predictions import load_predictions
from tui_cnn.runs.snapshot import Follower, LineReader
from tui_cnn.runs.summary import damage
from tui_cnn.search.directory import SearchDirectory, list_searches
from tui_cnn.search.events import decode_event
from tui_cnn.search.plan import read_plan
from tui_cnn.ui.application.recovery import Copy
from tui_cnn.ui.settings import State, state_file

Decoder = Callable[[bytes], object]
"""Reads a line of events; a ValueError or a RecursionError: it cannot be read."""


class Damage(NamedTuple):
    """A file that cannot be read, what `--fix` does about it, and the doing."""

    error: FormatError
    remedy: str
    repair: Callable[[], object]


@click.command(
    short_help=_("Find and repair damaged files."),
    help=_(
        """List the files of cnn-tui that cannot be read: runs, searches, settings, variants, recovery copies, progress
        in the lessons. With --fix, repair them.

        Nothing is deleted: a damaged file is renamed to NAME.damaged, and a run that has lost its network or recipe is
        moved to the trash; such a search is renamed. Runs and searches in progress are skipped. The exit status
        is 1 if anything is damaged."""
    ),
)
@click.option("--fix", is_flag=True, help=_("Repair what is damaged, or set it aside."))
def doctor(fix: bool) -> int:
    """List what is damaged, and repair it if asked to."""
    found = [
        *_files(),
        *(damaged for run in list_runs() for damaged in _of_run(run)),
        *(damaged for search in list_searches() for damaged in _of_search(search)),
    ]
    left = 0
    for damaged in found:
        echo(str(damaged.error))
        if fix:
            try:
                damaged.repair()
            except UserError as error:
                echo(str(error), err=True)
                left += 1
                continue
        echo("  " + (damaged.remedy if fix else _("--fix: {remedy}").format(remedy=damaged.remedy)))
    if not found:
        echo(_("Nothing is damaged."))
    elif not fix:
        message = ngettext(
            "{count} file is damaged; repair it with: cnn-tui doctor --fix",
            "{count} files are damaged; repair them with: cnn-tui doctor --fix",
            len(found),
        )
        echo(message.format(count=len(found)))
    return UNSOUND if left or (found and not fix) else SOUND


def _files() -> Iterator[Damage]:
    """Examine the files of the home that are not of a run."""
    readers: list[tuple[Path, Callable[[Path], object]]] = [
        (config_file(), read_toml),
        (state_file(), partial(read_json, kind=State)),
        (machine_file(), partial(read_json, kind=Machine)),
        (progress_file(), partial(read_json, kind=LearnerProgress)),
        *((path, partial(read_json, kind=Copy)) for path in sorted((home() / "recovery").glob("*-*.json"))),
        *((path, read_network) for path in sorted((home() / "variants").glob("*/*.toml"))),
    ]
    for path, read in readers:
        if path.exists() and (error := _error(read, path)):
            yield _aside(error, path)
    yield from _of_lines(ledger_file(), decode_evaluation)


def _of_run(run: RunDirectory) -> Iterator[Damage]:
    """Examine a run; once it has lost its network or recipe, the rest does not matter."""
    if is_held(run.lock_file):
        return
    errors = list(damage(run, Follower(run).poll()))
    for error in errors:
        if error.source in (run.network_file, run.recipe_file):
            remedy = _("moves the run to the trash; restore it with: cnn-tui trash --restore {id}").format(id=run.id)
            yield Damage(error, remedy, partial(trash.delete, run))
            return
    for error in errors:
        if error.source == run.events_file:
            yield _with_readable_lines(error, run.events_file, events.decode)
        else:
            yield _aside(error, Path(error.source))
    weights = [run.checkpoint_file, run.best_file, run.start_file, *sorted(run.kept_directory.glob("*.keras"))]
    for path in weights:
        if path.exists() and (broken := _error(check_archive, path)):
            yield _aside(broken, path)
    if broken := _error(lambda _path: load_predictions(run), run.predictions_file):
        yield _aside(broken, run.predictions_file)


def _of_search(search: SearchDirectory) -> Iterator[Damage]:
    """Examine a search; once it has lost its network or plan, the rest does not matter."""
    if is_held(search.lock_file):
        return
    for path, read in ((search.network_file, read_network), (search.plan_file, read_plan)):
        if error := _error(read, path):
            remedy = _("renames the search to {id}.damaged; its runs stay").format(id=search.id)
            yield Damage(error, remedy, partial(set_aside, search.path))
            return
    if search.about_file.exists() and (error := _error(read_toml, search.about_file)):
        yield _aside(error, search.about_file)
    yield from _of_lines(search.events_file, decode_event)


def _of_lines(path: Path, decode: Decoder) -> Iterator[Damage]:
    """Examine a file of lines, some of which may be readable."""
    if count := sum(not _is_readable(line, decode) for line in LineReader(path).lines()):
        message = ngettext("{count} line cannot be read", "{count} lines cannot be read", count).format(count=count)
        yield _with_readable_lines(FormatError(path, message), path, decode)


def _with_readable_lines(error: FormatError, path: Path, decode: Decoder) -> Damage:
    remedy = _("keeps the other lines; the original is renamed to {name}.damaged").format(name=path.name)
    return Damage(error, remedy, partial(_keep_readable, path, decode))


def _aside(error: FormatError, path: Path) -> Damage:
    return Damage(error, _("renames it to {name}.damaged").format(name=path.name), partial(set_aside, path))


def _error(read: Callable[[Path], object], path: Path) -> FormatError | None:
    try:
        read(path)
    except FormatError as error:
        return error
    return None


def _keep_readable(path: Path, decode: Decoder) -> None:
    """Write the events anew without the lines that cannot be read."""
    lines = list(LineReader(set_aside(path)).lines())
    save_bytes(path, b"".join(line + b"\n" for line in lines if _is_readable(line, decode)))


def _is_readable(line: bytes, decode: Decoder) -> bool:
    try:
        decode(line)
    except (ValueError, RecursionError):
        return False
    return True
