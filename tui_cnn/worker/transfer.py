"""The weights of another model that fit a network, written as the weights that a run begins with; and put into it."""

import sys
from pathlib import Path

import keras

from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.formats.saving import write_errors
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Loaded, encode
from tui_cnn.worker.build import build
from tui_cnn.worker.checkpoint import save_weights
from tui_cnn.worker.foreign_weights import assign_fitting, finalize
from tui_cnn.worker.journal import TrainingError
from tui_cnn.worker.weights import load_weights


def main(source: Path, name: str, target: Path) -> int:
    """Write the weights in `source` that fit the network on the standard input; say on the standard output which.

    Returns the exit status: 2, with a line on standard error, where none fits or something cannot be read or written.
    """
    try:
        network = loads_network(sys.stdin.buffer.read().decode(), _("standard input"))
        loaded = write_fitting(network, source, name, target)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.buffer.write(encode(loaded))
    return 0


def write_fitting(network: Network, source: Path, name: str, target: Path) -> Loaded:
    """Write the weights in `source` that fit a network to `target`; return which these are.

    Raises:
        RunError: they cannot be read, or none fits.
        FormatError: they cannot be written.
    """
    model = build(network)
    layers, others = assign_fitting(model, source)
    loaded = Loaded(source=name, layers=layers, others=others)
    if not layers:
        message = _("{name}: no layer matches {network} by name and shape: {others}")
        raise RunError(message.format(name=name, network=network.name, others=loaded.listed))
    with write_errors(target):
        save_weights(target, model)
    return loaded


def begin_with(model: keras.Model, network: Network, file: Path, layers: tuple[str, ...]) -> None:
    """Put the weights of some layers, as `main` has written them, into a run's model.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    written = build(network)
    try:
        load_weights(written, file, _("{file}: file not found").format(file=file))
    except RunError as error:
        raise TrainingError(str(error), _("Start a new run.")) from error
    for name in layers:
        layer = model.get_layer(name)
        layer.set_weights(written.get_layer(name).get_weights())
        finalize(layer)
