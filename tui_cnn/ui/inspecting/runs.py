"""Which run to look into, and which of its weights."""

from tui_cnn.runs.directory import RunDirectory, list_runs
from tui_cnn.runs.inspection.source import Source
from tui_cnn.runs.lock import is_held


def source_of(run: RunDirectory) -> Source:
    """Take the best weights of a run, or the last while it is still training."""
    training = is_held(run.lock_file)
    return Source(str(run.path), "last" if training or not run.best_file.exists() else "best")


def has_weights(run: RunDirectory) -> bool:
    """Tell whether there is anything to look into."""
    return run.best_file.exists() or run.checkpoint_file.exists()


def with_weights() -> list[RunDirectory]:
    """List the runs that can be looked into, newest first."""
    return [run for run in list_runs() if has_weights(run)]
