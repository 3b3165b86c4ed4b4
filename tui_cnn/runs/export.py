"""A network as a model of Keras or ONNX, with fresh weights or those of a run: the worker writes it, in its process."""

from pathlib import Path

from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import dumps_network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.process import run_worker


def export_model(network: Network, to: str, target: Path) -> None:
    """Let a worker build the network and write it as `keras` or `onnx`, in some seconds.

    Raises:
        FormatError: it cannot be built or written.
    """
    _export(target, "export", to, data=dumps_network(network).encode())


def export_run(run: RunDirectory, to: str, target: Path) -> None:
    """Let a worker write the best weights of a run as `keras` or `onnx`.

    Raises:
        FormatError: there are none yet, or they cannot be read or written.
    """
    if not run.best_file.exists():
        raise FormatError(run.best_file, _("not available yet; train for at least one epoch"))
    _export(target, "export-run", to, str(run.path))


def _export(target: Path, *arguments: str, data: bytes = b"") -> None:
    ended = run_worker(*arguments, str(target.absolute()), data=data)
    if ended.returncode:
        lines = [line.strip() for line in ended.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        problem = lines[-1] if lines else _("the worker exited with status {status}").format(status=ended.returncode)
        raise FormatError(target, problem.removeprefix(f"{target.absolute()}: "))
