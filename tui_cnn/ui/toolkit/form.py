"""A form made from a declaration: a line a field, checked as it is typed; and a choice among a few words."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

import msgspec
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.geometry import Size
from textual.layout import WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from tui_cnn.formats.fields import STEPPING, Field, bounds, fields, format_value, joined, rebuild, stepped
from tui_cnn.formats.validation import InvalidError
from tui_cnn.i18n import _

_EVERYWHERE = "123456?,"
"""What goes to another screen, to the help and to the settings: no word to choose begins with it."""


VARIES = "~"
"""Stands beside the name of what varies in a search."""


def spoken(value: str) -> str:
    """Write a word of ours in the user's language; all other values are words of Keras, or of our files."""
    ours = {
        "yes": _("yes"),
        "no": _("no"),
        "custom": _("custom"),
        "hidden": _("hidden"),
        "shown": _("shown"),
        "few": _("few"),
        "all": _("all"),
    }
    return ours.get(value, value)


class Choice(Widget, can_focus=True):
    """Left and right step through the words; a letter jumps to the next word that begins with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
    ]
    DEFAULT_CSS = """
    Choice {
        width: 1fr;
        height: 1;
        background: $surface;
        &:focus { background: $primary 35%; text-style: bold; }
    }
    """

    value: reactive[str] = reactive("")

    class Changed(Message):
        """Another value is chosen."""

        def __init__(self, choice: "Choice") -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> "Choice":
            """The choice that changed."""
            return self.choice

    def __init__(self, words: tuple[str, ...], value: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.words = words
        self.set_reactive(Choice.value, value)

    def render(self) -> Text:
        """Draw the word between its arrows."""
        arrow = "bold" if self.has_focus else "dim"
        return Text.assemble(("‹ ", arrow), spoken(self.value), (" ›", arrow), no_wrap=True, overflow="ellipsis")

    def watch_value(self, before: str, after: str) -> None:
        """Post that another value is chosen."""
        if self.is_mounted and before != after:
            self.post_message(self.Changed(self))

    def action_step(self, by: int) -> None:
        """Step to the next word or the one before, around the end."""
        self.value = self.words[(self.words.index(self.value) + by) % len(self.words)]

    def on_click(self, event: events.Click) -> None:
        """Step on; a click on the left arrow steps back."""
        self.action_step(-1 if event.x < 2 else 1)

    def on_key(self, event: events.Key) -> None:
        """Jump by letter. What can be typed is taken, so that none of the screen's own keys acts from within a form."""
        if event.character == " " or not self.check_consume_key(event.key, event.character):
            return
        event.stop()
        event.prevent_default()
        self.jump((event.character or "").lower())

    def jump(self, letter: str) -> None:
        """Choose the next word that begins with a letter."""
        here = self.words.index(self.value)
        order = self.words[here + 1 :] + self.words[: here + 1]
        self.value = next((word for word in order if word.startswith(letter)), self.value)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Report what is taken, so that the footer does not offer it: not the digits and signs that work everywhere."""
        return character is not None and character.isprintable() and character not in _EVERYWHERE


class Several(Choice):
    """A choice of several words or none: left and right step through them, space adds the word or takes it away.

    The value is a text, `flip+crop`. A letter jumps to the next word that begins with it; a click on one toggles it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "step(1)", show=False),
        Binding("space", "choose", show=False),
    ]

    here: reactive[int] = reactive(0)

    def __init__(self, field: Field, value: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(field.choices, value, id=id)
        self._field = field

    def render(self) -> Text:
        """Draw what is chosen; with the focus, the word that space would toggle, before it."""
        parts: list[str | tuple[str, str]] = [spoken(self.value)]
        if self.has_focus:
            word = self.words[self.here]
            parts = [("‹ ", "bold"), "✓ " if word in self._chosen else "  ", word, (" ›  ", "bold"), *parts]
        text = Text.assemble(*parts)
        text.truncate(self.size.width, overflow="ellipsis")
        return text

    def action_step(self, by: int) -> None:
        """Go to the next word or the one before, around the end."""
        self.here = (self.here + by) % len(self.words)

    def action_choose(self) -> None:
        """Add the word, or take it away."""
        self.value = joined(self._field, sorted(self._chosen ^ {self.words[self.here]}))

    def on_click(self, event: events.Click) -> None:
        """Toggle the word; a click on an arrow steps."""
        end = len("‹ ✓ ") + len(self.words[self.here])
        if 2 <= event.x < end:
            self.action_choose()
        else:
            self.action_step(-1 if event.x < 2 else 1)

    def jump(self, letter: str) -> None:
        """Go to the next word that begins with a letter."""
        count = len(self.words)
        order = [(self.here + place) % count for place in range(1, count + 1)]
        self.here = next((place for place in order if self.words[place].startswith(letter)), self.here)

    @property
    def _chosen(self) -> set[str]:
        return set(self.value.split("+")) & set(self.words)


BETWEEN_FIELDS = (Binding("up,shift+tab", "walk(-1)", show=False), Binding("down,tab", "walk(1)", show=False))


class Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to follow the focus only: the arrows walk from field to field."""

    def on_resize(self) -> None:
        """Keep the field with the focus in view, also when what stands below grows."""
        focused = self.screen.focused
        if focused is not None and self in focused.ancestors:
            self.scroll_to_widget(focused, animate=False)


class FormLayout(VerticalLayout):
    """From top to bottom; where there is no room for all, the fields are cut, and scroll: errors stay in view."""

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> list[WidgetPlacement]:
        """Place the children; height 0 asks how high they would be."""
        placements = super().arrange(parent, children, size, greedy)
        excess = max((placement.region.bottom for placement in placements), default=0) - size.height
        if not size.height or excess <= 0:
            return placements
        arranged, moved = [], 0
        for placement in placements:
            region = placement.region.translate((0, -moved))
            if isinstance(placement.widget, Fields | StructForm):
                moved = max(0, min(excess, region.height - 1))
                region = region._replace(height=region.height - moved)
            arranged.append(placement._replace(region=region))
        return arranged


class StructForm(Widget):
    """Edits one value of a declared struct. Fields that hold layers stay as they are; a single one is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [*BETWEEN_FIELDS]
    DEFAULT_CSS = """
    StructForm {
        height: auto;
        & Fields { height: auto; scrollbar-size-vertical: 1; }
        & .field { height: 1; }
        & .field Label { width: 19; color: $text-muted; }
        & .field:focus-within Label { color: $foreground; }
        & .held { width: 1fr; }
        & Input { width: 1fr; background: $surface; }
        & Input > .input--placeholder { color: $text-muted; }
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

    class Resized(Message):
        """The form has more lines or fewer."""

    def __init__(self, value: msgspec.Struct, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.styles.set_rule("layout", FormLayout())
        self.original = value
        self.value: msgspec.Struct | None = value
        declared = fields(type(value))
        self._fields = {field.name: field for field in _in_order(declared)}
        shown = (
            (field.name, format_value(field, getattr(value, field.name)))
            for field in declared
            if field.kind == "nested"
        )
        self._held = {name: text for name, text in shown if text}
        self._rare = [name for name in self._fields if is_rare(name)]
        self._all_shown = any(getattr(value, name) != self._fields[name].start for name in self._rare)

    def compose(self) -> ComposeResult:
        """Lay out the fields, the rare ones behind a line of their own, and a line for help and errors."""
        with Fields():
            for name, text in self._held.items():
                with Horizontal(classes="field"):
                    yield Label(name)
                    yield Static(text, markup=False, classes="held")
            for field in self._fields.values():
                if self._rare and field.name == self._rare[0]:
                    with Horizontal(classes="field"):
                        yield Label(_("more …"))
                        yield Choice((_SHUT, _OPEN), _OPEN if self._all_shown else _SHUT, id="more")
                with Horizontal(classes="field", id=f"line-{field.name}") as line:
                    line.display = self._all_shown or field.name not in self._rare
                    yield Label(field.name)
                    yield self._control(field)
        yield Static("", id="advice", markup=False)

    @property
    def pending(self) -> bool:
        """Whether what the form holds is valid and differs from what it began with."""
        return self.value is not None and self.value != self.original

    @property
    def lines(self) -> int:
        """How many lines the fields take."""
        rare = len(self._rare)
        return len(self._held) + len(self._fields) - (0 if self._all_shown else rare) + (1 if rare else 0)

    def focus_first(self) -> None:
        """Make the first field ready to type into."""
        self.query("Input, Choice").first().focus()

    def show_varied(self, names: Collection[str]) -> None:
        """Put a sign beside the fields that vary in a search."""
        for name in self._fields:
            for label in self.query(f"#line-{name} Label").results(Label):  # none before the form is laid out
                label.update(f"{name} {VARIES}" if name in names else name)

    def action_walk(self, by: int) -> None:
        """Go to the next field or the one before, around the end."""
        (self.screen.focus_next if by > 0 else self.screen.focus_previous)("StructForm .field *")

    @on(Choice.Changed, "#more")
    def _show_rare(self, event: Choice.Changed) -> None:
        """Show the rare fields, or hide them."""
        event.stop()
        self._all_shown = event.choice.value == _OPEN
        for name in self._rare:
            self.query_one(f"#line-{name}").display = self._all_shown
        self.post_message(self.Resized())

    @on(Input.Changed)
    @on(Choice.Changed)
    def _check(self) -> None:
        """Make a value of what the form holds, or show what is wrong with which field."""
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
        help_text = _help(self._fields[name]) if name in self._fields else ""
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
            case "several":
                return Several(field, text, id=identity)
            case "flag":
                return Choice(("no", "yes"), text, id=identity)
            case kind if kind in STEPPING:
                return NumberInput(field, text, id=identity)
            case _:
                return FieldInput(text, compact=True, id=identity, placeholder=field.blank)


class FieldInput(Input):
    """Takes a text, and is gone when its form is: Textual's own would stay as long as the screen."""

    def on_unmount(self) -> None:
        """Listen to the screen no longer."""
        self.screen.text_selection_started_signal.unsubscribe(self)


class NumberInput(FieldInput):
    """Takes a number, or a pair of them; keys step it up and down."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+up", "step(1)", show=False, priority=True),
        Binding("ctrl+down", "step(-1)", show=False, priority=True),
        Binding("plus", "step_whole(1)", show=False, priority=True),
        Binding("minus", "step_whole(-1)", show=False, priority=True),
    ]

    def __init__(self, field: Field, text: str, *, id: str) -> None:  # noqa: A002
        super().__init__(text, compact=True, id=id, placeholder=field.blank)
        self._field = field

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let a minus be typed where a number may have one, as in 1e-5."""
        return action != "step_whole" or self._field.kind != "number"

    def action_step_whole(self, by: int) -> None:
        """Step, where a sign is no part of a number."""
        self.action_step(by)

    def action_step(self, by: int) -> None:
        """Step up or down, within the bounds."""
        self.value = stepped(self._field, self.value, by)


_SHUT, _OPEN = "hidden", "shown"


_SELDOM = ("data_format", "axis", "output_padding", "value_range")


def is_rare(name: str) -> bool:
    """Whether a field is one that few people ever change: how weights are initialized, penalties, and axes."""
    return name.endswith(("_initializer", "_regularizer")) or name in _SELDOM


def _in_order(declared: Iterable[Field]) -> list[Field]:
    """Put what all layers have after the others and the rare fields last; muting has a key of its own."""
    shown = [field for field in declared if field.kind != "nested" and field.name != "muted"]
    return sorted(shown, key=lambda field: _LAST.get(field.name, 3 if is_rare(field.name) else 0))


_LAST = {"trainable": 1, "name": 2, **dict.fromkeys(_SELDOM, 4)}


def _help(field: Field) -> str:
    """Say what a field is for, between which bounds, and how it steps."""
    text, limits = _(field.description), bounds(field)
    if field.kind == "several":
        text += _(" (← → to move, space to choose)")
    if limits:
        steps = "Ctrl+↑ ↓" if field.kind == "number" else "+ −"
        text += _(" ({bounds}; {keys} step)").format(bounds=limits, keys=steps)
    return text
