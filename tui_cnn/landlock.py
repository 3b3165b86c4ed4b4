"""Landlock: the kernel keeps this process, and all that it starts, to some directories and off the network.

It needs no rights and cannot be undone (https://docs.kernel.org/userspace-api/landlock.html, landlock(7)). Files since
Linux 5.13; TCP since 6.7; signals and abstract sockets of processes outside since 6.12.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The numbers of the system calls, the same on every architecture that has them."""
_VERSION_FLAG, _PATH_BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38

_CAPABILITIES = 0x20080522
"""The version of what capset(2) is given."""

_READ = 0b1101
"""To execute, to read a file, to list a directory."""
_LIST = 0b1000
_OF_FILES = 0b111 | 1 << 14 | 1 << 15
"""Rights that a rule for a file may give: to execute, write, read, truncate, and to control a device."""
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights over files there are, by the version."""


def version() -> int:
    """Return the version of Landlock of this kernel; 0: it has none."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG)))


def confine(writable: Iterable[Path], readable: Iterable[Path], listable: Iterable[Path] = ()) -> None:
    """Let this process, from now on, write below some paths, read and execute below others, and use nothing else.

    Below a `listable` one, only the names can be seen. Paths that do not exist are left out. The capabilities of root
    are given up for good. To be called while the process has one thread: others are not confined.

    Raises:
        OSError: the kernel has no Landlock, or refuses.
    """
    known = version()
    if not known:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    rights = (1 << _RIGHTS.get(known, 16)) - 1
    handled = struct.pack("=QQQ", rights, 0b11 if known >= 4 else 0, 0b11 if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _checked(_CREATE_RULESET, handled[:size], ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for paths, allowed in ((writable, rights), (readable, _READ), (listable, _LIST)):
            for path in paths:
                with suppress(FileNotFoundError, NotADirectoryError):
                    _allow(ruleset, path, allowed & rights)
        # What root may do goes past this border: CAP_PERFMON reads the environment of every process.
        none = struct.pack("=Ii", _CAPABILITIES, 0), bytes(24)
        if _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or _libc().capset(*none):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        _checked(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & _OF_FILES, place)
        _checked(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(place)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(*arguments: object) -> int:
    return int(_libc().syscall(*arguments))


def _checked(*arguments: object) -> int:
    result = _call(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
