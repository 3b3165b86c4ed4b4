"""A form in a dialog: the settings of something that is to be made, and what it would come to."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

import msgspec
from rich.console import RenderableType
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame
from tui_cnn.ui.toolkit.form import StructForm

T = TypeVar("T", bound=msgspec.Struct)


class FormDialog(SingleResult[T | None], Generic[T]):
    """Edits a value of a declared struct; the answer is the value, None for Escape.

    `effect` says what a value would come to, or raises a UserError, which is shown. While the form holds none, it says
    what is wrong, and Enter does nothing.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", show=False, priority=True)]

    def __init__(self, title: str, about: str, value: T, effect: Callable[[T], RenderableType], keys: str = "") -> None:
        super().__init__()
        self._title = title
        self._about = about
        self._value: T = value
        self._effect = effect
        self._keys = keys or _("Enter add   ↑ ↓ setting   Esc back")

    def compose(self) -> ComposeResult:
        """Lay out what is made, its settings, and what these come to."""
        with frame(self._title, self._keys, "-form"):
            if self._about:
                yield Static(self._about, classes="about", markup=False)
            yield StructForm(self._value)
            with VerticalScroll(can_focus=False):
                yield Static(id="effect", markup=False)

    def on_mount(self) -> None:
        """Make the first setting ready to type into."""
        self._show(self._value)
        self.query_one(StructForm).focus_first()

    @on(StructForm.Changed)
    def _changed(self, event: StructForm.Changed) -> None:
        event.stop()
        if event.value is not None:
            self._show(event.value)  # type: ignore[arg-type]  # a form keeps the type of its value

    def action_take(self) -> None:
        """Answer with what the form holds."""
        value = self.query_one(StructForm).value
        if value is not None:
            self.dismiss(value)  # type: ignore[arg-type]  # likewise

    def _show(self, value: T) -> None:
        try:
            effect = self._effect(value)
        except UserError as error:
            effect = Text(f"✗ {error}", "bold")
        self.query_one("#effect", Static).update(effect)
