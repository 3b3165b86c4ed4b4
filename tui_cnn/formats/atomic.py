"""Writing a file whole or not at all."""

import os
import shutil
from pathlib import Path


def write_atomic(path: Path, data: bytes) -> None:
    """Replace the content of `path` by `data` so that, whatever happens, it holds the old or the new, whole.

    An existing file keeps its permissions; a symbolic link stays, and its target is written.

    Raises:
        OSError: it cannot be written; nothing has changed then.
    """
    target = path.resolve()
    temporary = target.with_name(f".{target.name[:64]}.{os.urandom(4).hex()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
