"""Where the user's settings are; `tui_cnn.ui.settings` says what may be in them."""

import os
from pathlib import Path


def config_file() -> Path:
    """Where the settings are: in `$CNN_TUI_HOME` where that is set, else in the user's configuration directory."""
    if override := os.environ.get("CNN_TUI_HOME"):
        return Path(override).expanduser().absolute() / "config.toml"
    import platformdirs

    return platformdirs.user_config_path("cnn-tui", appauthor=False) / "config.toml"
