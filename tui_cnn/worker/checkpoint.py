"""A checkpoint: the model, its optimizer, and the totals of the epoch that it was written in, in one file.

The optimizer counts its steps, so a checkpoint knows where it stands and cannot disagree with itself. It is an
ordinary `.keras` file, in which the totals are one more entry of the zip archive.
"""

import os
import zipfile
from pathlib import Path

import keras
import msgspec

from tui_cnn.i18n import _
from tui_cnn.worker.failures import TrainingError
from tui_cnn.worker.totals import Sums

_ENTRY = "cnn_tui.json"


def save_checkpoint(path: Path, model: keras.Model, sums: Sums) -> None:
    """Write a checkpoint whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    temporary = path.with_suffix(f".tmp{path.suffix}")  # Keras looks at the suffix
    try:
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(_ENTRY, msgspec.json.encode(sums))
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> tuple[keras.Model, Sums]:
    """Read a checkpoint; `model.optimizer.iterations` are the steps that it has done.

    Raises:
        TrainingError: it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            sums = msgspec.json.decode(archive.read(_ENTRY), type=Sums)
        return keras.saving.load_model(path), sums
    # Keras has no error of its own for a damaged file: what the readers inside it raise comes through.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise TrainingError(
            _("{file} cannot be read: {reason}").format(file=path.name, reason=reason),
            _("Delete {path} and resume the run: it begins anew.").format(path=path),
        ) from error
