"""Networks that ship with the program, by name."""

from functools import cache
from pathlib import Path

from tui_cnn.assets import ROOT
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import read_network

_DIRECTORY = ROOT / "presets"


def preset_names() -> list[str]:
    """List the presets."""
    return sorted(path.stem for path in _DIRECTORY.glob("*.toml"))


def preset_path(name: str) -> Path:
    """Return the file of the preset `name`."""
    return _DIRECTORY / f"{name}.toml"


@cache
def preset_text(name: str) -> str:
    """Return what the preset's file says of it, read once: its first paragraph."""
    lines = preset_path(name).read_text("utf-8").splitlines()
    said = []
    for line in lines:
        if not line.startswith("# "):
            break
        said.append(line.removeprefix("# "))
    return " ".join(said)


@cache
def preset(name: str) -> Network:
    """Read the preset `name`, once: it ships with the program."""
    return read_network(preset_path(name))
