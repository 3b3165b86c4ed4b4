"""How often each test set was evaluated, and for which runs: a line for each time, in one file for all runs.

The more often it is, the less it says: who chooses among many runs by their test accuracy has fitted them to it.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

import msgspec

from tui_cnn.config import home
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.events import ends_torn
from tui_cnn.runs.snapshot import LineReader


class TestEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The test set with the digest `test_set`, of the data set called `data`, was evaluated for a run.

    Attributes:
        run: the id of the run, or the path of a model's file.
        by: the training, at its end; or a person, later.
        weights, epoch: which weights; the epoch where it is known.
    """

    __test__ = False  # not a test of pytest

    test_set: str
    data: str
    run: str
    by: Literal["training", "person"]
    weights: str
    epoch: int | None = None
    accuracy: float
    time: datetime = msgspec.field(default_factory=partial(datetime.now, UTC))


class TestUse(msgspec.Struct, frozen=True):
    """How many times a test set was evaluated, and for how many runs."""

    __test__ = False

    times: int
    runs: int

    @property
    def count(self) -> str:
        """Both in words: `37 times in 12 runs`."""
        return _("{times} in {runs}").format(
            times=ngettext("{count:,} time", "{count:,} times", self.times).format(count=self.times),
            runs=ngettext("{count:,} run", "{count:,} runs", self.runs).format(count=self.runs),
        )

    @property
    def line(self) -> str:
        """A sentence, with what follows."""
        return _("test set evaluated {count}; choose runs by validation").format(count=self.count)


def ledger_file() -> Path:
    """Where the lines are."""
    return home() / "tests.jsonl"


def record(evaluation: TestEvaluation) -> None:
    """Add a line, in one write. A failure is ignored: what was evaluated is worth more than the count."""
    line = msgspec.json.encode(evaluation) + b"\n"
    with suppress(OSError):
        ledger_file().parent.mkdir(parents=True, exist_ok=True)
        with ledger_file().open("a+b", buffering=0) as file:
            # A line that was torn is ended: this one is not lost with it.
            file.write(b"\n" + line if ends_torn(file) else line)


def use_of_test_set(run_id: str) -> TestUse | None:
    """Count how often the test set of a run was evaluated, for all runs; None where that is not known."""
    file = ledger_file()
    try:
        status = file.stat()
    except OSError:
        return None
    return _uses(file, status.st_mtime_ns, status.st_size).get(run_id)


@lru_cache(maxsize=4)
def _uses(file: Path, _written: int, _size: int) -> dict[str, TestUse]:
    """Count for each run."""
    times: dict[str, int] = {}
    runs: dict[str, set[str]] = {}
    latest: dict[str, str] = {}
    for evaluation in _read(file):
        times[evaluation.test_set] = times.get(evaluation.test_set, 0) + 1
        runs.setdefault(evaluation.test_set, set()).add(evaluation.run)
        latest[evaluation.run] = evaluation.test_set
    return {run: TestUse(times[test_set], len(runs[test_set])) for run, test_set in latest.items()}


def decode_evaluation(line: bytes) -> TestEvaluation:
    """Read a line.

    Raises:
        ValueError: it is damaged.
    """
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


_decoder = msgspec.json.Decoder(TestEvaluation)


def _read(file: Path) -> Iterator[TestEvaluation]:
    for line in LineReader(file).lines():
        with suppress(ValueError):
            yield decode_evaluation(line)
