"""`python -m tui_cnn.serve`: the app of one person, started by the server, which speaks with it through pipes.

It reads and writes nothing but the person's home, before a line of what came from a person is read.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import tui_cnn
from tui_cnn.assets import ROOT as ASSETS
from tui_cnn.confinement import ROOT as HOME
from tui_cnn.confinement import SLOTS, TRUSTED, TURNS
from tui_cnn.runs.resources import end_first_without_memory, limit_memory, lower_priority
from tui_cnn.serve.landlock import confine

FILES, LESSONS, TEMPORARY = "files", "lessons", "tmp"
"""What is in a home beside what the program keeps: the person's own files, the class's lessons, passing things."""

_PACKAGE = Path(tui_cnn.__file__).parent
_DEVICES = ("null", "zero", "random", "urandom", "dri", "kfd")


_NICENESS = 5
"""The server comes first, then the apps, then what they train."""


def most_memory() -> int:
    """Return the bytes of private memory that an app may take: several times what it needs.

    A thread of a library for numbers reserves some, and there are as many as cores.
    """
    return (1 << 30) + (os.cpu_count() or 1) * (64 << 20)


def readable() -> Iterator[Path]:
    """Yield what each app may read: Python, this program, the system's libraries, and what says how it is set up."""
    yield from map(Path, ("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/opt/cuda", "/opt/rocm", "/nix"))
    yield from (Path(sys.prefix), Path(sys.base_prefix), _PACKAGE, ASSETS)


def _devices() -> Iterator[Path]:
    yield from (Path("/dev") / name for name in _DEVICES)
    yield from Path("/dev").glob("nvidia*")


def main() -> int:
    """Run the app; return the exit status."""
    if HOME is None:
        sys.stderr.write("usage: cnn-tui serve\n")
        return 2
    lower_priority(_NICENESS)
    limit_memory(most_memory())
    end_first_without_memory()
    if not os.environ.get(TRUSTED):
        shared = [Path(os.environ[name]) for name in (TURNS, SLOTS) if os.environ.get(name)]
        confine([HOME, *_devices()], [*readable(), *shared], [_PACKAGE.parent])
    os.chdir(HOME / FILES)
    from tui_cnn.errors import UserError
    from tui_cnn.formats.language_setting import language_setting
    from tui_cnn.i18n import known_language, language_of_environment, use_language

    use_language(known_language(language_setting()) or language_of_environment())
    from tui_cnn.ui.app import run_app
    from tui_cnn.visible import visible

    try:
        run_app(lessons=str(HOME / LESSONS))
    except UserError as error:
        sys.stderr.write(f"{visible(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
