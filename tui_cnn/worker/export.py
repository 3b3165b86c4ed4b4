"""A network as a file that holds a built model: a `.keras` archive, or ONNX.

Its weights are fresh, drawn by Keras, or the best of a run, or those of a `.keras` file; numbers are float32, however
it was trained. Of a file only the weights are read, into our own model: what it says of its model is never built.
"""

import os
import sys
import warnings
from pathlib import Path

from tui_cnn.atomic import replacing
from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.export import MODEL_FORMATS, require_buildable
from tui_cnn.formats.onnx.file import require_onnx
from tui_cnn.formats.saving import write_errors
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.origin import check_inspectable
from tui_cnn.worker.loading import load_tensorflow


def main(to: str, target: Path, source: Path | None = None) -> int:
    """Export the network on the standard input, TOML, with fresh weights or those of a model's file; or that of a run.

    Returns the exit status: 2, with a line on standard error, where it cannot be done.
    """
    try:
        if source is None:
            export(_read_network(), to, target)
        elif source.is_dir():
            run = RunDirectory(source)
            check_inspectable(run)
            export(run.network(), to, target, weights=run.best_file, is_ours=not run.origin_file.exists())
        else:
            export(_read_network(), to, target, weights=source, is_ours=False)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _read_network() -> Network:
    source = _("standard input")
    try:
        return loads_network(sys.stdin.buffer.read().decode(), source)
    except UnicodeDecodeError:
        raise FormatError(source, _("is not UTF-8 text")) from None


def export(network: Network, to: str, target: Path, weights: Path | None = None, *, is_ours: bool = True) -> None:
    """Build a network, with the weights of the model in that file if one is named, and write it, whole or not at all.

    `is_ours` says whether we wrote that file.

    Raises:
        FormatError: it cannot be built or written, or packages are missing.
        RunError: the weights cannot be read, or are of another network.
    """
    assert to in MODEL_FORMATS
    require_buildable(analyze(network))
    if to == "onnx":
        require_onnx(target)
    if not target.parent.is_dir():
        raise FormatError(target, _("directory {directory} not found").format(directory=target.parent))
    temporary = target.with_name(f".{target.name[:64]}.{os.urandom(4).hex()}.{to}")  # Keras looks at the suffix
    try:
        with write_errors(target), replacing(target, temporary):
            _write(network, to, temporary, weights, is_ours)
    except UserError:
        raise
    except ValueError as error:
        raise FormatError(target, str(error)) from None


def _write(network: Network, to: str, target: Path, weights: Path | None, is_ours: bool) -> None:
    load_tensorflow()
    from tui_cnn.worker.build import build
    from tui_cnn.worker.foreign_weights import assign_weights
    from tui_cnn.worker.weights import load_weights

    model = build(network)
    if weights and not is_ours:
        assign_weights(model, weights)
    elif weights:
        load_weights(model, weights, _("{file}: file not found; check the path").format(file=weights))
    if to in ("keras", "h5"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras calls its .h5 files old
            model.save(target)
    else:
        from tui_cnn.worker.onnx.model import save_onnx  # loads onnx

        save_onnx(network, model, target)
