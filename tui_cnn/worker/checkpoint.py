"""A checkpoint: the model, its optimizer, the step, and the totals of the epoch that it was written in, in one file.

So a checkpoint knows where it stands and cannot disagree with itself. It is an ordinary `.keras` file, in which step
and totals are one more entry of the zip archive; where weights are averaged, the average is another.
"""

import zipfile
from pathlib import Path

import keras
import msgspec

from tui_cnn.atomic import replacing, same_suffix
from tui_cnn.i18n import _
from tui_cnn.worker.averaging import WeightAverage
from tui_cnn.worker.journal import TrainingError
from tui_cnn.worker.steps import Sums
from tui_cnn.worker.weights import load_weights

_ENTRY, _AVERAGE = "cnn_tui.json", "cnn_tui_average"


class CheckpointState(msgspec.Struct, frozen=True):
    """Where a run stands: how many steps are done since its beginning, and the totals of the epoch so far."""

    step: int = 0
    sums: Sums = Sums()


def save_checkpoint(
    path: Path, model: keras.Model, state: CheckpointState, average: WeightAverage | None = None
) -> None:
    """Write a checkpoint whole or not at all, with the average of the weights if there is one.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path, same_suffix(path)) as temporary:
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(_ENTRY, msgspec.json.encode(state))
            if average and average.exists:
                archive.writestr(_AVERAGE, average.dumps())


def save_weights(path: Path, model: keras.Model) -> None:
    """Write the model without its optimizer, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(exist_ok=True)
    with replacing(path, same_suffix(path)) as temporary:
        model.save(temporary, include_optimizer=False)


def load_checkpoint(path: Path, model: keras.Model, average: WeightAverage | None = None) -> CheckpointState:
    """Put the weights and the optimizer's state of a checkpoint into a compiled model; return where the run stands.

    The average of the weights is read too, where there is to be one.

    Raises:
        TrainingError: it is damaged, or of another network or optimizer.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if damaged := archive.testzip():  # Keras reads here and there in a member, so that no sum is compared
                raise zipfile.BadZipFile(f"Bad CRC-32 for file {damaged!r}")
            state = msgspec.json.decode(archive.read(_ENTRY), type=CheckpointState | Sums)
            if average and average.exists:
                average.loads(archive.read(_AVERAGE))
        load_weights(model, path, "")
    # Keras has no error of its own for a damaged file: what the readers inside it raise comes through.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise TrainingError(
            _("{file} cannot be read: {reason}").format(file=path.name, reason=reason),
            _("Delete {path} and resume the run: it starts over.").format(path=path),
        ) from error
    if isinstance(state, Sums):  # as it was written before there were steps that the optimizer does not count
        state = CheckpointState(int(keras.ops.convert_to_numpy(model.optimizer.iterations)), state)
    return state
