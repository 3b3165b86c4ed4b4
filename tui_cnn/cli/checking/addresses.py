"""Files as code hosts name them: from the root of the repository, as a relative address."""

import os
from pathlib import Path
from urllib.parse import quote


def from_root(file: str) -> str:
    """Return the path of a file from the root of the repository: in a job of GitHub its workspace, else from here."""
    path = Path(file).absolute()
    for root in (os.environ.get("GITHUB_WORKSPACE"), Path.cwd()):
        if root and path.is_relative_to(Path(root).absolute()):
            return path.relative_to(Path(root).absolute()).as_posix()
    return path.as_posix()


def address(file: str) -> str:
    """Return that as an address, relative where it is within the repository, with the bytes of any name escaped."""
    path = from_root(file)
    quoted = quote(os.fsencode(path))
    return f"file://{quoted}" if path.startswith("/") else quoted
