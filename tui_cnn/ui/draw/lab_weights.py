"""What a convolution costs, beside layers that share no weights or look at everything; and small kernels for large."""

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.lab.settings import WeightsSettings
from tui_cnn.lab.sizes import Cost, Slide, compare, dense, stacked
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.draw.lab_grid import Tones
from tui_cnn.ui.draw.numbers import short_count

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


def weights_tables(settings: WeightsSettings, tones: Tones) -> Group:
    """Draw both tables under their headings."""
    return Group(
        Text(_("The same picture, three kinds of layer"), "bold"),
        kinds_table(settings, tones),
        Text(),
        Text(_("Small kernels for a large one, {c} channels in and out").format(c=settings.filters), "bold"),
        stacks_table(settings.filters, tones),
    )


def kinds_table(settings: WeightsSettings, tones: Tones) -> Table | Text:
    """Count the parameters of convolution, unshared and dense, and how much of the picture one output looks at."""
    shape = (settings.height, settings.width, settings.channels)
    slide = Slide(settings.kernel, settings.zeros, settings.stride)
    try:
        compared = compare(shape, slide, settings.filters)
        rows, columns = slide.size(settings.height), slide.size(settings.width)
    except WindowError as error:
        return Text(f"✗ {error}")
    values = settings.height * settings.width * settings.channels
    taps = settings.kernel**2 * settings.channels
    places = rows * columns * settings.filters
    full = compared.dense
    if settings.units is not None:
        full = dense(values, settings.units, "·".join(map(str, shape)))
    table = _table(("left", "left", "right", "right", "right", "left"), tones)
    headings = ("", _("output"), _("sees"), _("weights"), _("parameters"), "")
    table.add_row(*(Text(heading, Style(color=tones.muted.rich_color)) for heading in headings))
    image = f"{rows}×{columns}×{settings.filters}"
    units = settings.units or places
    lines = (
        (_("convolution"), image, taps, settings.filters, compared.convolution),
        (_("unshared"), image, taps, places, compared.unshared),
        (_("dense"), f"{units:,}", values, units, full),
    )
    for name, output, sees, biases, cost in lines:
        table.add_row(name, output, f"{sees:,}", f"{cost.parameters - biases:,}", *_cost(cost, compared.convolution))
    table.add_row("", "", "", "", "", "")
    for name, *_rest, cost in lines:
        table.add_row("", Text(name), "", "", "", Text(cost.formula, Style(color=tones.muted.rich_color)))
    return table


def stacks_table(channels: int, tones: Tones) -> Table:
    """Compare stacks of small kernels with one large kernel that sees as much."""
    table = _table(("left", "right", "right", "right", "right"), tones)
    headings = ("", _("sees"), _("weights"), _("MACs a place"), _("ReLUs"))
    table.add_row(*(Text(heading, Style(color=tones.muted.rich_color)) for heading in headings))
    for f, layers in ((5, 1), (3, 2), (7, 1), (3, 3)):
        found = stacked(f, layers, channels)
        name = _("{layers} of {f}×{f}").format(layers=layers, f=f)
        numbers = (f"{found.parameters:,}", f"{found.macs:,}", str(found.nonlinearities))
        table.add_row(name, f"{found.field}×{found.field}", *numbers)
    return table


def _cost(cost: Cost, least: Cost) -> tuple[Text, Text]:
    times = cost.parameters / least.parameters
    ratio = "" if times == 1 else f"×{short_count(round(times))}" if times >= 10 else f"×{times:.2g}"
    return Text(f"{cost.parameters:,}", "bold"), Text(ratio)


def _table(justify: tuple[str, ...], tones: Tones) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for side in justify:
        table.add_column(justify=side, no_wrap=True)  # type: ignore[arg-type]  # as rich names them
    return table
