"""What all pages of the Lab have in common: a bench, which takes the keys, and a form of its settings beside it."""

from typing import ClassVar

import msgspec
from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui_cnn.formats.fields import fields, format_value
from tui_cnn.i18n import _
from tui_cnn.ui.lab.actions import LAB_FORM
from tui_cnn.ui.lab.images import ImageStore
from tui_cnn.ui.toolkit.form import Choice, StructForm


class Bench(Widget, can_focus=True):
    """Something to try out; a subclass shows its settings and does what its keys say.

    Attributes:
        settings: what is set, if there is anything.
        form: changes the settings; None: there is none.
    """

    DEFAULT_CLASSES = "panel"
    HAS_FORM: ClassVar[bool] = True

    settings: msgspec.Struct | None

    def __init__(self, settings: msgspec.Struct | None, images: ImageStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.images = images
        self.form = LabForm(self, settings) if self.HAS_FORM and settings is not None else None

    def apply(self, settings: msgspec.Struct) -> None:
        """Show other settings."""
        raise NotImplementedError

    def set_settings(self, settings: msgspec.Struct) -> None:
        """Show other settings, in the form, too."""
        self.apply(settings)
        if self.form is not None:
            self.form.put(settings)

    def follow_link(self, settings: msgspec.Struct, place: int) -> None:
        """Show what a link asks for; `place` is that of a window, if there is one."""
        self.set_settings(settings)

    def action_open_form(self) -> None:
        """Open the form."""
        if self.form is not None:
            self.form.add_class("-open")
            self.form.focus_first()


class LabForm(StructForm):
    """The settings of a bench: what is chosen counts at once."""

    DEFAULT_CLASSES = "panel"
    BINDINGS: ClassVar[list[BindingType]] = [*LAB_FORM.bindings()]

    def __init__(self, bench: Bench, settings: msgspec.Struct) -> None:
        super().__init__(settings)
        self._bench = bench
        self.border_title = _("Settings")

    def put(self, value: msgspec.Struct) -> None:
        """Show another value, which was not typed here."""
        self.original = self.value = value
        with self.prevent(Input.Changed, Choice.Changed):
            for field in fields(type(value)):
                control = self.query_one(f"#field-{field.name}")
                if isinstance(control, Input | Choice):
                    control.value = format_value(field, getattr(value, field.name))

    @on(StructForm.Changed)
    def _apply(self, event: StructForm.Changed) -> None:
        event.stop()
        if self.value is not None:  # not the event's: a link may have set the form anew since
            self._bench.apply(self.value)

    def action_leave_settings(self) -> None:
        """Go back to the bench."""
        self.remove_class("-open")
        self._bench.focus()
