"""The convolution stepper: image, kernel, output and sums; numbers can be typed into image and kernel."""

from dataclasses import replace
from typing import NamedTuple

import msgspec
import numpy as np
from rich.console import RenderableType
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.insight.colours import scale_of
from tui_cnn.lab.code import Library, convolution_code
from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.scene import convolution, image_name, kernel_name, type_pixel, type_weight
from tui_cnn.lab.settings import ConvolutionSettings
from tui_cnn.lab.windows import Windows
from tui_cnn.ui.lab.actions import STEPPER, TYPING
from tui_cnn.ui.lab.kernel_stepper import KernelStepper
from tui_cnn.ui.lab.stage import WIDEST_NUMBERS, Part, ShownArray, ShownArrays, image_scale
from tui_cnn.ui.lab.sums import channel_names, drawn_channels, kernel_note, sums
from tui_cnn.ui.lab.typing_stepper import CellCursor
from tui_cnn.ui.messages import LabTransfer
from tui_cnn.ui.toolkit.pictures.drawing import Cell

_UNNAMED = ("own", "random", "trained")
"""Kernels of which it is said which classical one they are most like."""
_MOST_MAPS = 2
_WIDEST_WINDOW = 5
"""Columns of the window up to which it is drawn as numbers beside a large image."""


