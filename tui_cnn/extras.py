"""Packages that only a part of the program needs: whether they are there, and how to install them here."""

import re
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from tui_cnn.i18n import _

Extra = Literal["cluster", "lsp", "onnx", "parquet", "search", "train", "web"]

_MODULES: dict[Extra, str] = {
    "cluster": "distributed",
    "lsp": "pygls",
    "onnx": "onnx",
    "parquet": "pyarrow",
    "search": "optuna",
    "train": "tensorflow",
    "web": "textual_serve",
}
"""What can be imported where an extra of the package, see pyproject.toml, is installed."""


def is_installed(extra: Extra) -> bool:
    """Tell whether the package of an extra is installed; it is not imported."""
    return find_spec(_MODULES[extra]) is not None


def what_is_missing(extra: Extra, what: str) -> str:
    """Say that `what` needs the package of an extra, and how to install it; empty where it is installed."""
    if is_installed(extra):
        return ""
    package = re.split("[<>=!~ ]", _requirement(extra))[0]
    message = _("{what} needs the package {package}; install it with: {command}")
    return message.format(what=what, package=package, command=install_command(extra))


def install_command(extra: Extra) -> str:
    """Return the command that adds the package of an extra to this very installation, however that was made."""
    package = _requirement(extra)
    quoted = f'"{package}"' if set(package) & set("<>") else package
    if "pipx" in Path(sys.prefix).parts:
        return f"pipx inject cnn-tui {quoted}"
    if find_spec("pip") is None:
        return f"uv pip install --python {sys.executable} {quoted}"
    return f"{sys.executable} -m pip install {quoted}"


@cache
def _requirement(extra: Extra) -> str:
    """Return what the package asks for, such as `optuna<6,>=5`."""
    from importlib.metadata import PackageNotFoundError, requires  # it takes 9 ms

    try:
        listed = requires("cnn-tui") or []
    except PackageNotFoundError:  # run from a checkout that was never installed
        listed = []
    suffixes = (f'extra == "{extra}"', f"extra == '{extra}'")
    return next(
        (line.partition(";")[0].strip() for line in listed if line.endswith(suffixes)),
        _MODULES[extra].replace("_", "-"),
    )
