"""Show where the settings are and what can be set there; write a first file on request."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from tui_cnn.formats.atomic import save_text
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.fields import fields
from tui_cnn.i18n import _
from tui_cnn.ui.application.registry import SCOPES
from tui_cnn.ui.settings import Settings
from tui_cnn.ui.toolkit.dialogs.text import TextDialog
from tui_cnn.ui.workspace import workspace_of


class SettingsDialog(TextDialog):
    """What may stand in the file, each line as it is when left out."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "write", show=False)]

    def __init__(self, path: Path) -> None:
        self._path = path
        there = (
            _("press w to create this file, then edit it") if not path.exists() else _("edit this file in any editor")
        )
        heading = f"{path}\n{there}; {_('changes take effect at the next start')}\n\n"
        super().__init__(_("Settings"), Text(heading + template()))

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
