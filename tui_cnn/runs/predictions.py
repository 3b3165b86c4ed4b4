"""What a run predicted of each test image: kept with the run, so that runs can be compared image by image.

`test.npz` holds `predicted` and `label` (images,), classes by number, and `test_set`, the digest of the test images.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.atomic import write_atomic
from tui_cnn.data.rendering import to_npz
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.arrays import read_arrays
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
    arrays = {
        "predicted": predictions.predicted.astype(kind),
        "label": predictions.labels.astype(kind),
        "test_set": np.array(predictions.test_set),
    }
    write_atomic(run.predictions_file, to_npz(arrays))


def load_predictions(run: RunDirectory) -> KeptPredictions | None:
    """Read them; None where a run has none. Nothing is unpickled, and nothing large is unpacked.

    Raises:
        FormatError: the file is damaged.
    """
    path = run.predictions_file
    if not path.exists():
        return None
    damaged = FormatError(path, _("is damaged; delete it, or repeat the run"))
    names = ("predicted", "label", "test_set")
    predicted, labels, test_set = read_arrays(path, *names, largest=_LARGEST, damaged=damaged)
    sound = predicted.ndim == labels.ndim == 1 and predicted.shape == labels.shape and predicted.size > 0
    if not sound or {predicted.dtype.kind, labels.dtype.kind} != {"u"} or test_set.dtype.kind != "U":
        raise damaged
    return KeptPredictions(predicted, labels, str(test_set)[:_LONGEST_DIGEST])
