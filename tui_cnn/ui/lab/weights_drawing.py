"""What a convolution costs, beside layers that share no weights or look at everything; and small kernels for large."""

from typing import NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.lab.settings import WeightsSettings
from tui_cnn.lab.sizes import LayerCost, Slide, compare, dense, stacked
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.toolkit.numbers import short_count

EXAMPLES: tuple[tuple[str, WeightsSettings], ...] = (
    ("AlexNet 1", WeightsSettings()),
    (
        "64×64×3 → 1,000",
        WeightsSettings(height=64, width=64, channels=3, kernel=3, stride=1, filters=10, units=1000),
    ),
    (
        "1,000×1,000×3 → 1,000",
        WeightsSettings(height=1000, width=1000, channels=3, kernel=3, stride=1, filters=10, units=1000),
    ),
    ("LeNet-5, 1", WeightsSettings(height=32, width=32, channels=1, kernel=5, stride=1, filters=6)),
    ("fashion-cnn, 1", WeightsSettings(height=28, width=28, channels=1, kernel=3, stride=1, filters=32)),
)
"""Worked examples by name."""


def weights_tables(settings: WeightsSettings) -> Group:
    """Draw the tables under their headings; where the window has no place, say so."""
    try:
        kinds = kinds_tables(settings)
    except WindowError as error:
        kinds = [Text(f"✗ {error}")]
    heading = _("Small kernels instead of one large kernel, {c} channels in and out").format(c=settings.filters)
    return Group(
        Text(_("Same image, three types of layer"), "bold"),
        *kinds,
        Text(),
        Text(heading, "bold"),
        stacks_table(settings.filters),
    )


class _Line(NamedTuple):
    name: str
    output: str
    sees: int
    biases: int
    cost: LayerCost


def kinds_tables(settings: WeightsSettings) -> list[Table | Text]:
    """Count the parameters of convolution, unshared and dense, and how much of the picture one output looks at.

    Raises:
        WindowError: the window has no place.
    """
    lines = _lines(settings)
    table = _table(("left", "left", "right", "right", "right"))
    headings = ("", _("output"), _("sees"), _("weights"), _("MACs"))
    table.add_row(*(Text(heading, "dim") for heading in headings))
    formulas = _table(("left", "left", "right", "left"))
    formulas.add_row("", Text(_("parameters"), "dim"), "", "")
    for name, output, sees, biases, cost in lines:
        times = cost.parameters / lines[0].cost.parameters
        ratio = "" if times == 1 else f"×{short_count(round(times))}" if times >= 10 else f"×{times:.2g}"
        table.add_row(name, output, f"{sees:,}", f"{cost.parameters - biases:,}", short_count(cost.macs))
        formulas.add_row(name, Text(f"{cost.formula} =", "dim"), Text(f"{cost.parameters:,}", "bold"), ratio)
    return [table, Text(), formulas]


def _lines(settings: WeightsSettings) -> list[_Line]:
    shape = (settings.height, settings.width, settings.channels)
    slide = Slide(settings.kernel, settings.zeros, settings.stride)
    compared = compare(shape, slide, settings.filters)
    rows, columns = slide.size(settings.height), slide.size(settings.width)
    values, taps = settings.height * settings.width * settings.channels, settings.kernel**2 * settings.channels
    places = rows * columns * settings.filters
    image, units, full = f"{rows}×{columns}×{settings.filters}", places, compared.dense
    if settings.units is not None:
        units, full = settings.units, dense(values, settings.units, "·".join(map(str, shape)))
    return [
        _Line(_("convolution"), image, taps, settings.filters, compared.convolution),
        _Line(_("unshared"), image, taps, places, compared.unshared),
        _Line(_("dense"), f"{units:,}", values, units, full),
    ]


def stacks_table(channels: int) -> Table:
    """Compare stacks of small kernels with one large kernel that sees as much."""
    table = _table(("left", "right", "right", "right", "right"))
    headings = ("", _("sees"), _("weights"), _("MACs/cell"), _("ReLUs"))
    table.add_row(*(Text(heading, "dim") for heading in headings))
    for f, layers in ((5, 1), (3, 2), (7, 1), (3, 3)):
        cost = stacked(f, layers, channels)
        name = _("{layers} of {f}×{f}").format(layers=layers, f=f)
        numbers = (f"{cost.parameters:,}", f"{cost.macs:,}", str(cost.nonlinearities))
        table.add_row(name, f"{cost.field}×{cost.field}", *numbers)
    return table


def _table(justify: tuple[str, ...]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for side in justify:
        table.add_column(justify=side, no_wrap=True)  # type: ignore[arg-type]  # as rich names them
    return table
