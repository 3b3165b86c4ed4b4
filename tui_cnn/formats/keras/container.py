"""The files that Keras keeps models in: an archive, an HDF5 file, JSON or YAML; told apart by what is in them.

Of each only the description is read, up to a bound; weights, and whatever else it holds, are not touched.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from typing import IO, Any

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.hdf5 import Hdf5
from tui_cnn.formats.kinds import Kind, kind_of
from tui_cnn.formats.reading import LARGEST, bounded, loads_json, opened
from tui_cnn.i18n import _

MEMBER = "config.json"
WEIGHTS = "model.weights.h5"

_CRIPPLED = (
    *(zipfile.BadZipFile, zlib.error, LZMAError),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, IndexError),
)
"""What Python's own reader of archives may say of one that is damaged, encrypted or packed in a way unknown to it."""


class OnlyWeightsError(FormatError):
    """A file has tensors, but no network."""

    def __init__(self, source: Path | str) -> None:
        super().__init__(
            source, _("has only weights, no layers; list them with: cnn-tui check {file}").format(file=source)
        )


def read_description(path: Path) -> Any:
    """Read the description of a model as it stands in a file.

    Raises:
        FormatError: the file cannot be read, or holds no such description.
    """
    kind = kind_of(path)
    with opened(path) as file:
        match kind:
            case Kind.HDF5:
                text = _attribute(file, path)
            case Kind.ARCHIVE if path.is_file():
                text = _unpack(file, path)
            case Kind.ARCHIVE:  # a device may have no end, and that is where the reader of archives looks first
                raise FormatError(path, _("is not a valid .keras archive: {reason}").format(reason=_("not a file")))
            case Kind.SAFETENSORS:
                raise OnlyWeightsError(path)
            case Kind.YAML:
                return _loads_yaml(bounded(file, path), path)
            case _:
                text = bounded(file, path)
    return loads_description(text, path)


def loads_description(text: bytes | str, source: Path | str) -> Any:
    """Read the description of a model from JSON; `json.dump(model.to_json())` writes a text of the text.

    Raises:
        FormatError: it is not JSON.
    """
    data = loads_json(text, source, object)
    return loads_description(data, source) if isinstance(data, str) and isinstance(text, bytes) else data


def _loads_yaml(data: bytes, path: Path) -> Any:
    from tui_cnn.formats.yaml import loads_yaml

    try:
        return loads_yaml(data.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        raise FormatError(path, _("is not UTF-8 text (byte {place})").format(place=error.start)) from None


def check_archive(path: Path) -> None:
    """Read all members of an archive, and compare their sums.

    Raises:
        FormatError: one is damaged, or it is no archive.
    """
    with opened(path) as file, archive_errors(path), zipfile.ZipFile(file) as archive:
        if (damaged := archive.testzip()) is not None:
            raise zipfile.BadZipFile(damaged)


@contextmanager
def archive_errors(path: Path) -> Iterator[None]:
    """Turn what is wrong with an archive into a FormatError."""
    try:
        yield
    except FormatError:
        raise
    except _CRIPPLED as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise FormatError(path, _("is not a valid .keras archive: {reason}").format(reason=reason)) from None


def _unpack(file: IO[bytes], path: Path) -> bytes:
    try:
        with archive_errors(path), zipfile.ZipFile(file) as archive, archive.open(MEMBER) as member:
            return bounded(member, path / MEMBER)
    except KeyError:
        message = _("has no {member}, so it is not a Keras model").format(member=MEMBER)
        raise FormatError(path, message) from None


def _attribute(file: IO[bytes], path: Path) -> bytes:
    """Read the description in an HDF5 file; Keras writes it beside the weights, unless only those were to be saved."""
    text = "".join(Hdf5(file, path).texts("", "model_config")).encode()
    if not text:
        raise OnlyWeightsError(path)
    if len(text) > LARGEST:
        raise FormatError(path, _("is too large: more than {size:,} bytes").format(size=LARGEST))
    return text
