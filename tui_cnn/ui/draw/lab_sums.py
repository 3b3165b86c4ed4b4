"""One place of a convolution written out: the products and their sum, and the numbers that belong to them."""

from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.lab.convolution import Convolution, Step
from tui_cnn.lab.filters import most_alike
from tui_cnn.ui.draw.lab_grid import number

_LABEL = 12
"""Cells of the names at the left, with their gap."""


def sums(convolution: Convolution, place: int, filter_: int, width: int) -> Table:
    """Write the products of one filter at one place, the sum, the likeness, the size and the parameters."""
    step = convolution.step(place, filter_)
    table = facts_table()
    room = max(20, width - _LABEL)
    names = channel_names(convolution.image.shape[2])
    kernel = convolution.turned[..., filter_]
    for channel, name in enumerate(names):
        pairs = zip(step.patch[..., channel].flat, kernel[..., channel].flat, strict=True)
        terms = [product(pixel, weight) for pixel, weight in pairs]
        label = name if len(names) > 1 else _("products")
        table.add_row(label, products(terms, float(step.channel_sums[channel]), room))
    if total := _total(convolution, step, names):
        table.add_row(_("sum"), total)
    table.add_row(_("likeness"), likeness(step))
    down, across = convolution.windows
    size = down.formula() if down == across else f"{down.formula()}   {across.formula()}"
    table.add_row(_("size"), Text(size, overflow="fold"))
    table.add_row(_("parameters"), Text(convolution.parameters()))
    return table


def facts_table() -> Table:
    """Make a table of names at the left and what is said about them."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True, width=_LABEL - 2)
    table.add_column(overflow="fold")
    return table


def channel_names(count: int) -> list[str]:
    """Name the channels of a picture."""
    if count == 3:
        return [_("red"), _("green"), _("blue")]
    return [_("channel {n}").format(n=n + 1) for n in range(count)]


def product(pixel: float, weight: float) -> str:
    """Write a product as on paper: `3·1`, `1·(−1)`."""
    return f"{number(pixel)}·{_bracketed(weight)}"


def products(terms: list[str], total: float, width: int) -> Text:
    """Write `3·1 + 0·0 + … = −5`, broken before a plus where the line is full."""
    parts = [terms[0], *(f"+ {term}" for term in terms[1:]), f"= {number(total)}"]
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]} {part}".strip()
        if len(longer) > width and lines[-1]:
            lines.append(part)
        else:
            lines[-1] = longer
    written = Text("\n".join(lines))
    written.stylize("bold", len(written.plain) - len(parts[-1]))
    return written


def likeness(step: Step) -> Text:
    """Say how alike patch and kernel are."""
    dot = number(float(step.products.sum()))
    if step.cosine is None:
        return Text(_("dot product {dot}; no angle, for one of the two is all zeros").format(dot=dot))
    return Text(_("dot product {dot}, cosine {cosine}").format(dot=dot, cosine=number(round(step.cosine, 2))))


def kernel_note(convolution: Convolution, filter_: int) -> str:
    """Name the classical filter that a kernel of one channel is most like, with its cosine; empty if none is."""
    kernels = convolution.kernels[..., filter_]
    alike = most_alike(kernels[..., 0]) if kernels.shape[2] == 1 else None
    if alike is None or not alike[1]:
        return ""
    return _("most like {name}, cosine {cosine}").format(name=alike[0], cosine=number(round(alike[1], 2)))


def _total(convolution: Convolution, step: Step, names: list[str]) -> Text | None:
    """Write the sum over the channels, the bias and what ReLU makes of it, where there is more than one thing to add."""
    if len(names) == 1 and not step.bias and not convolution.relu:
        return None
    first, *others = (float(value) for value in step.channel_sums)
    written = " + ".join([number(first), *map(_bracketed, others)])
    if convolution.bias:
        written += _(" + bias {bias}").format(bias=_bracketed(step.bias))
    text = Text(written + " = ").append(number(step.total), "bold")
    if convolution.relu:
        text.append("   ReLU: ").append(f"max(0, {number(step.total)}) = ").append(number(step.value), "bold")
    return text


def _bracketed(value: float) -> str:
    """Write a number that follows a sign: a negative one in brackets."""
    written = number(value)
    return f"({written})" if written.startswith("−") else written
