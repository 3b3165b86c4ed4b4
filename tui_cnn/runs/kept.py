"""Which states of the weights are kept, so that one can look at the kernels as they were through time."""

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


def list_kept(run: RunDirectory) -> list[tuple[int, Path]]:
    """List the states that are there, as steps and files, in order of time."""
    try:
        files = sorted(run.kept_directory.iterdir())
    except OSError:
        return []
    return [(int(match[1]), path) for path in files if (match := re.fullmatch(r"step-(\d{9})\.keras", path.name))]
