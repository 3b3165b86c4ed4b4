"""`python -m tui_cnn.search run SEARCH_DIR [--jobs N]`: coordinate the search in that directory until it ends.

Exit status: 0 it ended, or was stopped on command; 1 it cannot continue, and its events record why; 2 bad usage; 3
another process is at it.
"""

import sys
from pathlib import Path

from tui_cnn.errors import UserError
from tui_cnn.i18n import _, language_of_environment, use_language


def main(arguments: list[str]) -> int:
    """Coordinate a search; return the exit status."""
    use_language(language_of_environment())  # that of its starter
    match arguments:
        case ["run", directory] if Path(directory).is_dir():
            return _run(Path(directory), None)
        case ["run", directory, "--jobs", jobs] if Path(directory).is_dir() and jobs.isdecimal() and int(jobs):
            return _run(Path(directory), int(jobs))
    sys.stderr.write(_("usage: python -m tui_cnn.search run SEARCH_DIR [--jobs N]") + "\n")
    return 2


def _run(path: Path, jobs: int | None) -> int:
    from tui_cnn.runs.errors import RunError
    from tui_cnn.runs.lock import held
    from tui_cnn.search.coordinator import coordinate
    from tui_cnn.search.directory import SearchDirectory

    search = SearchDirectory(path)
    try:
        with held(search.lock_file):
            try:
                coordinate(search, jobs)
            except UserError as error:
                sys.stderr.write(f"{error}\n")
                return 1
            return 0
    except RunError as error:
        sys.stderr.write(f"{error}\n")
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
