"""The best network of a run as a file that Keras or another runtime reads: a worker writes it."""

import subprocess
from pathlib import Path

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.process import start_worker


def export_run(run: RunDirectory, to: str, target: Path) -> None:
    """Let a worker write the best network of a run as `keras` or `onnx`; this takes some seconds.

    Raises:
        FormatError: there is none yet, or it cannot be written.
        RunError: the worker cannot be started.
    """
    if not run.best_file.exists():
        raise FormatError(run.best_file, _("is not there yet; let the run train for an epoch"))
    arguments = ("export-run", to, str(run.path), str(target.absolute()))
    worker = start_worker(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert worker.stderr is not None
    with worker.stderr as said:
        lines = [line.strip() for line in said.read().decode("utf-8", "replace").splitlines() if line.strip()]
    if worker.wait():
        problem = lines[-1] if lines else _("the worker ended with status {status}").format(status=worker.returncode)
        raise FormatError(target, problem.removeprefix(f"{target.absolute()}: "))
