"""The language that the settings ask for: needed before whatever reads the rest of them is loaded."""

from tui_cnn.config import config_file
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_toml


def language_setting() -> str:
    """Return it as it is written; empty where the settings ask for none, or cannot be read."""
    try:
        wanted = read_toml(config_file()).get("language", "")
    except FormatError:  # reported by who reads the rest
        return ""
    return wanted if isinstance(wanted, str) else ""
