"""Ask for a file to write."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from tui_cnn.config import expanded
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.single_result import SingleResult, frame


class SavePath(SingleResult[Path | None]):
    """A line to type a path into; a file that exists and is not the network's own takes Enter twice to be replaced."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(
        self,
        proposed: Path,
        own: Path | None = None,
        *,
        title: str = "",
        suffix: str = ".toml",
        suffixes: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self._suffix = suffix
        self._proposed = own or proposed
        self._agreed = own
        self._title = title or _("Save the network as")
        self._suffixes = suffixes

    def compose(self) -> ComposeResult:
        """Lay out the line, with room below for what is wrong with it."""
        with frame(self._title, _("Enter save   Esc back")):
            yield Input(str(self._proposed), compact=True, id="path", select_on_focus=False)
            yield Static(id="advice", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        try:
            path = _file(event.value.strip(), self._suffixes[0] if self._suffixes else self._suffix, self._suffixes)
            exists = path.exists()
        except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: `~somebody` who is unknown
            reason = error.strerror if isinstance(error, OSError) else error
            self._advise(_("invalid file name: {reason}").format(reason=reason))
            return
        if exists and path != self._agreed:
            self._agreed = path
            self._advise(_("{name} already exists; press Enter again to replace it").format(name=path.name))
        else:
            self.dismiss(path)

    def _advise(self, message: str) -> None:
        self.query_one("#advice", Static).update(message)


def _file(text: str, usual: str, allowed: tuple[str, ...]) -> Path:
    """Make a path of what was typed, with the usual suffix where it has none; of `allowed` where some are named."""
    path = expanded(text)
    if path.is_dir():
        raise ValueError(_("{path} is a directory; enter the name of a file in it").format(path=path))
    path = path if path.suffix else path.with_suffix(usual)
    if allowed and path.suffix.lower() not in allowed:
        raise ValueError(_("the name must end in {suffixes}").format(suffixes=", ".join(allowed)))
    return path
