"""A network as a model of Keras or ONNX, with fresh weights or those of a run: the worker writes it, in its process."""

import subprocess
import sys
from pathlib import Path

import tui_cnn
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import dumps_network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory


def export_model(network: Network, to: str, target: Path) -> None:
    """Let a worker build the network and write it as `keras` or `onnx`; this takes some seconds.

    Raises:
        FormatError: it cannot be built or written.
    """
    _ask_worker(("export", to, str(target.absolute())), dumps_network(network).encode(), target)


def export_run(run: RunDirectory, to: str, target: Path) -> None:
    """Let a worker write the best weights of a run as `keras` or `onnx`.

    Raises:
        FormatError: there are none yet, or they cannot be read or written.
    """
    if not run.best_file.exists():
        raise FormatError(run.best_file, _("is not there yet; let the run train for an epoch"))
    _ask_worker(("export-run", to, str(run.path), str(target.absolute())), b"", target)


def _ask_worker(arguments: tuple[str, ...], given: bytes, target: Path) -> None:
    command = [sys.executable, "-m", "tui_cnn.worker", *arguments]
    packages = Path(tui_cnn.__file__).parents[1]
    ended = subprocess.run(command, input=given, capture_output=True, cwd=packages, check=False)
    if ended.returncode:
        said = [line.strip() for line in ended.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        problem = said[-1] if said else _("the worker ended with status {status}").format(status=ended.returncode)
        raise FormatError(target, problem.removeprefix(f"{target.absolute()}: "))
