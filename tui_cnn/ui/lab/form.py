"""The settings of a bench of the Lab: what is chosen counts at once."""

from typing import ClassVar

import msgspec
from textual.binding import BindingType
from textual.widgets import Input

from tui_cnn.formats.fields import fields, format_value
from tui_cnn.ui.lab.actions import LAB_FORM
from tui_cnn.ui.toolkit.choice import Choice
from tui_cnn.ui.toolkit.form import StructForm


class LabForm(StructForm):
    """A form of two columns under the pictures."""

    BINDINGS: ClassVar[list[BindingType]] = [*LAB_FORM.bindings()]
    DEFAULT_CSS = """
    LabForm {
        padding: 0 1;
        & VerticalScroll { layout: grid; grid-size: 2; grid-rows: 1; grid-gutter: 0 3; height: auto; }
        & .field Label { width: 15; }
        & #advice { height: 2; min-height: 2; padding-top: 0; }
    }
    """

    def put(self, value: msgspec.Struct) -> None:
        """Show another value, which was not typed here."""
        self.original = self.value = value
        with self.prevent(Input.Changed, Choice.Changed):
            for field in fields(type(value)):
                control = self.query_one(f"#field-{field.name}")
                if isinstance(control, Input | Choice):
                    control.value = format_value(field, getattr(value, field.name))
