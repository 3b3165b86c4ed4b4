"""The learning page: a kernel is learned from an image and a target, one step of gradient descent at a time."""

import msgspec
from rich.console import RenderableType
from rich.text import Text
from textual.content import Content

from tui_cnn.i18n import _
from tui_cnn.lab.code import Library
from tui_cnn.lab.learning import (
    MOST_STEPS,
    Descent,
    KernelLearning,
    as_convolution,
    descent,
    learning,
    type_hidden,
)
from tui_cnn.lab.learning_code import learning_code
from tui_cnn.lab.scene import image_name, kernel_name
from tui_cnn.lab.settings import INITIALIZERS, ConvolutionSettings, LearningSettings
from tui_cnn.lab.windows import WindowError, Windows
from tui_cnn.ui.lab.actions import LEARNING, TYPING
from tui_cnn.ui.lab.kernel_stepper import KernelStepper
from tui_cnn.ui.lab.learning_view import (
    HIGH,
    LearningState,
    Weight,
    figures,
    learning_arrays,
    learning_facts,
)
from tui_cnn.ui.lab.stage import Part, ShownArrays
from tui_cnn.ui.lab.stepper import SPEEDS, Stepper
from tui_cnn.ui.lab.typing_stepper import CellCursor
from tui_cnn.ui.toolkit.pictures.drawing import Cell

_ROW = 10
"""Steps that an arrow down takes."""
_MANY_FACTS, _FACTS, _FEW_FACTS = 14, 10, 7
"""Lines of what is written below the arrays where there is much room, some, and little."""
_RATES = (1e-9, 1000.0)


