"""Writing a file whole or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path, temporary: Path | None = None) -> Iterator[Path]:
    """Yield the path of a file to write, which then replaces `path`: whatever happens, that holds the old or the new.

    An existing file keeps its permissions; a symbolic link stays, and its target is written. `temporary` is where to
    write; by default a hidden file with a random name beside `path`.

    Raises:
        OSError: it cannot be written; nothing has changed then.
    """
    try:
        target = path.resolve()
    except RuntimeError:  # links that go in a circle; newer versions of Python raise an OSError
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None
    temporary = temporary or target.with_name(f".{target.name[:64]}.{os.urandom(4).hex()}.tmp")
    try:
        yield temporary
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def same_suffix(path: Path) -> Path:
    """Return where to write first with a library that goes by the suffix, as Keras does.

    It is always the same, so that what a killed process leaves is overwritten.
    """
    return path.with_suffix(f".tmp{path.suffix}")


def write_atomic(path: Path, data: bytes) -> None:
    """Replace the content of `path` by `data`, as `replacing` does.

    Raises:
        OSError: it cannot be written; nothing has changed then.
    """
    with replacing(path) as temporary, temporary.open("xb") as file:
        file.write(data)
