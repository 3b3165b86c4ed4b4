"""The convolution stepper: pictures, kernels, sums; numbers can be typed into image and kernel."""

from rich.console import RenderableType
from rich.text import Text
from textual import events
from textual.message import Message

from tui_cnn.i18n import _
from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.scene import LabArrays, convolution, image_name, type_pixel, type_weight
from tui_cnn.lab.settings import ConvolutionSettings
from tui_cnn.ui.lab.convolution_drawing import CellCursor, Names, pictures
from tui_cnn.ui.lab.grid import Tones, number
from tui_cnn.ui.lab.stepper import Stepper
from tui_cnn.ui.lab.sums import kernel_note, sums

_LOW = 22
"""In so few lines the words are kept short."""

_UNNAMED = ("own", "random", "trained")
"""Kernels of which it is said which classical one they are most like."""

_ARROWS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


class ConvolutionStepper(Stepper):
    """A convolution, a place at a time."""

    class Changed(Message):
        """A number was typed, so that the settings are others now."""

        def __init__(self, settings: ConvolutionSettings) -> None:
            super().__init__()
            self.settings = settings

    def __init__(self, settings: ConvolutionSettings, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.settings = settings
        self.typed = LabArrays()
        self.filter = 0
        self.cursor: CellCursor | None = None
        self._convolution = convolution(settings, self.typed)

    def set(self, settings: ConvolutionSettings, typed: LabArrays) -> None:
        """Set up another convolution; the place stays, where there is one."""
        self.settings, self.typed = settings, typed
        self.filter = min(self.filter, settings.filters - 1)
        self._convolution = convolution(settings, typed)
        self.redraw()

    @property
    def convolution(self) -> Convolution:
        """What is shown."""
        return self._convolution

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the output."""
        return self._convolution.windows.shape

    def pictures(self, colours: Tones) -> RenderableType:
        """Draw image, kernel and output."""
        settings = self.settings
        names = Names(image_name(settings), settings.kernel)
        return pictures(self._convolution, self.place, self.filter, colours, self.room, names, self.cursor)

    def told(self, width: int) -> RenderableType:
        """Write the products out."""
        table = sums(self._convolution, self.place, self.filter, width, roomy=self.size.height > _LOW)
        taken = {"map": self.typed.map, "file": self.typed.file}
        if self.settings.image in taken:
            picture = taken[self.settings.image]
            lacks = _lacks_map() if self.settings.image == "map" else _("no image yet: press o to open a file")
            table.add_row(_("image"), picture.name if picture else Text(lacks, "bold"))
        if note := self._about_kernel():
            table.add_row(_("kernel"), note)
        if self.cursor is not None:
            table.add_row(_("typing"), Text(self._about_cursor(self.cursor), "bold"))
        return table

    def _about_kernel(self) -> Text | str:
        """Say where a kernel that has no name of its own comes from, and what it is most like."""
        if self.settings.kernel not in _UNNAMED:
            return ""
        note = kernel_note(self._convolution, self.filter)
        if self.settings.kernel != "trained":
            return note
        if self.typed.trained is None:
            return Text(_("no trained filter yet: open Inspect (3), Kernels (k), select a filter, and press t"), "bold")
        return ", ".join(filter(None, (self.typed.trained.name, note)))

    def _about_cursor(self, cursor: CellCursor) -> str:
        """Say what the keys do; in a picture that is drawn without its numbers, also where the cursor is."""
        if cursor.of == "place":
            return _("Go to row, column: {typed}_   Enter to go").format(typed=cursor.typed)
        help_text = _("Arrows move, digits − . Del edit, Esc when done")
        if cursor.of == "kernel":
            return help_text
        row, column, _channel = cursor.place
        place = _("row {row}, column {column}: {value}").format(
            row=row + 1, column=column + 1, value=number(float(self._convolution.image[cursor.place]))
        )
        return f"{place}   {help_text}"

    def next_filter(self) -> None:
        """Look at the next filter's kernel and sums."""
        self.filter = (self.filter + 1) % self.settings.filters
        self.redraw()

    def type_into(self, of: str) -> None:
        """Begin to type into the image, the kernel, or the number of a place."""
        self.cursor = CellCursor(of, (0, 0, 0))
        self.running = False
        self.redraw()

    def on_key(self, event: events.Key) -> None:
        """Take the keys while numbers are typed."""
        if self.cursor is None or event.key.startswith("ctrl+"):
            return
        event.stop()
        event.prevent_default()
        cursor, character = self.cursor, event.character or ""
        if event.key in ("escape", "enter", "tab", "shift+tab"):
            self._leave(go=event.key == "enter")
        elif event.key in _ARROWS and cursor.of != "place":
            self.cursor = cursor._replace(place=self._moved(*_ARROWS[event.key]), typed="")
        elif event.key == "backspace":
            self._put(cursor.typed[:-1])
        elif event.key == "delete":
            self._put("0")
            self.cursor = self.cursor._replace(typed="")
        elif character and character in ("0123456789," if cursor.of == "place" else "0123456789.-−"):
            self._put((cursor.typed + character.replace("−", "-"))[:7])
        self.redraw()

    def on_blur(self) -> None:
        """Leave the numbers when something else is looked at."""
        if self.cursor is not None:
            self._leave(go=False)
            self.redraw()

    def _leave(self, *, go: bool) -> None:
        cursor, self.cursor = self.cursor, None
        if go and cursor is not None and cursor.of == "place" and self.steps:
            row, _comma, column = cursor.typed.partition(",")
            if row:
                rows, columns = self.shape
                across = max(1, min(int(column or 1), columns))
                self.place = (max(1, min(int(row), rows)) - 1) * columns + across - 1

    def _moved(self, down: int, across: int) -> tuple[int, int, int]:
        """Move the cursor; over the edge is the next channel."""
        if self.cursor is None:
            return (0, 0, 0)
        array = self._convolution.image if self.cursor.of == "image" else self._convolution.kernels
        rows, columns, channels = array.shape[:3]
        row, column, channel = self.cursor.place
        flat = max(0, min(channel * columns + column + across, channels * columns - 1))
        return max(0, min(row + down, rows - 1)), flat % columns, flat // columns

    def _put(self, text: str) -> None:
        """Put what has been typed so far into the cell, as soon as it is a number."""
        if self.cursor is None:
            return
        self.cursor = self.cursor._replace(typed=text)
        try:
            value = float(text or "0")
        except ValueError:  # a minus, or a dot, that a digit will follow
            return
        row, column, channel = self.cursor.place
        match self.cursor.of:
            case "image":
                changed = type_pixel(self.settings, self.typed, (row, column, channel), value)
            case "kernel":
                changed = type_weight(self.settings, self.typed, (row, column, channel, self.filter), value)
            case _:
                return
        self.set(*changed)
        self.post_message(self.Changed(self.settings))


def _lacks_map() -> str:
    return _("no map yet: open a run in Inspect (3), select a map, and press t")
