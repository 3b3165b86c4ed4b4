"""What the steppers share that have a kernel of the user's choice: its size, and numbers that are typed into cells."""

from typing import NamedTuple, TypeVar

import msgspec
from textual import events

from tui_cnn.i18n import _
from tui_cnn.lab.scene import kernels_of
from tui_cnn.lab.settings import ConvolutionSettings, LearningSettings
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.actions import TYPING
from tui_cnn.ui.lab.stepper import Stepper

K = TypeVar("K", bound=ConvolutionSettings | LearningSettings)

_ARROWS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
_TYPING = tuple(action.id for action in TYPING.actions)


class CellCursor(NamedTuple):
    """The cell that is edited, (row, column, channel) of an array, or the number of a `place`; and what was typed."""

    of: str
    place: tuple[int, int, int] = (0, 0, 0)
    typed: str = ""


class KernelStepper(Stepper[K]):
    """A stepper with a kernel that is chosen or typed."""

    cursor: CellCursor | None = None

    def convolution_settings(self, settings: K) -> ConvolutionSettings:
        """Return the convolution that the kernel is chosen for."""
        raise NotImplementedError

    def apply(self, settings: K) -> None:
        """Show other settings; a kernel that is chosen in the form brings its own size along."""
        if settings.kernel != getattr(self, "settings", settings).kernel and self._sized(settings) != settings:
            self.set_settings(settings)
        else:
            super().apply(settings)

    def set_settings(self, settings: K) -> None:
        """Show other settings, with the size that the kernel has, in the form, too."""
        super().set_settings(self._sized(settings))

    def _sized(self, settings: K) -> K:
        size = kernels_of(self.convolution_settings(settings), self.images.typed, 1).shape[:2]
        return msgspec.structs.replace(settings, kernel_size=size)

    def check_size(self, size: tuple[int, ...]) -> None:
        """Compare the size that the kernel has with the one that is set.

        Raises:
            WindowError: the size that was typed is not that of the chosen kernel.
        """
        asked = self.settings.kernel_size
        if size != asked:
            message = _("{kernel} is {size}; choose random or own for {asked}")
            written = (f"{height}×{width}" for height, width in (size, asked))
            raise WindowError(message.format(kernel=self.settings.kernel, size=next(written), asked=next(written)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While numbers are typed, offer no more than what can be done to these."""
        return (action in _TYPING) == self.typing and super().check_action(action, parameters)

    @property
    def typing(self) -> bool:
        """Whether numbers are typed, so that letters and arrows are not keys of the Lab."""
        return self.cursor is not None

    @property
    def typeable(self) -> str:
        """The characters that can be typed."""
        return "0123456789.-−"

    def moved(self, cursor: CellCursor, down: int, across: int) -> CellCursor:
        """Move the cursor to another cell, where there is one."""
        raise NotImplementedError

    def put_number(self, cursor: CellCursor, value: float) -> None:
        """Put a number into the cell under the cursor."""
        raise NotImplementedError

    def edit(self, cursor: CellCursor) -> None:
        """Begin to type."""
        self.cursor, self.running = cursor, False
        self.refresh_bindings()
        self.redraw()

    def on_key(self, event: events.Key) -> None:
        """Take what is typed into a number; no letter is a key meanwhile."""
        cursor, character = self.cursor, event.character or ""
        if cursor is None or not (event.is_printable or event.key in (*_ARROWS, "backspace")):
            return
        event.stop()
        event.prevent_default()
        if event.key in _ARROWS:
            self.cursor = self.moved(cursor, *_ARROWS[event.key])
        elif event.key == "backspace":
            self._put(cursor, cursor.typed[:-1])
        elif character and character in self.typeable:
            self._put(cursor, (cursor.typed + character.replace("−", "-"))[:7])
        self.redraw()

    def on_blur(self) -> None:
        """Leave the numbers when something else gets the focus."""
        if self.typing:
            self.action_leave_typing()

    def action_clear_number(self) -> None:
        """Set the number under the cursor to 0."""
        if self.cursor is not None:
            self._put(self.cursor, "0")
            self.cursor = self.cursor._replace(typed="")
            self.redraw()

    def action_leave_typing(self) -> None:
        """Finish typing."""
        self.cursor = None
        self.refresh_bindings()
        self.redraw()

    action_finish_typing = action_leave_typing

    def _put(self, cursor: CellCursor, text: str) -> None:
        """Put what has been typed so far into the cell, as soon as it is a number."""
        self.cursor = cursor._replace(typed=text)
        try:
            value = float(text or "0")
        except ValueError:  # a minus, or a dot, that a digit will follow
            return
        self.put_number(cursor, value)