class ConvolutionStepper(KernelStepper[ConvolutionSettings]):
    """A convolution, a place at a time."""

    BINDINGS = [*STEPPER.bindings(), *TYPING.bindings()]  # noqa: RUF012  # as Textual declares it

    filter = 0
    channel: int | None = None
    """The channel to draw where there are too many to draw them all."""

    def compute(self) -> None:
        """Lay the kernels over the image."""
        self.filter = min(self.filter, self.settings.filters - 1)
        self.convolution: Convolution = convolution(self.settings, self.images.arrays(self.settings))

    def convolution_settings(self, settings: ConvolutionSettings) -> ConvolutionSettings:
        """Return the same."""
        return settings

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the next filter where there is one; a place that is typed cannot be set to 0."""
        if {"next_filter": self.settings.filters == 1, "clear_number": self._place_is_typed}.get(action):
            return False
        return super().check_action(action, parameters)

    @property
    def _place_is_typed(self) -> bool:
        return self.cursor is not None and self.cursor.of == "place"

    def show_transfer(self, transfer: LabTransfer) -> None:
        """Show a map or a filter of a trained network, with the window at the first place."""
        typed = self.images.typed
        self.images.typed = typed._replace(map=transfer.map or typed.map, trained=transfer.trained or typed.trained)
        self.channel = transfer.channel
        self.set_settings(msgspec.structs.replace(self.settings, **transfer.settings))
        self.place, self.running = 0, False

    @property
    def windows(self) -> Windows:
        """The places of the window.

        Raises:
            WindowError: it has none, or the size that was typed is not that of the chosen kernel.
        """
        self.check_size(self.convolution.kernels.shape[:2])
        return self.convolution.windows

    def arrays(self) -> ShownArrays:
        """Return image, kernel and output."""
        names = image_name(self.settings), kernel_name(self.settings)
        return convolution_arrays(self.convolution, self.place, self.filter, names, self.cursor, self.channel)

    def program(self, library: Library) -> str:
        """Write the convolution as a program."""
        _checked = self.windows
        return convolution_code(self.convolution, library)

    def facts(self, width: int) -> RenderableType:
        """Write the products out."""
        _checked = self.windows
        table = sums(self.convolution, self.place, self.filter, width, roomy=self.roomy, chosen=self.channel)
        sources = {"map": self.images.typed.map, "file": self.images.typed.file}
        if self.settings.image in sources:
            image = sources[self.settings.image]
            no_map = _("no map yet: open a run in Inspect (3), select a map, and press t")
            no_file = _("no image yet: press o to open a file")
            missing = no_map if self.settings.image == "map" else no_file
            table.add_row(_("image"), image.name if image else Text(missing, "bold"))
        if note := self._kernel_note():
            table.add_row(_("kernel"), note)
        if self.cursor is not None:
            table.add_row(_("typing"), Text(self._cursor_help(self.cursor), "bold"))
        return table

    def _kernel_note(self) -> Text | str:
        """Say where a kernel that has no name of its own comes from, and what it is most like."""
        if self.settings.kernel not in _UNNAMED:
            return ""
        note = kernel_note(self.convolution, self.filter)
        if self.settings.kernel != "trained":
            return note
        trained = self.images.typed.trained
        if trained is None:
            return Text(_("no trained filter yet: open Inspect (3), Kernels (k), select a filter, and press t"), "bold")
        return ", ".join(filter(None, (trained.name, note)))

    def _cursor_help(self, cursor: CellCursor) -> str:
        """Say what the keys do; in an image that is drawn without its numbers, also where the cursor is."""
        if cursor.of == "place":
            return _("Go to row, column: {typed}_   Enter to go").format(typed=cursor.typed)
        return cursor.help(float(self.convolution.image[cursor.place]) if cursor.of == "image" else None)

    def action_next_filter(self) -> None:
        """Show the next filter's kernel and sums."""
        self.filter = (self.filter + 1) % self.settings.filters
        self.redraw()

    def action_edit(self, of: str) -> None:
        """Begin to type into the image, the kernel, or the number of a place."""
        self.edit(CellCursor(of, (0, 0, self._drawn[0])))

    def click_cell(self, part: Part, cell: Cell) -> None:
        """Edit a number of the kernel, or of the image while that is edited."""
        if part.role == "kernel":
            self.edit(CellCursor("kernel", (*cell, part.channel)))
        elif part.role == "image" and self.cursor is not None and self.cursor.of == "image":
            down, across = self.windows
            row, column = cell[0] - down.before, cell[1] - across.before
            if 0 <= row < down.n and 0 <= column < across.n:
                self.edit(CellCursor("image", (row, column, part.channel)))
        else:
            super().click_cell(part, cell)

    @property
    def _drawn(self) -> list[int]:
        return drawn_channels(self.convolution, self.filter, self.channel)

    def edit(self, cursor: CellCursor) -> None:
        """Begin to type; the channel that is drawn stays, though typing changes which weights are the largest."""
        self.channel = cursor.place[2]
        super().edit(cursor)

    @property
    def typeable(self) -> str:
        """The characters of numbers, or of a place."""
        return "0123456789," if self._place_is_typed else super().typeable

    def action_finish_typing(self) -> None:
        """Finish typing, and go to the place that was typed."""
        cursor = self.cursor
        self.action_leave_typing()
        if cursor is not None and cursor.of == "place" and self.steps:
            row, _comma, column = cursor.typed.partition(",")
            if row:
                rows, columns = self.windows.shape
                across = max(1, min(int(column or 1), columns))
                self.place = (max(1, min(int(row), rows)) - 1) * columns + across - 1

    def moved_cursor(self, cursor: CellCursor, down: int, across: int) -> CellCursor:
        """Move the cursor; over the edge is the next channel."""
        if cursor.of == "place":
            return cursor
        array = self.convolution.image if cursor.of == "image" else self.convolution.kernels
        return cursor.moved(array.shape, self._drawn, down, across)

    def put_number(self, cursor: CellCursor, value: float) -> None:
        """Put a number into the image or the kernel; that of a place waits until it is whole."""
        arrays = self.images.arrays(self.settings)
        match cursor.of:
            case "image":
                settings, self.images.typed = type_pixel(self.settings, arrays, cursor.place, value)
            case "kernel":
                place = (*cursor.place, self.filter)
                settings, self.images.typed = type_weight(self.settings, arrays, place, value)
            case _:
                return
        self.set_settings(settings)


def convolution_arrays(
    convolution: Convolution,
    place: int,
    filter_: int,
    names: tuple[str, str] = ("", ""),
    cursor: CellCursor | None = None,
    chosen: int | None = None,
) -> ShownArrays:
    """Return the arrays of a convolution, its window at a place; with several channels each has its kernel below it.

    `names` are those of the image and of the kernel; of many channels the `chosen` one is drawn, see `drawn_channels`.

    Raises:
        WindowError: the window has no place.
    """
    made = _Views(convolution, place, filter_, names, cursor)
    depth = convolution.image.shape[2]
    drawn = drawn_channels(convolution, filter_, chosen)
    kernels = [made.kernel(channel) for channel in drawn]
    large = convolution.windows.border.shape[1] > WIDEST_NUMBERS
    windows = [made.window(channel) for channel in drawn] if large else []
    maps = made.maps(1 if large else _MOST_MAPS)
    if large and depth == 3 and convolution.image.min() >= 0:
        return ShownArrays([[made.image_in_colours()], windows, kernels], [maps])
    images = [made.image(channel) for channel in drawn]
    if len(drawn) > 1:
        columns = zip(images, windows, kernels, strict=True) if large else zip(images, kernels, strict=True)
        return ShownArrays(list(columns), [maps])
    return ShownArrays([images, [*windows, *kernels]], [[each] for each in maps])


