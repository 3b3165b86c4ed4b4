"""What every dialog needs; and those that ask a question, for a line or for a file to write, or show a text."""

from pathlib import Path
from typing import Any, ClassVar, NamedTuple, cast

from rich.console import RenderableType
from textual import events, on
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Button, Input, Static

from tui_cnn.config import expanded
from tui_cnn.confinement import ConfinementError
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.saving import check_writable
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.textual_adapter import AdaptedApp


def frame(title: str, keys: str = "", classes: str = "") -> Vertical:
    """Make the panel of a dialog, with its keys at the lower edge."""
    panel = Vertical(id="dialog", classes=classes)
    panel.border_title = Content(title)
    panel.border_subtitle = Content(keys)
    return panel


class SingleResult(ModalScreen[ScreenResultType]):
    """A second Enter that is struck before the dialog is gone answers nothing; it would end the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]
    CSS_PATH = Path(__file__).with_name("dialogs.tcss")
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-tall")]  # noqa: RUF012  # as Textual declares it

    answered = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Answer also for the screen below, whose footer stays in view: Textual asks the topmost about its actions."""
        stack = self.app.screen_stack
        if self in stack[1:] and not hasattr(self, f"action_{action}"):
            return stack[stack.index(self) - 1].check_action(action, parameters)
        return super().check_action(action, parameters)

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Answer, unless that has been done."""
        if self.answered:
            return AwaitComplete()
        self.answered = True
        return cast("AdaptedApp", self.app).close(self, result)


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
        if event.key in ("left", "right"):
            self.focus_next() if event.key == "right" else self.focus_previous()
        for answer in self._answers:
            if event.key == answer.key:
                event.stop()
                self.dismiss(answer.value)


async def ask(app: App[Any], title: str, question: str, *answers: Answer) -> str | None:
    """Ask a question from within a worker; return the value of the answer, None for none."""
    return await app.push_screen_wait(Ask(title, question, list(answers)))


class LineDialog(SingleResult[str | None]):
    """A line to type into, with what it held before; Escape leaves that as it was."""

    def __init__(self, title: str, value: str, about: str, keys: str = "") -> None:
        super().__init__()
        self._title = title
        self._keys = keys or _("Enter save   Esc back")
        self._value = value
        self._about = about

    def compose(self) -> ComposeResult:
        """Lay out the line and what it is for."""
        with frame(self._title, self._keys):
            yield Input(self._value, compact=True, id="line", select_on_focus=False)
            yield Static(self._about, classes="keys", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class SavePath(SingleResult[Path | None]):
    """A line to type a path into; a file that exists and is not the network's own takes Enter twice to be replaced."""

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
            check_writable(path)
        except (FormatError, ConfinementError) as error:
            self._advise(error.problem)
            return
        except (OSError, ValueError) as error:
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


class TextDialog(SingleResult[None]):
    """A text that scrolls; `keys` of its own are named beside those of every text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,question_mark,enter", "dismiss(None)", show=False)]

    def __init__(self, title: str, text: RenderableType, *, keys: str = "", at_end: bool = False) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._keys = "   ".join([*([keys] if keys else []), _("↑ ↓ scroll   Esc back")])
        self._at_end = at_end

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with frame(self._title, self._keys, "-text"), VerticalScroll():
            yield Static(self._text, markup=False)

    def on_mount(self) -> None:
        """A log is read from its end."""
        scroll = self.query_one(VerticalScroll)
        scroll.focus()
        if self._at_end:
            scroll.scroll_end(animate=False)
