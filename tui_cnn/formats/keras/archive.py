"""The configuration in a file of Keras: a `.json`, or the `config.json` of a `.keras` archive.

Only that one text is read, up to a bound; weights, and whatever else an archive holds, are not touched.
"""

import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import IO

import msgspec

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.schema import Entry
from tui_cnn.i18n import _

_LARGEST_CONFIG = 8_000_000
_MEMBER = "config.json"
_CRIPPLED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, IndexError)
"""What Python's own reader of archives may say of one that is damaged, encrypted or packed in a way unknown to it."""


def read_config(path: Path) -> Entry:
    """Read the description of a model from a `.json` or a `.keras` file.

    Raises:
        FormatError: the file cannot be read, or holds no such description.
    """
    try:
        with path.open("rb") as file:
            if path.suffix.lower() != ".keras":
                text = _bounded(file, path, path.name)
            elif path.is_file():
                text = _unpack(file, path)
            else:  # a device may have no end, and that is where the reader of archives looks first
                raise FormatError(path, _("is not a valid .keras archive: {reason}").format(reason=_("not a file")))
    except FileNotFoundError:
        raise FormatError(path, _("file not found; check the path")) from None
    except IsADirectoryError:
        raise FormatError(path, _("is a directory; specify a file in it")) from None
    except OSError as error:
        raise FormatError(path, _("cannot be read: {reason}").format(reason=error.strerror or error)) from None
    return loads_config(text, path)


def loads_config(text: bytes | str, source: Path | str) -> Entry:
    """Read the description of a model from JSON; `source` names it in errors.

    Raises:
        FormatError: it is not JSON, or does not describe a model.
    """
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FormatError(source, _("is not valid JSON: {reason}").format(reason=error)) from None
    except RecursionError:
        raise FormatError(source, _("is nested too deeply")) from None
    if isinstance(data, str) and isinstance(text, bytes):  # json.dump(model.to_json()) writes a text of the text
        return loads_config(data, source)
    try:
        return msgspec.convert(data, Entry)
    except (msgspec.ValidationError, RecursionError):
        message = _("is not a Keras 3 model; save it with model.to_json() or model.save(“….keras”)")
        raise FormatError(source, message) from None


def _unpack(file: IO[bytes], path: Path) -> bytes:
    """Return the configuration in an archive.

    Raises:
        FormatError: it is no archive, is damaged, or has none.
    """
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_MEMBER) as member:
            return _bounded(member, path, _MEMBER)
    except KeyError:
        message = _("has no {member}, so it is not a Keras 3 model").format(member=_MEMBER)
        raise FormatError(path, message) from None
    except FormatError:
        raise
    except _CRIPPLED as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise FormatError(path, _("is not a valid .keras archive: {reason}").format(reason=reason)) from None


def _bounded(file: IO[bytes], path: Path, name: str) -> bytes:
    """Read all of a text, never more than the bound, whatever size it claims to have."""
    text = BytesIO(file.read(_LARGEST_CONFIG + 1)).getvalue()
    if len(text) > _LARGEST_CONFIG:
        message = _("{name} is larger than {size:,} bytes, too large for a network")
        raise FormatError(path, message.format(name=name, size=_LARGEST_CONFIG))
    return text
