"""The softmax page: logits that are typed or changed by keys, and all that follows from them."""

from contextlib import suppress
from typing import ClassVar

import numpy as np
from msgspec.structs import replace
from rich.console import RenderableType
from textual import events
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.lab.code import Library
from tui_cnn.lab.settings import SoftmaxSettings
from tui_cnn.lab.softmax import SoftmaxSteps, softmax, write_logits
from tui_cnn.lab.softmax_code import softmax_code
from tui_cnn.ui.lab.actions import SOFTMAX
from tui_cnn.ui.lab.bench import Bench
from tui_cnn.ui.lab.softmax_view import LogitCursor, softmax_table

_EXAMPLES: tuple[tuple[str, SoftmaxSettings], ...] = (
    (_("3 classes"), SoftmaxSettings()),
    ("Fashion-MNIST", SoftmaxSettings(logits="-1.2,-3,-0.8,-2.1,-1.5,2.4,-0.5,3.1,0.4,4.2", true=10)),
    (_("large logits"), SoftmaxSettings(logits="100,99,97", shifted=False)),
)
"""Examples by name."""

_STEP, _LARGEST, _MOST_CLASSES = 0.5, 9999.0, 10
_TEMPERATURES = (0.01, 100.0)


class SoftmaxBench(Bench[SoftmaxSettings]):
    """A line a class; ↑ ↓ choose it, ← → and digits change its logit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *SOFTMAX.bindings(),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]
    EXAMPLES = _EXAMPLES
    auto_links = False

    def apply(self, settings: SoftmaxSettings) -> None:
        """Show other logits."""
        self._made: SoftmaxSteps = softmax(settings)
        last = getattr(self, "_cursor", LogitCursor()).row
        self._cursor = LogitCursor(min(last, len(self._made.logits) - 1))
        super().apply(settings)
        self.border_title = _("Softmax · example: {name} · temperature {temperature}").format(
            name=self.example_name, temperature=f"{settings.temperature:g}"
        )

    def render(self) -> RenderableType:
        """Draw the table."""
        bar = self.get_component_rich_style("bench--bar", partial=True)
        lines = self.content_size.height
        return softmax_table(self._made, self._cursor, focus=self.has_focus, bar=bar, lines=lines)

    def action_move(self, by: int) -> None:
        """Choose another class."""
        self.action_select_class(self._cursor.row + by)

    def action_select_class(self, row: int) -> None:
        """Choose a class, the nearest that there is."""
        self._cursor = LogitCursor(max(0, min(row, len(self._made.logits) - 1)))
        self.refresh()

    def action_change(self, by: int) -> None:
        """Make the logit larger or smaller."""
        self._put(float(self._made.logits[self._cursor.row]) + by * _STEP)

    def action_true_class(self) -> None:
        """Make this class the true one."""
        self.set_settings(replace(self.settings, true=self._cursor.row + 1))

    def action_double_temperature(self, times: int) -> None:
        """Double the temperature, or halve it."""
        least, most = _TEMPERATURES
        temperature = max(least, min(self.settings.temperature * 2.0**times, most))
        self.set_settings(replace(self.settings, temperature=temperature))

    def action_subtract_maximum(self) -> None:
        """Subtract the maximum first, or do not."""
        self.set_settings(replace(self.settings, shifted=not self.settings.shifted))

    def action_add_class(self) -> None:
        """Add a class like this one, below it."""
        row, logits = self._cursor.row, self._made.logits
        if len(logits) < _MOST_CLASSES:
            self._show_logits(np.insert(logits, row + 1, logits[row]))
            self.action_move(1)

    def action_delete_class(self) -> None:
        """Delete this class, unless there are only two."""
        if len(self._made.logits) > 2:
            self._show_logits(np.delete(self._made.logits, self._cursor.row))

    def program(self, library: Library) -> str:
        """Write it as a program."""
        return softmax_code(self._made, library)

    def on_key(self, event: events.Key) -> None:
        """Take what is typed into the logit; the screens' own keys are not meant by digits."""
        typed, character = self._cursor.typed, event.character or ""
        if event.key == "backspace":
            typed = typed[:-1]
        elif character and character in "0123456789.-−":
            typed = (typed + character.replace("−", "-"))[:7]
        else:
            return
        event.stop()
        event.prevent_default()
        with suppress(ValueError):  # a minus, or a dot, that a digit will follow
            self._put(float(typed or 0))
        self._cursor = self._cursor._replace(typed=typed)
        self.refresh()

    def _put(self, value: float) -> None:
        logits = self._made.logits.copy()
        logits[self._cursor.row] = max(-_LARGEST, min(value, _LARGEST))
        self._show_logits(logits)

    def _show_logits(self, logits: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
        self.set_settings(replace(self.settings, logits=write_logits(logits)))
