"""What every dialog needs: a frame, and that it answers once."""

from pathlib import Path

from textual.await_complete import AwaitComplete
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, ScreenResultType


def frame(title: str, keys: str = "", classes: str = "") -> Vertical:
    """Make the panel of a dialog, with its keys at the lower edge."""
    panel = Vertical(id="dialog", classes=classes)
    panel.border_title = Content(title)
    panel.border_subtitle = Content(keys)
    return panel


class SingleResult(ModalScreen[ScreenResultType]):
    """A second Enter that is struck before the dialog is gone answers nothing; it would end the screen below."""

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
        return super().dismiss(result)
