"""A network as a built model with fresh weights: the worker writes it, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import tui_cnn
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import dumps_network
from tui_cnn.i18n import _


def export_model(network: Network, to: str, target: Path) -> None:
    """Let a worker build the network and write it as `keras` or `onnx`; this takes some seconds.

    Raises:
        FormatError: it cannot be built or written.
    """
    command = [sys.executable, "-m", "tui_cnn.worker", "export", to, str(target.absolute())]
    packages = Path(tui_cnn.__file__).parents[1]
    ended = subprocess.run(
        command, input=dumps_network(network).encode(), capture_output=True, cwd=packages, check=False
    )
    if ended.returncode:
        said = [line.strip() for line in ended.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        problem = said[-1] if said else _("the worker ended with status {status}").format(status=ended.returncode)
        raise FormatError(target, problem.removeprefix(f"{target.absolute()}: "))
