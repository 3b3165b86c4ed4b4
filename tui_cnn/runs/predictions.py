"""What a run predicted of each test image: kept with the run, so that runs can be compared image by image.

`test.npz` holds `predicted` and `label` (images,), classes by number, and `test_set`, the digest of the test images.
"""

import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.atomic import write_atomic
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_errors
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory

Classes = npt.NDArray[np.unsignedinteger[Any]]

_LARGEST = 64 << 20
"""Bytes of an array in the file: 32 million test images."""
_LONGEST_DIGEST = 200


class KeptPredictions(NamedTuple):
    """The predicted class and the label of each test image, both (images,), in the order of the data set."""

    predicted: Classes
    labels: Classes
    test_set: str

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which images were predicted correctly, (images,)."""
        return np.asarray(self.predicted == self.labels)


def save_predictions(run: RunDirectory, predictions: KeptPredictions) -> None:
    """Write them into the run's directory, whole or not at all; numbers of classes in 16 bits, if they fit.

    Raises:
        OSError: it cannot be written.
    """
    largest = max(int(predictions.predicted.max(initial=0)), int(predictions.labels.max(initial=0)))
    kind = np.uint16 if largest < 1 << 16 else np.uint32
    data = io.BytesIO()
    np.savez_compressed(
        data,
        predicted=predictions.predicted.astype(kind),
        label=predictions.labels.astype(kind),
        test_set=np.array(predictions.test_set),
    )
    write_atomic(run.predictions_file, data.getvalue())


def load_predictions(run: RunDirectory) -> KeptPredictions | None:
    """Read them; None where a run has none. Nothing is unpickled, and nothing large is unpacked.

    Raises:
        FormatError: the file is damaged.
    """
    path = run.predictions_file
    if not path.exists():
        return None
    with read_errors(path):
        try:
            with zipfile.ZipFile(path) as archive:
                predicted, labels = (_array(archive, f"{name}.npy") for name in ("predicted", "label"))
                test_set = _array(archive, "test_set.npy")
        except OSError:
            raise
        except Exception as error:  # zipfile and numpy raise whatever the bytes lead them to
            raise _damaged(path) from error
    sound = predicted.ndim == labels.ndim == 1 and predicted.shape == labels.shape and predicted.size > 0
    if not sound or {predicted.dtype.kind, labels.dtype.kind} != {"u"} or test_set.dtype.kind != "U":
        raise _damaged(path)
    return KeptPredictions(predicted, labels, str(test_set)[:_LONGEST_DIGEST])


def _array(archive: zipfile.ZipFile, name: str) -> npt.NDArray[Any]:
    member = archive.getinfo(name)
    if member.file_size > _LARGEST:
        raise ValueError(name)
    array: npt.NDArray[Any] = np.lib.format.read_array(io.BytesIO(archive.read(member)), allow_pickle=False)
    return array


def _damaged(path: Path) -> FormatError:
    return FormatError(path, _("is damaged; delete it, or repeat the run"))
