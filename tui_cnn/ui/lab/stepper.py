"""A window that goes over an image: what the steppers of the Lab share."""

from asyncio import to_thread
from typing import TypeVar, cast

import msgspec
import numpy as np
from rich.console import RenderableType
from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tui_cnn.data.files import DataError
from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.questions.question import LessonQuestion
from tui_cnn.lab.scene import LabArrays, NamedArray
from tui_cnn.lab.settings import ConvolutionSettings, LearningSettings, PoolingSettings, TransposedSettings
from tui_cnn.lab.windows import WindowError, Windows
from tui_cnn.ui.lab.bench import ComposedBench
from tui_cnn.ui.lab.stage import NumberView, Part, PictureView, ShownArrays, Stage, beside_pictures, covered
from tui_cnn.ui.toolkit.pictures.drawing import Cell, Drawing
from tui_cnn.ui.workspace import workspace_of

S = TypeVar("S", bound=ConvolutionSettings | PoolingSettings | LearningSettings | TransposedSettings)

SPEEDS = (1, 2, 4, 8, 16, 32)
"""Steps a second."""

_FACTS, _FEW_FACTS, _LOW = 10, 5, 22
"""Lines to leave for what is written below the arrays, and where there are no more than so many lines in all."""

_GREY_SIDE, _COLOUR_SIDE = 28, 22
"""Pixels of the longest side of an image file; of a colour one the windows of all three channels stand beside it."""


