"""The checkpoints that a run keeps along the way, so that the kernels of earlier steps can be shown."""

import re
from pathlib import Path

from tui_cnn.runs.directory import RunDirectory


def kept_steps(keep: int, total: int) -> tuple[int, ...]:
    """Choose up to `keep` of the steps 0 to `total`, ends included.

    They lie closer together at the beginning, where kernels change most: their square roots are evenly spaced.
    """
    if keep < 2:
        return (total,) * keep
    return tuple(sorted({round(total * (place / (keep - 1)) ** 2) for place in range(keep)}))


def kept_file(run: RunDirectory, step: int) -> Path:
    """Return the file of the weights after so many steps."""
    return run.kept_directory / f"step-{step:09d}.keras"


def kept_checkpoints(run: RunDirectory) -> dict[int, Path]:
    """List the kept checkpoints by their steps, in order."""
    try:
        files = sorted(run.kept_directory.iterdir())
    except OSError:
        return {}
    matches = ((re.fullmatch(r"step-(\d{9})\.keras", path.name), path) for path in files)
    return {int(match[1]): path for match, path in matches if match}