class _Views(NamedTuple):
    convolution: Convolution
    place: int
    filter: int
    names: tuple[str, str]
    cursor: CellCursor | None

    def image(self, channel: int) -> ShownArray:
        """Return a channel of the image, with its zeros."""
        convolution = self.convolution
        laid, depth = convolution.windows, convolution.image.shape[2]
        offset = laid.down.before, laid.across.before
        cursor, typed = self._edited("image", channel, offset)
        return ShownArray(
            Part("image", channel),
            laid.padded(convolution.image)[..., channel],
            _("Image") if depth == 1 else channel_names(depth)[channel],
            self._image_size(),
            image_scale(convolution.image),
            self.names[0] if depth == 1 else "",
            pale=laid.border if laid.border.any() else None,
            window=laid.mask(*convolution.place(self.place)),
            cursor=cursor,
            typed=typed,
            offset=offset,
        )

    def image_in_colours(self) -> ShownArray:
        """Return the three channels as one image."""
        padded = self.convolution.windows.padded(self.convolution.image)
        pixels = np.round(255 * padded / (padded.max() or 1)).astype(np.uint8)
        return replace(
            self.image(self.cursor.place[2] if self.cursor else 0),
            values=padded.mean(axis=2),
            title=_("Image"),
            size=f"{self._image_size()}×3",
            name=self.names[0],
            rgb=pixels,
        )

    def window(self, channel: int) -> ShownArray:
        """Return what is under the window."""
        image, depth = self.convolution.image, self.convolution.image.shape[2]
        patch = self.convolution.step(self.place, self.filter).patch[..., channel]
        title = channel_names(depth)[channel] if depth == 3 else _("Window")
        return ShownArray(Part("window", channel), patch, title, "", image_scale(image), widest_numbers=_WIDEST_WINDOW)

    def kernel(self, channel: int) -> ShownArray:
        """Return a channel of the kernel; while it is edited, as it was before it was flipped."""
        kernels = self.convolution.kernels
        height, width, depth, count = kernels.shape
        flipped = self.convolution.true and not (self.cursor and self.cursor.of == "kernel")
        cursor, typed = self._edited("kernel", channel, (0, 0))
        title, size, name = _("Kernel"), f"{height}×{width}", ""
        if count > 1 and depth == 1:
            title = _("Kernel {n} of {count}").format(n=self.filter + 1, count=count)
        elif count > 1:
            size = _("{n} of {count}").format(n=self.filter + 1, count=count)
        elif depth == 1:
            name = self.names[1]
        return ShownArray(
            Part("kernel", channel),
            (self.convolution.turned if flipped else kernels)[..., channel, self.filter],
            title,
            _("{size}, flipped").format(size=size) if flipped else size,
            scale_of(kernels, signed=True),
            name,
            cursor=cursor,
            typed=typed,
        )

    def maps(self, most: int) -> list[ShownArray]:
        """Return the map of the shown filter and the next; the title says how many there are."""
        output = self.convolution.output()
        rows, columns, count = output.shape
        places = np.arange(rows * columns).reshape(rows, columns)
        first = min(self.filter, max(0, count - most))
        size = f"{rows}×{columns}" if count == 1 else _("of {size}").format(size=f"{rows}×{columns}×{count}")
        return [
            ShownArray(
                Part("output", number),
                output[..., number],
                _("Output") if count == 1 else _("Map {n}").format(n=number + 1),
                size,
                scale_of(output, signed=not self.convolution.relu),
                known=places <= self.place,
                window=places == self.place if number == self.filter else None,
            )
            for number in range(first, min(count, first + most))
        ]

    def _image_size(self) -> str:
        height, width, _depth = self.convolution.image.shape
        rows, columns = self.convolution.windows.border.shape
        size = f"{height}×{width}"
        if (rows, columns) == (height, width):
            return size
        return size + _(", padded {rows}×{columns}").format(rows=rows, columns=columns)

    def _edited(self, of: str, channel: int, offset: tuple[int, int]) -> tuple[tuple[int, int] | None, str]:
        """Return which cell of an array is edited, and what has been typed."""
        return (None, "") if self.cursor is None else self.cursor.within(of, channel, offset)
