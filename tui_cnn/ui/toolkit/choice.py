"""A choice among a few words, in one line: `‹ same ›`."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_cnn.i18n import _


def spoken(value: str) -> str:
    """Write yes and no in the user's language; all other values are words of Keras."""
    return {"yes": _("yes"), "no": _("no")}.get(value, value)


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
        """Jump by letter. Every letter is taken, so that none of the screen's own keys acts from within a form."""
        if not event.is_printable or event.character == " ":
            return
        event.stop()
        event.prevent_default()
        here = self.words.index(self.value)
        order = self.words[here + 1 :] + self.words[: here + 1]
        self.value = next((word for word in order if word.startswith((event.character or "").lower())), self.value)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Report that letters are taken, so that the footer does not offer them."""
        return character is not None and character.isprintable()
