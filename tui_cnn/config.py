"""Where the user's files are, the settings among them; `tui_cnn.ui.settings` says what may be in those."""

import os
from pathlib import Path

from tui_cnn.confinement import confined


def expanded(text: str) -> Path:
    """Make a path of what a person has written; as a shell does, leave a `~` that stands for nobody as it is.

    Raises:
        ConfinementError: the app is served, and the path leads out of the person's files.
    """
    try:
        return confined(Path(text).expanduser())
    except RuntimeError:
        return confined(Path(text))


def home() -> Path:
    """Where the program keeps what it makes: `$CNN_TUI_HOME`, or else the user's data directory."""
    if override := os.environ.get("CNN_TUI_HOME"):
        return expanded(override).absolute()
    import platformdirs

    return platformdirs.user_data_path("cnn-tui", appauthor=False)


def config_file() -> Path:
    """Where the settings are: in `$CNN_TUI_HOME` where that is set, else in the user's configuration directory."""
    if override := os.environ.get("CNN_TUI_HOME"):
        return expanded(override).absolute() / "config.toml"
    import platformdirs

    return platformdirs.user_config_path("cnn-tui", appauthor=False) / "config.toml"
