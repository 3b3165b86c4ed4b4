"""Numbers that are typed into the cells of what a stepper shows."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from textual import events

from tui_cnn.i18n import _
from tui_cnn.lab.numbers import number
from tui_cnn.lab.settings import ConvolutionSettings, LearningSettings, PoolingSettings
from tui_cnn.ui.lab.actions import TYPING
from tui_cnn.ui.lab.stepper import Stepper

T = TypeVar("T", bound=ConvolutionSettings | PoolingSettings | LearningSettings)

_ARROWS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
_TYPING = tuple(action.id for action in TYPING.actions)


class CellCursor(NamedTuple):
    """The cell that is edited, (row, column, channel) of an array, or the number of a `place`; and what was typed."""

    of: str
    place: tuple[int, int, int] = (0, 0, 0)
    typed: str = ""

    def moved(self, shape: Sequence[int], channels: list[int], down: int, across: int) -> "CellCursor":
        """Move to another cell of an array of (rows, columns, …); over the edge is the next of the drawn channels."""
        rows, columns = shape[:2]
        row, column, channel = self.place
        flat = max(0, min(channels.index(channel) * columns + column + across, len(channels) * columns - 1))
        place = max(0, min(row + down, rows - 1)), flat % columns, channels[flat // columns]
        return CellCursor(self.of, place)

    def within(self, of: str, channel: int, offset: tuple[int, int]) -> tuple[tuple[int, int] | None, str]:
        """Return which cell of a channel of an array is edited, as it is drawn at an offset, and what was typed."""
        if self.of != of or self.place[2] != channel:
            return None, ""
        row, column, _channel = self.place
        return (row + offset[0], column + offset[1]), self.typed

    def help(self, value: float | None = None) -> str:
        """Write what the keys do, after the place and its value, if that is known: an image may show no numbers."""
        keys = _("Arrows move, digits − . Del edit, Esc when done")
        if value is None:
            return keys
        row, column, _channel = self.place
        place = _("row {row}, column {column}: {value}")
        return f"{place.format(row=row + 1, column=column + 1, value=number(value))}   {keys}"


class TypingStepper(Stepper[T]):
    """A stepper with numbers that can be typed."""

    cursor: CellCursor | None = None

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

    def moved_cursor(self, cursor: CellCursor, down: int, across: int) -> CellCursor:
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
            self.cursor = self.moved_cursor(cursor, *_ARROWS[event.key])
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
