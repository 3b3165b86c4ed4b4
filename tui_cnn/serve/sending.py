"""What the teacher sends to all: it is checked before, and nothing of a person's is lost."""

import asyncio
import errno
import os
import sys
from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

from tui_cnn.atomic import write_atomic
from tui_cnn.errors import UserError
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _, language
from tui_cnn.lab.lessons import lesson_files
from tui_cnn.runs.process import PACKAGES
from tui_cnn.serve.__main__ import FILES, LESSONS
from tui_cnn.serve.files import RefusedError, may_be_name

MOST_SENT = 2 << 20
"""Bytes of lessons and networks that are sent together."""
_PATIENCE = 120.0
"""Seconds for the check of a lesson; it takes about two."""


async def check_sent(files: Mapping[str, bytes], homes: Iterable[Path]) -> str:
    """Check networks (.toml) and lessons (.md) before they are sent; return what was found of lessons, in lines.

    Lessons are checked by `cnn-tui lesson check` in another process: it draws each question many times. They may have
    links to each other, and to the lessons that were sent before to these homes.

    Raises:
        RefusedError: one is neither, cannot be read, or something in a lesson is wrong; then, none is to be sent.
        OSError: they cannot be checked.
    """
    for name, data in files.items():
        if not may_be_name(name) or Path(name).suffix.lower() not in (".md", ".toml"):
            raise RefusedError(_("send networks (.toml) or lessons (.md)"))
        if not is_lesson(name):
            try:
                loads_network(data.decode(), name)
            except (UserError, UnicodeError) as error:
                raise RefusedError(str(error)) from None
    checked = {name: data for name, data in files.items() if is_lesson(name)}
    if not checked:
        return ""
    sent = {path.name for home in homes for path in lesson_files(home / LESSONS)}
    return await _check_lessons(checked, sent - set(checked))


def is_lesson(name: str) -> bool:
    """Whether a file of that name is a lesson, and not a network."""
    return Path(name).suffix.lower() == ".md"


async def _check_lessons(files: Mapping[str, bytes], others: Iterable[str]) -> str:
    with TemporaryDirectory() as directory:
        for other in others:
            Path(directory, other).touch()  # only their names are asked for
        for name, data in files.items():
            Path(directory, name).write_bytes(data)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui_cnn", "lesson", "check", *(str(Path(directory, name)) for name in files),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            cwd=PACKAGES, env={**os.environ, "LANGUAGE": language()},
        )  # fmt: skip
        try:
            async with asyncio.timeout(_PATIENCE):
                lines, _errors = await process.communicate()
        except TimeoutError:
            message = _("{name}: the check takes too long; send shorter lessons, or fewer")
            raise RefusedError(message.format(name=", ".join(files))) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    found = lines.decode("utf-8", "replace").replace(directory + os.sep, "").rstrip()
    if process.returncode:
        raise RefusedError(found)
    return found


def put(home: Path, name: str, data: bytes) -> str:
    """Put a lesson among the lessons of a person, or a network among the files; return the name that it got.

    A lesson takes the place of the one that was sent before under its name. A file of the person's is never
    overwritten: beside `net.toml`, another network is `net (2).toml`.

    Raises:
        OSError: it cannot be written.
    """
    folder = home / (LESSONS if is_lesson(name) else FILES)
    folder.mkdir(parents=True, exist_ok=True)
    if not folder.resolve().is_relative_to(home.resolve()):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(folder))  # a link to somewhere else
    if is_lesson(name) and (folder / name).is_symlink():
        (folder / name).unlink()
    if not is_lesson(name):
        stem, suffix = Path(name).stem, Path(name).suffix
        names = chain([name], (f"{stem} ({number}){suffix}" for number in count(2)))
        name = next(each for each in names if _is_free(folder / each, data))
    write_atomic(folder / name, data)
    return name


def notices_of(names: Iterable[str]) -> list[str]:
    """Say what the teacher has sent, and where it is."""
    lessons = sorted(filter(is_lesson, names))
    message = _("The teacher has sent a network: {name}. It is among your files.")
    notices = [message.format(name=name) for name in names if not is_lesson(name)]
    if len(lessons) == 1:
        message = _("The teacher has sent a lesson: {name}. It is in the Lab, in the list of lessons.")
        notices.append(message.format(name=lessons[0]))
    elif lessons:
        message = _("The teacher has sent {count} lessons. They are in the Lab, in the list of lessons.")
        notices.append(message.format(count=len(lessons)))
    return notices


def _is_free(path: Path, data: bytes) -> bool:
    """Tell whether nothing is lost at a path: there is no file, or the very same."""
    if path.is_file() and not path.is_symlink():
        return path.stat().st_size == len(data) and path.read_bytes() == data
    return not os.path.lexists(path)
