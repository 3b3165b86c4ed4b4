"""Runs that begin with the weights of another model, as far as these fit by name and shape."""

from pathlib import Path
from typing import NamedTuple

from tui_cnn.config import expanded
from tui_cnn.confinement import ConfinementError
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import dumps_network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, find_run, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.origin import read_origin
from tui_cnn.runs.process import run_worker, why_failed
from tui_cnn.runs.recipe import Recipe


class Weights(NamedTuple):
    """The file of a model's weights, and what to call that model: the id of a run, or the path of the file."""

    file: Path
    name: str


def find_weights(text: str) -> Weights:
    """Find weights by the path of a `.keras`, `.h5` or `.onnx` file, or by a run: its best, or without those its last.

    Raises:
        RunError: there is no such run, or it has no weights yet.
    """
    from tui_cnn.runs.inspection.requests import MODEL_SUFFIXES

    try:
        path = expanded(text)
    except ConfinementError as error:
        raise RunError(str(error)) from None
    if path.suffix.lower() in MODEL_SUFFIXES or path.is_file():
        return Weights(path.absolute(), str(path))
    run = find_run(text)
    for file in (run.best_file, run.checkpoint_file):
        if file.exists():
            return Weights(file, run.id)
    if (origin := read_origin(run)) is not None and origin.no_weights:
        raise RunError(f"{run.id}: {origin.no_weights}")
    raise RunError(_("{run} has no weights yet; wait until its first epoch ends").format(run=run.id))


def make_with_weights(network: Network, recipe: Recipe, weights: Weights) -> RunDirectory:
    """Make a run that begins with the weights that fit: they are copied into it, and it says in its events which.

    A worker reads them, in some seconds.

    Raises:
        RunError: they cannot be read, none of them fits, or nothing can be written; there is no run then.
    """

    def fill(run: RunDirectory) -> None:
        given = dumps_network(network).encode()
        ended = run_worker("load-weights", str(weights.file), weights.name, str(run.start_file), given=given)
        if ended.returncode:
            raise RunError(why_failed(ended.stderr, ended.returncode))
        run.events_file.write_bytes(ended.stdout)

    return make_run(network, recipe, fill)
