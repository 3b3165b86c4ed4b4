"""A window that goes over a picture: what both steppers of the Lab share."""

from typing import ClassVar

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.actions import STEPPER
from tui_cnn.ui.lab.grid import Tones
from tui_cnn.ui.lab.tones import tones

SPEEDS = (1, 2, 4, 8, 16, 32)
"""Steps a second."""


WORDS = 9
"""Lines to leave for what is told below the pictures."""


class Pictures(Static):
    """Numbers that can be clicked on, which yet look like numbers and not like links."""

    auto_links = False


class Stepper(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Pictures above, and what they say in words and numbers below."""

    BINDINGS: ClassVar[list[BindingType]] = [*STEPPER.bindings()]
    DEFAULT_CSS = """
    Stepper {
        scrollbar-size: 1 1;
        overflow-x: auto;
        border-top: solid $foreground 20%;
        border-title-color: $text-muted;
        &:focus { border-title-color: $text; border-title-style: bold; }
        & #pictures { width: auto; height: auto; padding: 0 1; }
        & #told { width: 100%; height: auto; padding: 0 1; margin-top: 1; }
    }
    """

    place: reactive[int] = reactive(0)
    """Which place of the window, counted from 0, line by line."""

    speed: reactive[int] = reactive(2)
    """Which of the speeds."""

    running: reactive[bool] = reactive(False)
    """Whether it goes on by itself."""

    _timer: Timer | None = None
    _waiting = False

    def compose(self) -> ComposeResult:
        """Lay out the pictures and the words."""
        yield Pictures(id="pictures")
        yield Static(id="told")

    def on_mount(self) -> None:
        """Draw in the colours of the theme, also of another one later."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.redraw())
        self.redraw()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.redraw()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of what comes out.

        Raises:
            WindowError: the window has no place.
        """
        raise NotImplementedError

    def pictures(self, colours: Tones) -> RenderableType:
        """Draw the pictures."""
        raise NotImplementedError

    def told(self, width: int) -> RenderableType:
        """Write what is below them."""
        raise NotImplementedError

    @property
    def room(self) -> tuple[int, int]:
        """Columns and lines that the pictures may take."""
        return self.size.width - 2, self.size.height - WORDS

    @property
    def steps(self) -> int:
        """How many places the window has; none where it does not fit."""
        try:
            rows, columns = self.shape
        except WindowError:
            return 0
        return rows * columns

    def validate_place(self, place: int) -> int:
        """Stay among the places."""
        return max(0, min(place, self.steps - 1))

    def watch_place(self) -> None:
        """Draw the window where it is now."""
        self.redraw()

    def watch_running(self) -> None:
        """Start or stop the clock."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.running:
            self._timer = self.set_interval(1 / SPEEDS[self.speed], self._tick)
        self._tell_place()

    def watch_speed(self) -> None:
        """Go on at another speed."""
        self.watch_running()

    def validate_speed(self, speed: int) -> int:
        """Stay among the speeds."""
        return max(0, min(speed, len(SPEEDS) - 1))

    def walk(self, down: int, across: int) -> None:
        """Go some rows and some places on, or back."""
        if self.steps:
            self.place += across + down * self.shape[1]

    def run(self) -> None:
        """Run, from the beginning if the end is reached, or stop."""
        if not self.running and self.place >= self.steps - 1:
            self.place = 0
        self.running = not self.running

    def redraw(self) -> None:
        """Draw what is set, once all is set that is being set now."""
        if self.is_mounted and not self._waiting:
            self._waiting = True
            self.call_next(self._draw)
        if steps := self.steps:
            self.set_reactive(Stepper.place, min(self.place, steps - 1))

    def _draw(self) -> None:
        self._waiting = False
        pictures, told = self.query_one("#pictures", Static), self.query_one("#told", Static)
        try:
            pictures.update(self.pictures(tones(self)))
            told.update(self.told(self.size.width - 2))
        except WindowError as error:
            pictures.update(Content.styled(f"✗ {error}", "$text-error"))
            told.update("")
        self._tell_place()

    def _tell_place(self) -> None:
        if not self.steps:
            self.border_title = None
            return
        row, column = divmod(self.place, self.shape[1])
        title = _("step {step} of {steps}: row {row}, column {column} of the output").format(
            step=self.place + 1, steps=self.steps, row=row + 1, column=column + 1
        )
        if self.running:
            title += " · " + _("{speed} steps per second").format(speed=SPEEDS[self.speed])
        self.border_title = Content(title)

    def _tick(self) -> None:
        if self.place >= self.steps - 1:
            self.running = False
        else:
            self.place += 1
