"""The user's settings file: read at the start, never written over."""

from pathlib import Path
from typing import Any

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_errors, read_toml
from tui_cnn.formats.validation import InvalidError, convert, nearest
from tui_cnn.i18n import _, known_language, languages
from tui_cnn.ui.application.registry import SCOPES
from tui_cnn.ui.settings import Configuration, Settings
from tui_cnn.ui.toolkit.keymap import read_keys
from tui_cnn.visible import visible


def read_settings(path: Path) -> Configuration:
    """Read the settings; whatever is wrong is reported, and counts as left out."""
    try:
        with read_errors(path):
            return _configuration(path, read_toml(path)) if path.exists() else Configuration()
    except FormatError as error:
        return Configuration(problems=(str(error),))


def _configuration(path: Path, data: dict[str, Any]) -> Configuration:
    kept: dict[str, Any] = {}
    problems: list[str] = []
    keys, wrong = read_keys(data.pop("keys", {}), SCOPES)
    for name, value in data.items():
        try:
            convert({name: value}, Settings)
        except InvalidError as error:
            known = [*Settings.__struct_fields__, "keys"]
            unknown = _("unknown setting “{name}”").format(name=name) + nearest(name, known)
            problems.append(str(error) if name in Settings.__struct_fields__ else unknown)
        else:
            kept[name] = value
    if (wanted := kept.get("language", "")) and known_language(wanted) is None:
        message = _("unknown language “{name}”; available: {languages}")
        del kept["language"]
        problems.append("language: " + message.format(name=wanted, languages=", ".join(languages())))
    return Configuration(
        convert(kept, Settings), keys, tuple(visible(f"{path}: {line}") for line in (*problems, *wrong))
    )
