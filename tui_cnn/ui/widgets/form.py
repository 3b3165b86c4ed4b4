"""A form made from a declaration: a line a field, checked as it is typed."""

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from tui_cnn.formats.fields import Field, fields, format_value, rebuild
from tui_cnn.formats.validation import InvalidError
from tui_cnn.i18n import _
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.widgets.choice import Choice

BETWEEN_FIELDS = (
    Binding("up,shift+tab", "walk(-1)", show=False),
    Binding("down,tab", "walk(1)", show=False),
)


class Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to follow the focus only: the arrows walk from field to field."""


class StructForm(Widget):
    """Edits one value of a declared struct. Fields that hold other layers have no line; they stay as they are."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("form"), *BETWEEN_FIELDS]
    DEFAULT_CSS = """
    StructForm {
        height: auto;
        & VerticalScroll { height: auto; max-height: 100%; }
        & .field { height: 1; }
        & .field Label { width: 19; color: $text-muted; }
        & .field:focus-within Label { color: $foreground; }
        & Input { width: 1fr; background: $surface; }
        & Input:focus { background: $primary 35%; }
        & .-wrong Input { color: $text-error; text-style: bold; }
        & #advice { height: auto; min-height: 2; color: $text-muted; padding-top: 1; }
        & #advice.-wrong { color: $text-error; }
    }
    """

    class Changed(Message):
        """Something was typed or chosen; `value` is None while it makes no sense."""

        def __init__(self, form: "StructForm", value: msgspec.Struct | None) -> None:
            super().__init__()
            self.form = form
            self.value = value

    def __init__(self, value: msgspec.Struct, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.original = value
        self.value: msgspec.Struct | None = value
        self._fields = {field.name: field for field in _in_order(fields(type(value))) if field.kind != "nested"}

    def compose(self) -> ComposeResult:
        """Lay out the fields, and a line for help and errors."""
        with Fields():
            for field in self._fields.values():
                with Horizontal(classes="field", id=f"line-{field.name}"):
                    yield Label(field.name)
                    yield self._control(field)
        yield Static("", id="advice", markup=False)

    @property
    def pending(self) -> bool:
        """Whether what stands in the form is sound and differs from what it began with."""
        return self.value is not None and self.value != self.original

    @property
    def lines(self) -> int:
        """How many lines the fields take."""
        return len(self._fields)

    def show_lines(self, most: int) -> None:
        """Let the fields scroll where there are more."""
        for scroll in self.query(VerticalScroll):  # none yet while the form is being set up
            scroll.styles.max_height = max(1, most)

    def focus_first(self) -> None:
        """Make the first field ready to type into."""
        self.query("Input, Choice").first().focus()

    def action_walk(self, by: int) -> None:
        """Go to the next field or the one before, around the end."""
        (self.screen.focus_next if by > 0 else self.screen.focus_previous)("StructForm .field *")

    @on(Input.Changed)
    @on(Choice.Changed)
    def _check(self) -> None:
        """Make a value of what stands in the form, or say what is wrong with which field."""
        texts = {name: self._text(name) for name in self._fields}
        wrong, message = "", ""
        try:
            self.value = rebuild(self.original, texts)
        except InvalidError as error:
            self.value, wrong, message = None, error.field, str(error)
        for name in self._fields:
            self.query_one(f"#line-{name}").set_class(name == wrong, "-wrong")
        self._advise(message)
        self.post_message(self.Changed(self, self.value))

    def on_descendant_focus(self) -> None:
        """Explain the field that has the focus."""
        if self.value is not None:
            self._advise("")

    def _advise(self, error: str) -> None:
        focused = self.screen.focused
        name = (focused.id or "").removeprefix("field-") if focused else ""
        help_text = _(self._fields[name].description) if name in self._fields else ""
        advice = self.query_one("#advice", Static)
        advice.set_class(bool(error), "-wrong")
        advice.update(error or help_text)

    def _text(self, name: str) -> str:
        control = self.query_one(f"#field-{name}")
        return control.value if isinstance(control, Input | Choice) else ""

    def _control(self, field: Field) -> Widget:
        value: Any = getattr(self.original, field.name)
        text, identity = format_value(field, value), f"field-{field.name}"
        match field.kind:
            case "choice":
                return Choice(field.choices, text, id=identity)
            case "flag":
                return Choice(("no", "yes"), text, id=identity)
            case _:
                return Input(text, compact=True, id=identity, placeholder=field.blank)


def _in_order(declared: Iterable[Field]) -> list[Field]:
    """Put the name last: it is what one changes least."""
    return sorted(declared, key=lambda field: field.name == "name")
