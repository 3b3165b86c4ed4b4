"""A process that works for a person of a served class: it reads and writes nothing but that person's home.

To be called before a line of what came from the person is read, while the process has one thread.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import tui_cnn
from tui_cnn.assets import ROOT as ASSETS
from tui_cnn.confinement import MEMORY, SLOTS, TRUSTED, TURNS
from tui_cnn.landlock import confine
from tui_cnn.runs.resources import end_first_without_memory, limit_memory, lower_priority

_PACKAGE = Path(tui_cnn.__file__).parent
_DEVICES = ("null", "zero", "random", "urandom", "dri", "kfd")

_NICENESS = 5
"""The server comes first, then the apps, then what they train."""


def thread_memory() -> int:
    """Return the bytes that the threads of libraries for numbers reserve: there are as many as cores."""
    return (os.cpu_count() or 1) * (64 << 20)


def limit_worker_memory() -> None:
    """Let a worker of a served app take as much private memory as the server allows."""
    allowed = os.environ.get(MEMORY)
    limit_memory(int(allowed) + thread_memory() if allowed else None)


def readable() -> Iterator[Path]:
    """Yield what each app may read: Python, this program, the system's libraries, and what says how it is set up."""
    yield from map(Path, ("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/opt/cuda", "/opt/rocm", "/nix"))
    yield from (Path(sys.prefix), Path(sys.base_prefix), _PACKAGE, ASSETS)


def become_guest(home: Path) -> None:
    """Give up for good what a person may not do, and come after the server in all that is scarce.

    Raises:
        OSError: the kernel cannot confine this process, and the teacher has not accepted that.
    """
    lower_priority(_NICENESS)
    end_first_without_memory()
    if not os.environ.get(TRUSTED):
        shared = [Path(os.environ[name]) for name in (TURNS, SLOTS) if os.environ.get(name)]
        confine([home, *_devices()], [*readable(), *shared], [_PACKAGE.parent])


def _devices() -> Iterator[Path]:
    yield from (Path("/dev") / name for name in _DEVICES)
    yield from Path("/dev").glob("nvidia*")