class Stepper(ComposedBench[S]):
    """ShownArrays above, and what they say in words and numbers below."""

    DEFAULT_CSS = """
    Stepper {
        overflow: auto auto;
    }
    """

    place: reactive[int] = reactive(0)
    """Which place of the window, counted from 0, line by line."""

    speed: reactive[int] = reactive(2)
    """Which of the speeds."""

    running: reactive[bool] = reactive(False)
    """Whether it goes on by itself."""

    _timer: Timer | None = None
    _asked: tuple[LessonQuestion, LabLink, S, LabArrays] | None = None
    """What is asked about these settings and arrays; the answer is covered until it is given."""

    def compose(self) -> ComposeResult:
        """Lay out the arrays and the words."""
        yield Stage()
        yield Static(id="facts")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what this stepper can do."""
        return callable(getattr(self, f"action_{action}", None)) and super().check_action(action, parameters)

    @property
    def windows(self) -> Windows:
        """The places of the window.

        Raises:
            WindowError: it has none.
        """
        raise NotImplementedError

    def arrays(self) -> ShownArrays:
        """Return what is shown."""
        raise NotImplementedError

    def facts(self, width: int) -> RenderableType:
        """Write what is below it."""
        raise NotImplementedError

    @property
    def is_asked(self) -> bool:
        """Whether something is asked about what is shown."""
        return self._asked is not None

    @property
    def roomy(self) -> bool:
        """Whether there is room for many words."""
        return self.size.height > _LOW

    @property
    def lines_below(self) -> int:
        """Lines to leave for what is written below the arrays."""
        return _FACTS if self.roomy else _FEW_FACTS

    @property
    def place_words(self) -> str:
        """Say which place it is."""
        row, column = divmod(self.place, self.windows.shape[1])
        return _("step {step} of {steps}: row {row}, column {column} of the output").format(
            step=self.place + 1, steps=self.steps, row=row + 1, column=column + 1
        )

    @property
    def steps(self) -> int:
        """How many places the window has; none where it does not fit."""
        try:
            rows, columns = self.windows.shape
        except WindowError:
            return 0
        return rows * columns

    def apply(self, settings: S) -> None:
        """Show other settings; the place stays, where there is one. What was asked about others is dropped."""
        if self._asked is not None and (self._asked[2] != settings or self._asked[3] is not self.images.typed):
            self._asked = None
            self.post_message(self.QuestionLeft())
        self.settings = settings
        self.compute()
        if self.images.lacks_tests(settings):
            self._read_tests()
        self.refresh_bindings()
        self.redraw()

    def compute(self) -> None:
        """Work out what is shown."""
        raise NotImplementedError

    @work(exclusive=True, group="tests")
    async def _read_tests(self) -> None:
        try:
            await to_thread(self.images.read_tests)
        except DataError as error:
            workspace_of(self).report(error)
        else:
            self.apply(self.settings)

    def on_show(self) -> None:
        """Show what was typed or opened on another page meanwhile."""
        self.apply(self.settings)

    @property
    def link_place(self) -> int:
        """The place of the window."""
        return self.place

    def follow_link(self, settings: S, place: int) -> None:
        """Show what a link asks for; what was typed by hand makes way."""
        self.images.forget_typed()
        self.set_settings(settings)
        self.running = False
        self.place = place

    def cover(self, question: LessonQuestion) -> None:
        """Show what a question is about, but not its answer."""
        link = question.link
        if link is None:
            return
        self._asked, self.running = None, False
        self.images.typed = self.images.typed._replace(image=question.arrays.image, kernels=question.arrays.kernels)
        self.set_settings(cast("S", link.settings))
        self._asked = question, link, self.settings, self.images.typed
        self.place = link.place
        self.redraw()

    def uncover(self) -> None:
        """Show all of it."""
        self._asked = None
        self.redraw()

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
        self._show_place()

    def watch_speed(self) -> None:
        """Go on at another speed."""
        self.watch_running()

    def validate_speed(self, speed: int) -> int:
        """Stay among the speeds."""
        return max(0, min(speed, len(SPEEDS) - 1))

    def action_step(self, down: int, across: int) -> None:
        """Go some rows and some places on, or back."""
        self.running = False
        if self.steps:
            self.place += across + down * self.windows.shape[1]

    def action_end(self, end: str) -> None:
        """Go to the first or to the last place."""
        self.place = 0 if end == "first" else self.steps

    def action_run_steps(self) -> None:
        """Run, from the beginning if the end is reached, or stop."""
        if not self.running and self.place >= self.steps - 1:
            self.place = 0
        self.running = not self.running

    def action_change_speed(self, by: int) -> None:
        """Take more or fewer steps a second."""
        self.speed += by

    @work
    async def action_open_image(self) -> None:
        """Ask for an image file, and show it, small enough to look at each place."""
        opened = await self.ask_image(_GREY_SIDE, _COLOUR_SIDE)
        if opened is not None:
            file = NamedArray(opened.pixels.astype(np.float64), opened.name)
            self.images.typed = self.images.typed._replace(file=file)
            self.set_settings(msgspec.structs.replace(self.settings, image="file"))
            self.place, self.running = 0, False

    @on(Drawing.Selected)
    @on(Drawing.Opened)
    def _clicked(self, event: Drawing.CellMessage) -> None:
        event.stop()
        if isinstance(event.drawing, NumberView | PictureView):
            self.click_cell(event.drawing.part, event.cell)

    def click_cell(self, part: Part, cell: Cell) -> None:
        """Go to a value of what comes out, or let the window go to a pixel of the image."""
        if part.role == "image":
            down, across = self.windows
            self._go_to(down.place_over(cell[0]), across.place_over(cell[1]))
        elif part.role in ("output", "strides"):
            self._go_to(*cell)

    def _go_to(self, row: int, column: int) -> None:
        self.running = False
        self.place = row * self.windows.shape[1] + column
        self.redraw()

    def redraw(self) -> None:
        """Draw what is set, once all is set that is being set now."""
        super().redraw()
        if steps := self.steps:
            self.set_reactive(Stepper.place, min(self.place, steps - 1))

    async def draw(self) -> None:
        """Draw the arrays, and write what is below them."""
        stage, facts = self.query_one(Stage), self.query_one("#facts", Static)
        try:
            asked, arrays = self._asked, self.arrays()
            facts.update(self.facts(self.size.width) if asked is None else "")
            below = 0 if asked else self.lines_below
            if asked is not None and asked[0].cover is not None:
                arrays = covered(arrays, asked[0].cover, asked[1].place)
            await stage.show(beside_pictures(arrays), (self.size.width, self.size.height - below))
        except WindowError as error:
            facts.update(Content.styled(f"✗ {error}", "$text-error"))
            await stage.show(ShownArrays((), ()), (0, 0))
        self._show_place()

    def _show_place(self) -> None:
        if not self.steps or (self._asked is not None and self._asked[0].cover == "output"):
            self.border_title = None
            return
        title = self.place_words
        if self.running:
            title += " · " + _("{speed} steps per second").format(speed=SPEEDS[self.speed])
        self.border_title = Content(title)

    def _tick(self) -> None:
        if self.place >= self.steps - 1:
            self.running = False
        else:
            self.place += 1
