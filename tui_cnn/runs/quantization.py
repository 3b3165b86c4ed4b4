"""A run's network in int8, for microcontrollers: its size, what it needs, and how accurate it is before and after.

A worker converts it by TensorFlow's converter to LiteRT (post-training quantization; input and output int8, too), with
some of the training images to find the ranges of the activations, and tests both on the test set.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.export import require_buildable
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.ends import class_count, require_classes
from tui_cnn.runs.preflight import several_ends
from tui_cnn.runs.worker_answers import WorkerAnswers


class QuantizationRequest(msgspec.Struct, frozen=True):
    """What the worker is to do: the directory of a run, the file to write (None: none), training images to use."""

    run: str
    target: str | None
    calibration: int


class ConvertedNetwork(msgspec.Struct, frozen=True, tag=True):
    """Bytes of the file in int8, and of the same in float32; of the arena for the activations in int8.

    `calibration` is how many training images there were, `in_float` what still computes in float32, by its name in
    LiteRT: it has no int8 kernel, and its values are converted before and after.
    """

    size: int
    float_size: int
    ram: int
    calibration: int
    in_float: tuple[str, ...] = ()


class TestedShare(msgspec.Struct, frozen=True, tag=True):
    """How much of the test set is done, 0 to 1."""

    __test__ = False  # not a test of pytest

    share: float


class TestedNetworks(msgspec.Struct, frozen=True, tag=True):
    """Confusion counts (label, prediction) in float32 and in int8, and how many images both predict alike."""

    __test__ = False

    class_names: tuple[str, ...]
    before: list[list[int]]
    after: list[list[int]]
    alike: int


QuantizationAnswer = ConvertedNetwork | TestedShare | TestedNetworks


class Quantizing:
    """Converts and tests the best weights of a run in a worker process, which ends with its answer or when closed.

    Raises:
        RunError: the run was not trained here, or has a network of several inputs or outputs, or of no classes.
        FormatError: there are no weights yet, a file of the run is damaged, or its network cannot be built.
    """

    def __init__(self, run: RunDirectory, target: Path | None, calibration: int) -> None:
        if run.origin_file.exists():
            message = _("{run} was not trained here, so there are no training images to quantize with")
            raise RunError(message.format(run=run.id))
        analysis = analyze(run.network())
        require_buildable(analysis)
        if ends := several_ends(analysis):
            message = _("{name} has {ends}; only networks with one input and one output can be quantized")
            raise RunError(message.format(name=analysis.network.name, ends=ends))
        require_classes(analysis.network, class_count(analysis.output_shape or ()))
        if not run.best_file.exists():
            raise FormatError(run.best_file, _("not available yet; train for at least one epoch"))
        path = str(target.absolute()) if target else None
        self._request = QuantizationRequest(str(run.path.absolute()), path, calibration)
        self._answers: WorkerAnswers[QuantizationAnswer] = WorkerAnswers(msgspec.json.Decoder(QuantizationAnswer))

    def steps(self) -> Iterator[QuantizationAnswer]:
        """Yield what the worker answers, as soon as it does.

        Raises:
            RunError: TensorFlow is not installed, or the worker failed; the text is its reason.
        """
        yield from self._answers.ask("quantize", given=msgspec.json.encode(self._request))

    def close(self) -> None:
        """End the worker."""
        self._answers.close()
