"""Where the user's files are, the settings among them, and the one that counts before all else: the language.

The rest of the file is read and checked where it is used, in `tui_cnn.ui.settings`.
"""

import os
from pathlib import Path


def expanded(text: str) -> Path:
    """Make a path of what a person has written; as a shell does, leave a `~` that stands for nobody as it is."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def config_file() -> Path:
    """Where the settings are: in `$CNN_TUI_HOME` where that is set, else in the user's configuration directory."""
    if override := os.environ.get("CNN_TUI_HOME"):
        return expanded(override).absolute() / "config.toml"
    import platformdirs

    return platformdirs.user_config_path("cnn-tui", appauthor=False) / "config.toml"


def language_setting() -> str:
    """Return the language that the settings ask for; empty where they ask for none, or cannot be read."""
    try:
        text = config_file().read_bytes()
    except OSError:
        return ""
    import tomllib

    try:
        wanted = tomllib.loads(text.decode("utf-8-sig")).get("language", "")
    except (ValueError, RecursionError):  # told by who reads the rest
        return ""
    return wanted if isinstance(wanted, str) else ""
