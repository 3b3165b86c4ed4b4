"""What a process takes of the machine: its priority, its memory, and its place on the disk."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


def lower_priority(niceness: int) -> None:
    """Let other processes run first.

    Linux weighs sessions against each other before it looks at the processes within one (sched(7), “autogroup”): in a
    session of its own, a process' own niceness alone would be without effect. Where it is not the first of a session,
    the others in that are not to be slowed down with it.
    """
    if sys.platform == "win32":
        return
    os.nice(niceness)
    if os.getsid(0) != os.getpid():
        return
    with suppress(OSError):  # elsewhere, and where the kernel does not weigh sessions, there is no such file
        for _attempt in range(5):  # the kernel takes ten a second, of all users together, and refuses the others
            with suppress(BlockingIOError):
                Path("/proc/self/autogroup").write_text(str(niceness), "ascii")
                break
            time.sleep(0.11)


def limit_memory(size: int | None) -> None:
    """Let this process, and those that it starts, take so many bytes of private memory; with more, they fail.

    None: as many as the system's own limit. Files that are mapped to be read do not count.
    """
    if sys.platform == "win32":
        return
    import resource

    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = [each for each in (size, hard) if each not in (None, resource.RLIM_INFINITY)]
    with suppress(ValueError, OSError):  # a system that has no such limit
        resource.setrlimit(resource.RLIMIT_DATA, (min(allowed, default=resource.RLIM_INFINITY), hard))


def end_first_without_memory() -> None:
    """Where the machine runs out of memory, let the kernel end this process, or one that it starts, before others."""
    with suppress(OSError):  # not Linux
        Path("/proc/self/oom_score_adj").write_text("500", "ascii")


class DiskUsage(NamedTuple):
    """How many files there are, and their bytes."""

    files: int
    size: int


def disk_usage(directory: Path) -> DiskUsage:
    """Count all files in a directory, and in those within it."""
    files = size = 0
    for folder, _folders, names in os.walk(directory):
        files += len(names)
        for name in names:
            with suppress(OSError):  # removed meanwhile
                size += (Path(folder) / name).lstat().st_size
    return DiskUsage(files, size)
