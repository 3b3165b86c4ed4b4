"""Ask a question with a few answers."""

from typing import Any, NamedTuple

from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.single_result import SingleResult, frame


class Answer(NamedTuple):
    """An answer: what is returned, the key that gives it, and its label."""

    value: str
    key: str
    label: str


class Ask(SingleResult[str | None]):
    """A question; Escape gives no answer."""

    def __init__(self, title: str, question: str, answers: list[Answer]) -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._answers = answers

    def compose(self) -> ComposeResult:
        """Lay out the question and its answers."""
        with frame(self._title, classes="-wide" if len(self._answers) > 2 else ""):
            yield Static(self._question, id="question", markup=False)
            with Horizontal(id="answers"):
                for answer in self._answers:
                    yield Button(f"{answer.label} ({answer.key})", id=answer.value, compact=True)
                yield Button(_("Back (Esc)"), id="none", compact=True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(None if event.button.id == "none" else event.button.id)

    def on_key(self, event: events.Key) -> None:
        """Take an answer's key, and the arrows between the answers."""
        if event.key == "escape":
            event.stop()  # or else a dialog below would take it too
            self.dismiss(None)
        elif event.key in ("left", "right"):
            self.focus_next() if event.key == "right" else self.focus_previous()
        for answer in self._answers:
            if event.key == answer.key:
                event.stop()
                self.dismiss(answer.value)


async def ask(app: App[Any], title: str, question: str, *answers: Answer) -> str | None:
    """Ask a question from within a worker; return the value of the answer, None for none."""
    return await app.push_screen_wait(Ask(title, question, list(answers)))
