"""The pooling stepper: what a window keeps, and what a small move of the picture does to it."""

from rich.console import RenderableType

from tui_cnn.lab.scene import LabArrays, image_name
from tui_cnn.lab.settings import PoolingSettings
from tui_cnn.lab.shifting import ShiftedPooling, moved
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.grid import Tones
from tui_cnn.ui.lab.pooling_drawing import pictures, told
from tui_cnn.ui.lab.stepper import Stepper


class PoolingStepper(Stepper):
    """Pooling, a place at a time, beside strides alone."""

    def __init__(self, settings: PoolingSettings, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set(settings, LabArrays())

    def set(self, settings: PoolingSettings, typed: LabArrays) -> None:
        """Set up another pooling; the place stays, where there is one."""
        self.settings, self.typed = settings, typed
        self._moved: ShiftedPooling | None = None
        self._error = WindowError()
        try:
            self._moved = moved(settings, typed)
        except WindowError as error:
            self._error = error
        self.redraw()

    @property
    def moved(self) -> ShiftedPooling:
        """What is shown.

        Raises:
            WindowError: the window has no place.
        """
        if self._moved is None:
            raise self._error
        return self._moved

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the output."""
        return self.moved.pooling.windows.shape

    def pictures(self, colours: Tones) -> RenderableType:
        """Draw the picture and what is left of it."""
        return pictures(self.moved, self.place, colours, self.room, image_name(self.settings))

    def told(self, width: int) -> RenderableType:
        """Write what is kept and what a move has changed."""
        return told(self.moved, self.place)
