"""The environment of the processes of a class: little of the server's own, as the rest may be secret."""

import os
from pathlib import Path

from tui_cnn.confinement import MEMORY, QUOTA, SLOTS, TRUSTED, TURNS, VARIABLE
from tui_cnn.i18n import language
from tui_cnn.serve.__main__ import TEMPORARY

_PASSED_ON = ("PATH", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_PASSED_ON_WITH = ("LC_", "LANG", "CUDA_", "NVIDIA_", "TF_", "XLA_", "OMP_")
"""What is passed on, by name and by how the name begins."""


def common_environment() -> dict[str, str]:
    """Return what all processes of a class get of the server's environment."""
    return {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(_PASSED_ON_WITH)}


def environment(home: Path, turns: Path, *, quota: int, memory: int, trusted: bool) -> dict[str, str]:
    """Return the environment of the app of a person with this home, whose files may take `quota` bytes.

    A training may take `memory` bytes.
    """
    return common_environment() | {
        "HOME": str(home),
        "TMPDIR": str(home / TEMPORARY),
        "CNN_TUI_HOME": str(home),
        VARIABLE: str(home),
        TURNS: str(turns),
        SLOTS: str(turns.parent.parent / "slots"),
        QUOTA: str(quota),
        MEMORY: str(memory),
        TRUSTED: "1" if trusted else "",
        "LANGUAGE": language(),
        "PYTHONUTF8": "1",
        "TEXTUAL_DRIVER": "tui_cnn.serve.driver:ServedDriver",
        "TEXTUAL_FPS": "30",
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "TERM": "xterm-256color",
    }
