"""What every dialog needs: it answers once."""

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Once(ModalScreen[ScreenResultType]):
    """A second Enter that is struck before the dialog is gone answers nothing; it would end the screen below."""

    _answered = False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Answer, unless that has been done."""
        if self._answered:
            return AwaitComplete()
        self._answered = True
        return super().dismiss(result)
