"""`python -m tui_cnn.search run SEARCH_DIR`: coordinate the search in that directory until it ends.

`--jobs N`: so many trials at a time; `--scheduler ADDRESS`: on that cluster; `--memory BYTES`: what each will take.

Exit status: 0 it ended, or was stopped on command; 1 it cannot continue, and its events record why; 2 bad usage; 3
another process is at it.
"""

import argparse
import sys
from pathlib import Path

from tui_cnn.errors import UserError
from tui_cnn.i18n import language_of_environment, use_language
from tui_cnn.visible import visible


def main(arguments: list[str]) -> int:
    """Coordinate a search; return the exit status."""
    use_language(language_of_environment())  # that of its starter
    parser = argparse.ArgumentParser(prog="python -m tui_cnn.search")
    parser.add_argument("command", choices=["run"])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--scheduler", default="")
    parser.add_argument("--memory", type=float)
    given = parser.parse_args(arguments)
    if not given.directory.is_dir():
        parser.error(f"{given.directory}: no directory")
    return _run(given.directory, given.jobs, given.scheduler, given.memory)


def _run(path: Path, jobs: int | None, scheduler: str, memory: float | None) -> int:
    from tui_cnn.runs.errors import RunError
    from tui_cnn.runs.lock import held
    from tui_cnn.search.alerting import announce, outcome_of
    from tui_cnn.search.coordinator import coordinate
    from tui_cnn.search.directory import SearchDirectory

    search, outcome, status = SearchDirectory(path), None, 0
    try:
        with held(search.lock_file):
            try:
                ending = coordinate(search, jobs, scheduler, memory)
                outcome = outcome_of(ending)
            except UserError as error:
                sys.stderr.write(f"{visible(error)}\n")
                outcome, status = "failed", 1
    except RunError as error:
        sys.stderr.write(f"{visible(error)}\n")
        return 3
    if outcome is not None:  # the lock is released: what the user starts now may resume the search
        announce(search, outcome)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
