"""The user's settings file: read at the start, never written over; and the dialog that shows what can be set."""

from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.fields import fields
from tui_cnn.formats.reading import read_errors, read_toml
from tui_cnn.formats.saving import save_text
from tui_cnn.formats.validation import InvalidError, convert, nearest
from tui_cnn.i18n import _, known_language, languages
from tui_cnn.runs.alert_settings import check_alerts
from tui_cnn.ui.application.actions import SCOPES
from tui_cnn.ui.settings import Configuration, Settings
from tui_cnn.ui.toolkit.actions import read_keys
from tui_cnn.ui.toolkit.dialogs.dialog import TextDialog
from tui_cnn.ui.workspace import workspace_of
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
            check_alerts(convert({name: value}, Settings))
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
    lines = tuple(visible(f"{path}: {line}") for line in (*problems, *wrong))
    return Configuration(convert(kept, Settings), keys, lines)


class SettingsDialog(TextDialog):
    """What may stand in the file, each line as it is when left out."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "write", show=False)]

    def __init__(self, path: Path) -> None:
        self._path = path
        there = (
            _("press w to create this file, then edit it") if not path.exists() else _("edit this file in any editor")
        )
        text = Text(f"{path}\n{there}; {_('changes take effect at the next start')}\n\n{template()}")
        text.highlight_regex(r"(?m)(^| )# .*", "dim")
        text.highlight_regex(r"(?m)^\[.*\]", "bold")
        super().__init__(_("Settings"), text, keys="" if path.exists() else _("w create"))

    def action_write(self) -> None:
        """Write the file, unless the user has one."""
        if self._path.exists():
            self.notify(_("{path} already exists; edit it in any editor").format(path=self._path), markup=False)
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            save_text(self._path, template())
        except (OSError, FormatError) as error:
            workspace_of(self).report(error)
        else:
            self.notify(_("Saved to {path}").format(path=self._path), markup=False)
            self.dismiss(None)


def template() -> str:
    """Write a file of settings in which everything is a comment."""
    lines = []
    usual = Settings()
    for field in fields(Settings):
        choices = f" ({', '.join(field.choices)})" if field.choices else ""
        lines += [f"# {_(field.description)}{choices}", f'#{field.name} = "{getattr(usual, field.name)}"', ""]
    for scope in sorted(SCOPES, key=lambda scope: scope.name):
        if scope.actions:
            lines += ["", f"[keys.{scope.name}]"]
            lines += [f'#{action.id} = "{action.keys}"  # {action.help}' for action in scope.actions]
    return "\n".join(lines) + "\n"
