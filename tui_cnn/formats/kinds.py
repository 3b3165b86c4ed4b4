"""What kind of file a model is in: told by what is in it, and by its name only where that says nothing.

A file of another program is refused in one line, which says what it is and how to get a file that is read.
"""

import re
import zipfile
from enum import Enum
from pathlib import Path

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import opened, read_errors
from tui_cnn.i18n import _


class Kind(Enum):
    """A kind of file that we read."""

    TOML = "toml"
    ARCHIVE = "keras"
    HDF5 = "h5"
    JSON = "json"
    YAML = "yaml"
    SAFETENSORS = "safetensors"
    ONNX = "onnx"


_BY_NAME = {
    ".json": Kind.JSON,
    ".keras": Kind.ARCHIVE,
    ".h5": Kind.HDF5,
    ".hdf5": Kind.HDF5,
    ".yaml": Kind.YAML,
    ".yml": Kind.YAML,
    ".safetensors": Kind.SAFETENSORS,
    ".onnx": Kind.ONNX,
}

MODEL_SUFFIXES = (".toml", *_BY_NAME)
"""How the names of files that can be opened end."""

_LOOKED_AT = 4096
_YAML = re.compile(rb"^(?:backend|class_name|config|keras_version)\s*:", re.MULTILINE)


def is_ours(path: Path) -> bool:
    """Tell whether a file is TOML, which networks are saved to, and not a model of another program."""
    try:
        return kind_of(path) is Kind.TOML
    except FormatError:
        return False


def kind_of(path: Path) -> Kind:
    """Look at the beginning of a file.

    Raises:
        FormatError: it cannot be read, or is a file of another program; the text says what to do.
    """
    by_name = _BY_NAME.get(path.suffix.lower(), Kind.TOML)
    with read_errors(path):
        if (path / "saved_model.pb").is_file():
            raise FormatError(path, _saved_model())
        if not path.is_file():  # a pipe can be read only once; and what is missing is found out by who reads it
            return by_name
    with opened(path) as file:
        start = file.read(_LOOKED_AT)
    _refuse_foreign(path, start)
    if by_name is Kind.ONNX:  # it begins with nothing that is its own
        return by_name
    if start.startswith(b"\x89HDF\r\n\x1a\n"):
        return Kind.HDF5
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_archive(path)
    if len(start) > 8 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < path.stat().st_size:
        return Kind.SAFETENSORS
    if start.lstrip().startswith((b'{"', b"{\n", b"{\r\n", b"{ ", b'"{')):
        return Kind.JSON
    if by_name in (Kind.TOML, Kind.JSON) and _YAML.search(start):
        return Kind.YAML
    return by_name


def _kind_of_archive(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Kind.ARCHIVE  # who reads it says what is wrong
    if any(name.endswith("data.pkl") for name in names):
        raise FormatError(path, _pytorch())
    return Kind.ARCHIVE


def _refuse_foreign(path: Path, start: bytes) -> None:
    suffix = path.suffix.lower()
    problem = None
    if start[4:8] == b"TFL3":
        problem = _(
            "is a TensorFlow Lite model; use the .keras or .h5 file that it was made from, or convert it to ONNX"
        )
    elif start[:1] == b"\x80" and start[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        problem = _pytorch()
    elif suffix == ".py":
        problem = _("is Python code, which is never run; save the model in it: model.save(“model.keras”)")
    elif suffix == ".pb":
        problem = _saved_model()
    if problem is not None:
        raise FormatError(path, problem)


def _saved_model() -> str:
    return _(
        "is a TensorFlow SavedModel; save the model as a file: tf_keras.models.load_model(DIRECTORY).save(“model.h5”)"
    )


def _pytorch() -> str:
    return _(
        "is a PyTorch (pickle) file, which is never run; export it there: torch.onnx.export(model, image, “model.onnx”)"
    )
