"""Worker processes: each in a session of its own, so that nothing that ends this process or its terminal ends them."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

import tui_cnn
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError

_PACKAGES = Path(tui_cnn.__file__).parents[1]
"""The worker looks for modules here first, so that it runs the same version of this program as its starter."""


def start_worker(
    *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int | IO[Any], stderr: int | IO[Any]
) -> subprocess.Popen[bytes]:
    """Start `python -m tui_cnn.worker` with these arguments.

    Raises:
        RunError: it cannot be started.
    """
    command = [sys.executable, "-m", "tui_cnn.worker", *arguments]
    try:
        worker = subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True, cwd=_PACKAGES
        )
    except OSError as error:
        message = _("the worker could not start: {program}: {reason}; install this program again")
        raise RunError(message.format(program=sys.executable, reason=error.strerror)) from None
    # Whoever started it must take note of its end, or it would stay behind as a zombie.
    threading.Thread(target=worker.wait, daemon=True).start()
    return worker