class LearningStepper(KernelStepper[LearningSettings]):
    """A kernel that is learned; the place is the number of steps that have been taken."""

    BINDINGS = [*LEARNING.bindings(), *TYPING.bindings()]  # noqa: RUF012  # as Textual declares it
    weight: Weight = (0, 0)

    def apply(self, settings: LearningSettings) -> None:
        """Show other settings, from the first kernel."""
        if settings != getattr(self, "settings", settings):
            self.running = False
            self.set_reactive(Stepper.place, 0)
        super().apply(settings)

    def convolution_settings(self, settings: LearningSettings) -> ConvolutionSettings:
        """Return the convolution that makes the target."""
        return as_convolution(settings)

    def compute(self) -> None:
        """Begin with the first kernels."""
        made = learning(self.settings, self.images.arrays(self.settings))
        self.learning: KernelLearning = made
        rows, columns = made.hidden.shape
        self.weight = min(self.weight[0], rows - 1), min(self.weight[1], columns - 1)
        self._which = INITIALIZERS.index(self.settings.initializer)
        try:
            self._descent: Descent | WindowError = descent(made, self.settings)
        except WindowError as error:
            self._descent = error

    @property
    def descent(self) -> Descent:
        """The steps.

        Raises:
            WindowError: the window has no place.
        """
        if isinstance(self._descent, WindowError):
            raise self._descent
        return self._descent

    @property
    def windows(self) -> Windows:
        """The places of the window.

        Raises:
            WindowError: it has none, or the size that was typed is not that of the chosen kernel.
        """
        self.check_size(self.learning.hidden.shape)
        return self.learning.windows

    @property
    def lines_below(self) -> int:
        """Lines to leave for what is written below the arrays."""
        return _MANY_FACTS if self.size.height >= HIGH else _FACTS if self.roomy else _FEW_FACTS

    @property
    def steps(self) -> int:
        """How many kernels there are, with the first; none where the window does not fit."""
        try:
            _checked = self.windows
        except WindowError:
            return 0
        return MOST_STEPS + 1

    @property
    def state(self) -> LearningState:
        """What is shown.

        Raises:
            WindowError: the window has no place.
        """
        _checked = self.windows
        return LearningState(self.learning, self.descent, self.place, self._which, self.weight)

    def validate_place(self, place: int) -> int:
        """Stay among the steps, up to that at which the loss has grown too large."""
        within = super().validate_place(place)
        return self.descent.last(within, self._which) if self.steps else within

    def arrays(self) -> ShownArrays:
        """Return image, target, output, error, kernel and gradient."""
        names = image_name(self.settings), kernel_name(as_convolution(self.settings))
        return learning_arrays(self.state, names, self.cursor, width=self.size.width, roomy=self.roomy)

    def facts(self, width: int) -> RenderableType:
        """Write the loss, a gradient and the next weight out."""
        table = learning_facts(self.state, (width, self.size.height), roomy=self.roomy)
        if self.settings.image == "file":
            image = self.images.typed.file
            table.add_row(_("image"), image.name if image else Text(_("no image yet: press o to open a file"), "bold"))
        if self.cursor is not None:
            table.add_row(_("typing"), Text(self.cursor.help(), "bold"))
        return table

    def program(self, library: Library) -> str:
        """Write the step as a program."""
        return learning_code(self.learning, self.state.step.kernel, library)

    def action_step(self, down: int, across: int) -> None:
        """Take steps, or go back."""
        self.running = False
        self.place += across + _ROW * down

    def action_end(self, end: str) -> None:
        """Go back to the first kernel, or on until it is found or has diverged; from there to the last step."""
        self.running = False
        if self.steps:
            last = self.descent.first_end(self._which)
            self.place = 0 if end == "first" else last if self.place < last else self.steps

    def action_run_steps(self) -> None:
        """Learn, from the beginning if the end is reached, or stop."""
        if self.steps and not self.running and self._is_over:
            self.place = 0
        self.running = not self.running and self.steps > 0

    def action_double_rate(self, times: int) -> None:
        """Learn at a rate that is doubled so many times, or halved, from the beginning."""
        least, most = _RATES
        rate = float(f"{max(least, min(self.settings.rate * 2.0**times, most)):.6g}")
        self.set_settings(msgspec.structs.replace(self.settings, rate=rate))

    def action_next_initializer(self) -> None:
        """Begin with the next initializer; the number of steps stays."""
        place = self.place
        name = INITIALIZERS[(self._which + 1) % len(INITIALIZERS)]
        self.set_settings(msgspec.structs.replace(self.settings, initializer=name))
        self.place = place

    def action_next_weight(self) -> None:
        """Write out the gradient of the next weight."""
        columns = self.learning.hidden.shape[1]
        flat = (self.weight[0] * columns + self.weight[1] + 1) % self.learning.hidden.size
        self.weight = flat // columns, flat % columns
        self.redraw()

    def click_cell(self, part: Part, cell: Cell) -> None:
        """Write out the gradient of a weight, or edit a number of the hidden kernel."""
        if part.role in ("kernel", "gradient", "next"):
            self.weight = cell
            self.redraw()
        elif part.role == "hidden":
            self.edit(CellCursor("hidden", (*cell, 0)))

    def action_edit(self, _of: str) -> None:
        """Begin to type into the hidden kernel."""
        if self.steps:
            self.edit(CellCursor("hidden", (*self.weight, 0)))

    def moved_cursor(self, cursor: CellCursor, down: int, across: int) -> CellCursor:
        """Move the cursor within the hidden kernel."""
        places = zip(cursor.place, (down, across), self.learning.hidden.shape, strict=False)
        row, column = (max(0, min(at + by, count - 1)) for at, by, count in places)
        return CellCursor("hidden", (row, column, 0))

    def put_number(self, cursor: CellCursor, value: float) -> None:
        """Put a number into the hidden kernel; learning begins anew."""
        arrays = self.images.arrays(self.settings)
        settings, self.images.typed = type_hidden(self.settings, arrays, cursor.place[:2], value)
        self.set_settings(settings)
        self.place = 0

    @property
    def _is_over(self) -> bool:
        return self.place >= self.steps - 1 or self.descent.is_diverged(self.place, self._which)

    def _tick(self) -> None:
        found = self.descent.is_found(self.place, self._which)
        self.place += 1
        if self._is_over or (not found and self.descent.is_found(self.place, self._which)):
            self.running = False

    def _show_place(self) -> None:
        if not self.steps or self.is_asked:
            self.border_title = None
            return
        title = _("step {step} · learning rate {rate}, largest stable rate {largest}").format(
            step=self.place, rate=f"{self.settings.rate:g}", largest=figures(self.learning.largest_rate)
        )
        if self.running:
            title += " · " + _("{speed} steps per second").format(speed=SPEEDS[self.speed])
        self.border_title = Content(title)
