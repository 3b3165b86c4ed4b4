"""A data set read for the screen: by a process of its own where that takes long, and in a thread."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tui_cnn.data.examination import Examined, examine, is_examined
from tui_cnn.data.files import DataError
from tui_cnn.data.sources.finding import forget_sources
from tui_cnn.runs.process import PACKAGES

Progress = Callable[[int, int], object]


def read_data(path: Path | None, progress: Progress) -> Examined:
    """Examine a data set as it is now; in another process if it was never examined, so that the screen stays quick.

    Raises:
        DataError: it is none, or cannot be read.
    """
    forget_sources()
    if not is_examined(path):
        _prepare(path, progress)
    return examine(path)


def _prepare(path: Path | None, progress: Progress) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tui_cnn.data", "" if path is None else str(path.absolute())],
        cwd=PACKAGES,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            done, _blank, images = line.partition(" ")
            progress(int(done), int(images))
        problem = process.stderr.read().strip()
    if process.returncode:
        reason = problem.splitlines()[-1] if problem else f"exit {process.returncode}"
        raise DataError(reason)
