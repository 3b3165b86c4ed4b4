"""The weights of a run on the disk. Reads files: to be called in a thread."""

from typing import NamedTuple

from tui_cnn.data.dataset import TestSet
from tui_cnn.data.sources.finding import forget_sources
from tui_cnn.runs.directory import RunDirectory, kept_checkpoints
from tui_cnn.runs.inspection.requests import Source, stamp
from tui_cnn.runs.inspection.test_images import load_test_of
from tui_cnn.runs.lock import is_held


class RunWeights(NamedTuple):
    """The weights of a run as they are now, and the images to try them on.

    Attributes:
        stamp: when they were written; None: there are none.
        kept: the steps whose weights were kept, too.
    """

    run: RunDirectory
    source: Source
    stamp: int | None
    test: TestSet
    kept: tuple[int, ...]


def read_weights(run: RunDirectory, test: TestSet | None) -> RunWeights:
    """Find the weights of a run; `test` is its test set, if that is known.

    Raises:
        FormatError: the recipe or the network cannot be read.
        DataError: the test set cannot be read.
        RunError: the run was not trained here, and has no network or no weights that can be looked into.
    """
    source = source_of(run)
    if test is None or test.missing:  # the data may be back
        forget_sources()
        test = load_test_of(run)
    return RunWeights(run, source, stamp(source), test, tuple(kept_checkpoints(run)))


def source_of(run: RunDirectory) -> Source:
    """Take the best weights of a run, or the last while it is still training."""
    training = is_held(run.lock_file)
    return Source(str(run.path), "last" if training or not run.best_file.exists() else "best")
