"""The page of the transposed convolution: each value times the kernel is added to the output, one at a time."""

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.insight.colours import scale_of
from tui_cnn.lab.code import Library
from tui_cnn.lab.numbers import bracketed, product
from tui_cnn.lab.scene import image_name
from tui_cnn.lab.settings import TransposedSettings
from tui_cnn.lab.transposed import TransposedConvolution, transposed
from tui_cnn.lab.transposed_code import transposed_code
from tui_cnn.lab.windows import Windows
from tui_cnn.ui.lab.actions import STEPPER
from tui_cnn.ui.lab.stage import WIDEST_NUMBERS, Part, ShownArray, ShownArrays, image_scale
from tui_cnn.ui.lab.stepper import Stepper
from tui_cnn.ui.lab.sums import facts_table, products
from tui_cnn.ui.toolkit.pictures.drawing import Cell

_FEW_COLUMNS, _WIDE = 8, 110
"""Columns of the output up to which its overlap stands beside it, unless there are so many cells."""
_LABEL = 11
"""Cells of the names at the left of the facts, with their gap."""


class TransposedStepper(Stepper[TransposedSettings]):
    """A transposed convolution; the place is that of the value in the image."""

    BINDINGS = [*STEPPER.bindings()]  # noqa: RUF012  # as Textual declares it
    cell: Cell | None = None
    """The number of the output that is written out, with what is cut off; None: the one of most products."""

    def compute(self) -> None:
        """Set the transposed convolution up."""
        self.transposed: TransposedConvolution = transposed(self.settings, self.images.arrays(self.settings))
        self.cell = None

    @property
    def windows(self) -> Windows:
        """The places of the kernel on the output."""
        return self.transposed.windows

    @property
    def place_words(self) -> str:
        """Say which value of the image it is."""
        row, column = divmod(self.place, self.windows.shape[1])
        return _("step {step} of {steps}: row {row}, column {column} of the image").format(
            step=self.place + 1, steps=self.steps, row=row + 1, column=column + 1
        )

    @property
    def _chosen(self) -> Cell:
        """The number of the output that is written out, always one under the kernel."""
        made, laid = self.transposed, self.windows
        under = laid.mask(*divmod(self.place, laid.shape[1])) & ~laid.border
        if self.cell is not None and under[self.cell]:
            return self.cell
        counts = np.where(under, made.spread(self.place + 1).counts, -1)
        row, column = divmod(int(counts.argmax()), counts.shape[1])
        return row, column

    def arrays(self) -> ShownArrays:
        """Return image, kernel, their product, the output so far, and how many products each of its numbers has."""
        columns = self.windows.border.shape[1]
        has_overlap = columns <= (_FEW_COLUMNS if self.size.width < _WIDE else WIDEST_NUMBERS)
        names = image_name(self.settings)
        return transposed_arrays(self.transposed, self.place, self._chosen, names, has_overlap=has_overlap)

    def facts(self, width: int) -> RenderableType:
        """Write out what is added, a number of the output, and the size."""
        return transposed_facts(self.transposed, self.place, self._chosen, width)

    def program(self, library: Library) -> str:
        """Write it as a program."""
        return transposed_code(self.transposed, library)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no image file: it may have colours, and each value of one channel is a step here."""
        return action != "open_image" and super().check_action(action, parameters)

    def action_next_cell(self) -> None:
        """Write out the next number of the output under the kernel."""
        if self.steps:
            laid = self.windows
            under = np.argwhere(laid.mask(*divmod(self.place, laid.shape[1])) & ~laid.border).tolist()
            row, column = under[(under.index(list(self._chosen)) + 1) % len(under)]
            self.cell = row, column
            self.redraw()

    def click_cell(self, part: Part, cell: Cell) -> None:
        """Go to a value of the image, or write out a number of the output, at the last step that adds to it."""
        if part.role == "image":
            self._go_to(*cell)
        elif part.role in ("output", "overlap"):
            laid = self.windows
            if not laid.border[cell]:
                steps = [step for step in range(self.steps) if laid.mask(*divmod(step, laid.shape[1]))[cell]]
                if steps and self.place not in steps:
                    self._go_to(*divmod(steps[-1], laid.shape[1]))
                self.cell = cell
                self.redraw()


def transposed_arrays(
    made: TransposedConvolution, place: int, cell: Cell, name: str = "", *, has_overlap: bool = True
) -> ShownArrays:
    """Return the arrays of a step; in the output a frame is around the kernel, and the numbers that overlap stand out.

    With `has_overlap`, how many products each number has so far stands beside the output.

    Raises:
        WindowError: nothing is left of the output.
    """
    laid, spread = made.windows, made.spread(place + 1)
    rows, columns = made.image.shape
    places = np.arange(rows * columns).reshape(rows, columns)
    height, width = made.kernel.shape
    value, size = made.value(place), f"{height}×{width}"
    whole = made.spread(made.steps)
    scale, is_picture = image_scale(whole.sums), laid.border.shape[1] > WIDEST_NUMBERS
    image = ShownArray(
        Part("image"), made.image, _("Image"), f"{rows}×{columns}", image_scale(made.image), name,
        window=places == place,
    )  # fmt: skip
    kernel = ShownArray(Part("kernel"), made.kernel, _("Kernel"), size, scale_of(made.kernel, signed=True))
    title = _("{value} × kernel").format(value=bracketed(value))
    added = ShownArray(Part("product"), value * made.kernel, title, "", scale)
    output = ShownArray(
        Part("output"), spread.sums, _("Output"), _size(made, laid), scale,
        known=spread.counts > 0,
        pale=laid.border if laid.border.any() else None,
        strong=None if is_picture else (spread.counts > 1) & ~laid.border,
        window=laid.mask(*divmod(place, columns)),
        offset=(laid.down.before, laid.across.before),
    )  # fmt: skip
    chosen = np.zeros(spread.counts.shape, bool)
    chosen[cell] = True
    overlap = ShownArray(
        Part("overlap"), spread.counts.astype(float), _("Overlap"), "", image_scale(whole.counts.astype(float)),
        pale=laid.border if laid.border.any() else None, known=spread.counts > 0,
        window=chosen,
        offset=(laid.down.before, laid.across.before),
    )  # fmt: skip
    return ShownArrays([[image, kernel], [added]], [[output], [overlap]] if has_overlap else [[output]])


def _size(made: TransposedConvolution, laid: Windows) -> str:
    size = "{}×{}".format(*made.shape)
    return (
        size + _(", cut from {rows}×{columns}").format(rows=laid.border.shape[0], columns=laid.border.shape[1])
        if laid.border.any()
        else size
    )


def transposed_facts(made: TransposedConvolution, place: int, cell: Cell, width: int) -> Table:
    """Write out a number of the output so far, how many products they have, and the size."""
    laid, table = made.windows, facts_table()
    row, column = cell
    terms = [product(*pair) for pair in made.terms(row, column, place + 1)]
    total = float(made.spread(place + 1).sums[cell])
    table.add_row(_("sum"), products(terms, total, max(20, width - _LABEL)))
    words = _("row {row}, column {column} of the output, so far (n: the next)")
    table.add_row("", Text(words.format(row=row + 1 - laid.down.before, column=column + 1 - laid.across.before), "dim"))
    table.add_row(_("overlap"), _overlap(made, laid))
    down, across = made.size_formulas()
    table.add_row(_("size"), down if down == across else f"{down}   {across}")
    return table


def _overlap(made: TransposedConvolution, laid: Windows) -> str:
    """Say how many products the numbers of the whole output have, and whether away from the border all have as many."""
    counts = made.spread(made.steps).counts[~laid.border]
    words = _("sums of {least} to {most} products").format(least=int(counts.min()), most=int(counts.max()))
    if any(f % s for f, s in zip(made.kernel.shape, made.strides, strict=True)):
        return words + "; " + _("uneven, a checkerboard: the kernel is not a multiple of the stride")
    return words + "; " + _("even inside: the kernel is a multiple of the stride")
