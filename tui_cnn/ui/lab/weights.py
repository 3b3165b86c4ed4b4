"""What a convolution costs, beside layers that share no weights or look at everything; and small kernels for large."""

from math import log10
from typing import ClassVar

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.binding import BindingType

from tui_cnn.i18n import _
from tui_cnn.lab.code import FORMULA_LIBRARIES, Library
from tui_cnn.lab.settings import WeightsSettings
from tui_cnn.lab.sizes import Slide, compare, dense, stacked
from tui_cnn.lab.weights_code import STACKS, weights_code
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.actions import WEIGHTS
from tui_cnn.ui.lab.bench import Bench, ShareBar
from tui_cnn.ui.toolkit.numbers import short_count

_SMALL = {"channels": 3, "kernel": 3, "stride": 1, "filters": 10, "units": 1000}
_EXAMPLES: tuple[tuple[str, WeightsSettings], ...] = (
    ("AlexNet 1", WeightsSettings()),
    ("64×64×3 → 1,000", WeightsSettings(height=64, width=64, **_SMALL)),
    ("1,000×1,000×3 → 1,000", WeightsSettings(height=1000, width=1000, **_SMALL)),
    ("LeNet-5, 1", WeightsSettings(height=32, width=32, channels=1, kernel=5, stride=1, filters=6)),
    ("fashion-cnn, 1", WeightsSettings(height=28, width=28, channels=1, kernel=3, stride=1, filters=32)),
)
"""Worked examples by name."""

_HIGH, _WIDE = 36, 80
"""Lines from which on the rows have a blank line between them, and cells from which on numbers have bars."""


class WeightsCalculator(Bench[WeightsSettings]):
    """Parameters of layers that do the same work, for the settings in the form beside them."""

    BINDINGS: ClassVar[list[BindingType]] = [*WEIGHTS.bindings()]
    EXAMPLES = _EXAMPLES
    LIBRARIES = FORMULA_LIBRARIES

    def apply(self, settings: WeightsSettings) -> None:
        """Count for other settings."""
        super().apply(settings)
        self.border_title = _("Parameters · example: {name}").format(name=self.example_name)

    def program(self, library: Library) -> str:
        """Write the count as a program."""
        return weights_code(self.settings, library)

    def render(self) -> Group:
        """Draw the tables."""
        width, height = self.content_size
        style = self.get_component_rich_style("bench--bar", partial=True) if width >= _WIDE else None
        return weights_tables(self.settings, bars=style, roomy=height >= _HIGH)


def weights_tables(settings: WeightsSettings, *, bars: Style | None = None, roomy: bool = False) -> Group:
    """Draw the tables under their headings, with bars in a style; where the window has no place, say so."""
    try:
        kinds = _kinds_tables(settings, bars, roomy)
    except WindowError as error:
        kinds = [Text(f"✗ {error}")]
    stacks = _table(("", _("sees"), _("weights"), _("MACs/cell"), _("ReLUs")), "lrrrr", roomy)
    compared = [(f, layers, stacked(f, layers, settings.filters)) for f, layers in STACKS]
    most = max(cost.parameters for _f, _layers, cost in compared)
    for f, layers, cost in compared:
        name = _("{layers} of {f}×{f}").format(layers=layers, f=f)
        numbers = (f"{cost.parameters:,}", f"{cost.macs:,}", str(cost.nonlinearities))
        stacks.add_row(name, f"{cost.field}×{cost.field}", *numbers, *_bar(cost.parameters / most, bars))
    heading = _("Small kernels instead of one large kernel, {c} channels in and out").format(c=settings.filters)
    between = [Text()] * (2 if roomy else 1)
    return Group(Text(_("Same image, three types of layer"), "bold"), *kinds, *between, Text(heading, "bold"), stacks)


def _kinds_tables(settings: WeightsSettings, bars: Style | None, roomy: bool) -> list[Table | Text]:
    """Count the parameters of convolution, unshared and dense, and how much of the picture one output looks at.

    Raises:
        WindowError: the window has no place.
    """
    shape = (settings.height, settings.width, settings.channels)
    slide = Slide(settings.kernel, settings.zeros, settings.stride)
    convolution, unshared, full = compare(shape, slide, settings.filters)
    rows, columns = slide.size(settings.height), slide.size(settings.width)
    values, taps = settings.height * settings.width * settings.channels, settings.kernel**2 * settings.channels
    units = places = rows * columns * settings.filters
    if settings.units is not None:
        units, full = settings.units, dense(values, settings.units, "·".join(map(str, shape)))
    image, most = f"{rows}×{columns}×{settings.filters}", max(unshared.parameters, full.parameters)
    table = _table(("", _("output"), _("sees"), _("weights"), _("MACs")), "llrrr", roomy)
    formulas = _table(("", _("parameters"), "", "", _("log scale") if bars else ""), "llrl", roomy)
    formulas.columns[1].no_wrap = False  # where it is narrow, formulas take two lines, and no number is cut
    for name, output, sees, biases, cost in (
        (_("convolution"), image, taps, settings.filters, convolution),
        (_("unshared"), image, taps, places, unshared),
        (_("dense"), f"{units:,}", values, units, full),
    ):
        times = cost.parameters / convolution.parameters
        ratio = "" if times == 1 else f"×{short_count(round(times))}" if times >= 10 else f"×{times:.2g}"
        table.add_row(name, output, f"{sees:,}", f"{cost.parameters - biases:,}", short_count(cost.macs))
        formula, count = Text(f"{cost.formula} =", "dim"), Text(f"{cost.parameters:,}", "bold")
        formulas.add_row(name, formula, count, ratio, *_bar(log10(cost.parameters) / log10(most), bars))
    return [table, *[Text()] * (2 if roomy else 1), formulas]


def _bar(share: float, style: Style | None) -> list[ShareBar]:
    return [] if style is None else [ShareBar(share, style)]


def _table(titles: tuple[str, ...], sides: str, roomy: bool) -> Table:
    """Begin a table, its columns at the left or right; one that is roomy has blank lines and wider gaps."""
    table = Table.grid(padding=(0, 4, 1, 0) if roomy else (0, 2, 0, 0), collapse_padding=False)
    for side in sides:
        table.add_column(justify="left" if side == "l" else "right", no_wrap=True)
    table.add_row(*(Text(title, "dim") for title in titles))
    return table
