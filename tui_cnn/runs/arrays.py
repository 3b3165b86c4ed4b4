"""Arrays that are kept with a run, in an `.npz` of our own: read so that no bytes in it do harm."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_errors


def read_arrays(path: Path, *names: str, largest: int, damaged: FormatError) -> list[npt.NDArray[Any]]:
    """Read the arrays of these names. Nothing is unpickled, and none of more than `largest` bytes is unpacked.

    Raises:
        FormatError: the file cannot be read; or `damaged`, where it does not hold such arrays.
    """
    with read_errors(path):
        try:
            with zipfile.ZipFile(path) as archive:
                return [_read(archive, f"{name}.npy", largest) for name in names]
        except OSError:
            raise
        except Exception as error:  # zipfile and numpy raise whatever the bytes lead them to
            raise damaged from error


def _read(archive: zipfile.ZipFile, name: str, largest: int) -> npt.NDArray[Any]:
    member = archive.getinfo(name)
    if member.file_size > largest:
        raise ValueError(name)
    array: npt.NDArray[Any] = np.lib.format.read_array(io.BytesIO(archive.read(member)), allow_pickle=False)
    return array
