"""A manifest read: a CSV or TOML file that names images, the class of each, and perhaps its part.

CSV: `path,label` or `path,label,split`, under any of the usual names, with commas, semicolons or tabs; without a line
of names if there are two columns. TOML: a table `[[images]]` for each, with `path`, `label` and perhaps `part`, and
perhaps `classes`, the names of the classes in their order. Errors do not name the file.
"""

import codecs
import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tui_cnn.data.files import DataError
from tui_cnn.data.sources.listing import part_named
from tui_cnn.i18n import _

_PATHS = ("path", "file_path", "filepath", "image_path", "file", "filename", "file_name", "image", "img")
_LABELS = ("label", "labels", "class", "class_name", "label_name", "category", "target", "classid", "class_id")
_PARTS = ("split", "part", "set", "subset", "partition")
_LARGEST_TOML, _LARGEST_CSV = 16 << 20, 256 << 20
_CHUNK = 1 << 20
_TOML_IMAGES = re.compile(rb"^\s*(\[\[\s*images|images\s*=)", re.MULTILINE)


class ManifestEntry(NamedTuple):
    """The path of an image, the name of its class, and the name of its part, as the manifest has them."""

    path: str
    label: str
    part: str


class Manifest(NamedTuple):
    """The names of the classes, if the manifest puts them in order, and its images, read as they are asked for."""

    classes: tuple[str, ...]
    entries: Iterable[ManifestEntry]


def read_manifest(path: Path) -> Manifest:
    """Read a manifest: TOML if it is called so, else CSV; an error may be raised only when its images are read.

    Raises:
        DataError: it is no manifest.
        OSError: it cannot be read.
    """
    toml = path.suffix.casefold() == ".toml"
    if path.stat().st_size > (_LARGEST_TOML if toml else _LARGEST_CSV):
        raise DataError(_("is too large for a list of images; use a folder for each class"))
    return _read_toml(path) if toml else Manifest((), _read_csv(path))


def names_images(path: Path) -> bool:
    """Return whether a file shows by its first lines that it is a manifest; it may be another table."""
    try:
        if path.suffix.casefold() == ".toml":
            with path.open("rb") as file:
                return _TOML_IMAGES.search(file.read(_CHUNK)) is not None
        with path.open(encoding=_encoding(path, _CHUNK), errors="replace", newline="") as file:
            line = file.readline(_CHUNK)
            first = next(csv.reader([line], delimiter=_delimiter(line)), [])
            columns, is_named = _columns(first)
            return is_named or (path.parent / first[columns[0]].strip()).is_file()
    except (OSError, ValueError, csv.Error):  # a DataError is a ValueError, and so is a path with a NUL
        return False


def _read_toml(path: Path) -> Manifest:
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise DataError(_("is not valid TOML: {reason}").format(reason=error)) from None
    except UnicodeDecodeError as error:
        raise DataError(_("is not UTF-8 text (byte {place})").format(place=error.start)) from None
    except RecursionError:
        raise DataError(_("is nested too deeply")) from None
    except ValueError:  # Python reads no longer ones
        raise DataError(_("has a number of more than 4,300 digits")) from None
    images, classes = table.get("images"), table.get("classes", [])
    if not isinstance(images, list) or not images:
        raise DataError(_("has no images: it needs a table [[images]] with path and label for each"))
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise DataError(_("classes must be a list of names"))
    classes = [class_name(name) for name in classes]
    if len(set(classes)) < len(classes):
        raise DataError(_("classes has a name twice"))
    return Manifest(tuple(classes), [_toml_entry(image, place, classes) for place, image in enumerate(images, 1)])


def _toml_entry(image: Any, place: int, classes: list[str]) -> ManifestEntry:
    """Check an image; a number as its label is the place of its class, if there are names for them."""
    table = image if isinstance(image, dict) else {}
    path, label, part = table.get("path"), table.get("label"), table.get("part", "")
    if not isinstance(path, str) or not isinstance(label, str | int) or not isinstance(part, str):
        message = _("image {place} needs a path and a label, such as path = 'cats/1.png' and label = 'cat'")
        raise DataError(message.format(place=place))
    name = classes[label] if isinstance(label, int) and 0 <= label < len(classes) else class_name(str(label))
    return ManifestEntry(path, name, part)


def _read_csv(path: Path) -> Iterator[ManifestEntry]:
    with path.open(encoding=_encoding(path), newline="") as file:
        try:
            first_line = file.readline(_CHUNK)
            file.seek(0)
            rows = csv.reader(file, delimiter=_delimiter(first_line))
            first = next(rows, [])
            columns, is_named = _columns(first)
            if not is_named:
                yield from _csv_entry(first, columns)
            for row in rows:
                yield from _csv_entry(row, columns)
        except csv.Error as error:
            message = _("cannot be read as CSV at line {line}: {reason}")
            raise DataError(message.format(line=rows.line_num, reason=error)) from None
        except UnicodeError:
            raise DataError(_not_text()) from None


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _csv_entry(row: list[str], columns: tuple[int, int, int | None]) -> Iterator[ManifestEntry]:
    """Yield the image of a row; nothing for an empty one."""
    if any(map(str.strip, row)):
        path, label, part = (row[place].strip() if place is not None and place < len(row) else "" for place in columns)
        yield ManifestEntry(path, class_name(label), part)


def _columns(first: list[str]) -> tuple[tuple[int, int, int | None], bool]:
    """Return the columns of the path, the label and the part, and whether the first row has their names."""
    names = [name.strip().casefold() for name in first]

    def column(usual: tuple[str, ...]) -> int | None:
        return next((names.index(name) for name in usual if name in names), None)

    path, label = column(_PATHS), column(_LABELS)
    if path is not None and label is not None:
        return (path, label, column(_PARTS)), True
    if len(first) == 2:
        return (0, 1, None), False
    if len(first) == 3 and part_named(first[2]):
        return (0, 1, 2), False
    message = _("needs the columns path and label, but its first line is: {line}")
    raise DataError(message.format(line=", ".join(first[:10])[:200]))


def _encoding(path: Path, most: int = _LARGEST_CSV) -> str:
    """Return the encoding of a text: UTF-8, UTF-16 if it is marked so, or CP949, in which Korean Excel saves CSV.

    It is found by the first `most` bytes.
    """
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        for encoding in ("utf-8-sig", "cp949"):
            file.seek(0)
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                while (chunk := file.read(_CHUNK)) and file.tell() <= most:
                    decoder.decode(chunk)
            except UnicodeDecodeError:
                continue
            return encoding
    raise DataError(_not_text())


def class_name(text: str) -> str:
    """Return the name of a class, so that it is the same from whatever system a file comes."""
    return unicodedata.normalize("NFC", text.strip())


def _not_text() -> str:
    return _("is not text in UTF-8, UTF-16 or CP949; save it as UTF-8")
