"""Reading any file of ours as text, TOML or JSON: bounded in size and depth, with one error whatever is wrong."""

import re
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec

from tui_cnn.formats.errors import FormatError, Problem
from tui_cnn.i18n import _

T = TypeVar("T")

LARGEST = 8_000_000
"""Bytes: no text that is read whole is longer."""
_DEEPEST = 100
"""Tables and lists in each other: nothing that is still a network."""
_TAIL = 1_000_000

_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}""")
"""A key of that many parts, `a.b.c`: the reader takes minutes for such keys."""


@contextmanager
def read_errors(path: Path) -> Iterator[None]:
    """Turn what keeps `path` from being read into a FormatError."""
    try:
        yield
    except FileNotFoundError:
        raise FormatError(path, _("file not found; check the path")) from None
    except IsADirectoryError:
        raise FormatError(path, _("is a directory; specify a file in it")) from None
    except OSError as error:
        raise FormatError(path, _("cannot be read: {reason}").format(reason=error.strerror or error)) from None


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to read its bytes. A named pipe is refused: nobody may ever write to it.

    Raises:
        FormatError: it cannot be opened, or not be read to its end.
    """
    with read_errors(path):
        if stat.S_ISFIFO(path.stat().st_mode) and path.parts[:2] != ("/", "dev"):  # what a shell gives is in /dev/fd
            raise FormatError(path, _("is a named pipe; specify a file"))
        with path.open("rb") as file:
            yield file


def bounded(file: IO[bytes], source: Path | str) -> bytes:
    """Read all of an open file, never more than the bound, whatever size it claims to have.

    Raises:
        FormatError: it is larger.
    """
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise FormatError(source, _("is too large: more than {size:,} bytes").format(size=LARGEST))
    return data


def read_text(path: Path) -> str:
    """Read a file as UTF-8, with or without a byte order mark.

    Raises:
        FormatError: it cannot be read, is too large, or is something else.
    """
    with opened(path) as file:
        data = bounded(file, path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(path, _("is not UTF-8 text (byte {place})").format(place=error.start)) from None


def read_tail(path: Path) -> str:
    """Read the end of a log, whatever is in it.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        return file.read(_TAIL).decode("utf-8", "replace")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        FormatError: it cannot be read, or is not TOML.
    """
    return loads_toml(read_text(path), path)


def loads_toml(text: str, source: Path | str) -> dict[str, Any]:
    """Read TOML; `source` names it in errors.

    Raises:
        FormatError: it is not TOML, or its numbers or its nesting are beyond all reason.
    """
    try:
        if _LONG_KEY.search(text):
            raise RecursionError
        data = tomllib.loads(text)
        _check_depth(data, _DEEPEST)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(source, _syntax_error(error, text)) from None
    except ValueError:  # Python reads no longer ones
        raise FormatError(source, _("has a number of more than 4,300 digits")) from None
    except RecursionError:
        raise FormatError(source, _("is nested too deeply")) from None
    return data


def _syntax_error(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    """Part the place from the reason: Python writes both into one text."""
    reason, _at, where = str(error).removesuffix(")").rpartition(" (at ")
    numbers = [int(number) for number in re.findall(r"\d+", where)]
    line, column = numbers if len(numbers) == 2 else (text.count("\n") + 1, len(text) - text.rfind("\n"))
    return Problem(_("is not valid TOML: {reason}").format(reason=reason), line, column)


def read_json(path: Path, kind: type[T]) -> T:
    """Read a JSON file as a declared type.

    Raises:
        FormatError: it cannot be read, is not JSON, or does not fit the type.
    """
    with opened(path) as file:
        return loads_json(bounded(file, path), path, kind)


def loads_json(text: bytes | str, source: Path | str, kind: type[T]) -> T:
    """Read JSON as a declared type; `source` names it in errors.

    Raises:
        FormatError: it is not JSON, does not fit the type, or is nested too deeply.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except RecursionError:
        raise FormatError(source, _("is nested too deeply")) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise FormatError(source, _("is not valid JSON: {reason}").format(reason=error)) from None


def _check_depth(value: Any, room: int) -> None:
    if room < 0:
        raise RecursionError
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(item, room - 1)
