"""Worker processes: how each is started."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

import tui_cnn
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError

PACKAGES = Path(tui_cnn.__file__).parents[1]
"""Workers import modules from here, so that they run the same version of this program."""


def worker_command(*arguments: str) -> tuple[str, ...]:
    """Return the command `python -m tui_cnn.worker` with these arguments."""
    return sys.executable, "-m", "tui_cnn.worker", *arguments


def start_worker(
    *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int | IO[Any], stderr: int | IO[Any]
) -> subprocess.Popen[bytes]:
    """Start a worker in a session of its own, so that nothing that ends this process or its terminal ends it.

    Raises:
        RunError: it cannot be started.
    """
    command = worker_command(*arguments)
    try:
        worker = subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True, cwd=PACKAGES
        )
    except OSError as error:
        message = _("the worker could not start: {program}: {reason}; reinstall cnn-tui")
        raise RunError(message.format(program=command[0], reason=error.strerror)) from None
    # Without a wait, an ended process would stay behind as a zombie.
    threading.Thread(target=worker.wait, daemon=True).start()
    return worker


def run_worker(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a worker to its end, with `data` on its standard input; its output is captured."""
    return subprocess.run(worker_command(*arguments), input=data, capture_output=True, cwd=PACKAGES, check=False)
