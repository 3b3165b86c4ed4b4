"""One place of a convolution written out: the products and their sum, and the numbers that belong to them."""

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.insight.filters import likeness
from tui_cnn.lab.convolution import Convolution, Step
from tui_cnn.lab.numbers import bracketed, number, product

_LABEL = 11
"""Cells of the names at the left, with their gap."""

_MOST_CHANNELS = 3

_MANY = 25
"""Of so many products and more, those with a weight of 0 are left out."""

_MOST_ROWS = 3
"""So many lines a sum of one channel may take as the kernel's rows; larger kernels are written on."""


def sums(
    convolution: Convolution, place: int, filter_: int, width: int, *, roomy: bool = True, chosen: int | None = None
) -> Table:
    """Write the products of one filter at one place, the sum, the likeness, the size and the parameters.

    `width` is that of all; where it is not `roomy`, fewer lines are taken. Of many channels one is written out, see
    `drawn_channels`, and the sum of the others.
    """
    step = convolution.step(place, filter_)
    table = facts_table()
    room = max(20, width - _LABEL)
    names = channel_names(convolution.image.shape[2])
    kernel = convolution.turned[..., filter_]
    drawn = drawn_channels(convolution, filter_, chosen)
    for channel in drawn:
        pairs = list(zip(step.patch[..., channel].flat, kernel[..., channel].flat, strict=True))
        written_out = [pair for pair in pairs if pair[1]] if len(pairs) > _MANY else pairs
        terms = [product(pixel, weight) for pixel, weight in written_out] or ["0"]
        label = names[channel] if len(drawn) > 1 else _("products")
        in_rows = convolution.kernels.shape[1] if len(drawn) == 1 and roomy else 0
        written = products(terms, float(step.channel_sums[channel]), room, in_rows)
        if left_out := len(pairs) - len(written_out):
            written.append("   " + _("({count} weights are 0)").format(count=left_out), "dim")
        table.add_row(label, written)
    total = _total(convolution, step, drawn)
    if total and len(names) > 1 and not roomy:
        table.add_row(_("sum"), total.append("   ").append_text(similarity(step)))
    else:
        if total:
            table.add_row(_("sum"), total)
        table.add_row(_("similarity"), similarity(step))
    down, across = convolution.windows
    size = down.formula() if down == across else f"{down.formula()}   {across.formula()}"
    parameters = convolution.parameters()
    words = _("parameters")
    if not roomy and len(size) + len(parameters) + len(words) + 3 <= room:
        table.add_row(_("size"), Text.assemble(size, "  ", (words, "dim"), " ", parameters))
    else:
        table.add_row(_("size"), Text(size, overflow="fold"))
        table.add_row(words, parameters)
    return table


def facts_table() -> Table:
    """Make a table of names at the left and what is said about them."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="dim", no_wrap=True, width=_LABEL - 1)
    table.add_column(overflow="fold")
    return table


def channel_names(count: int) -> list[str]:
    """Name the channels of a picture."""
    if count == 3:
        return [_("red"), _("green"), _("blue")]
    if count > _MOST_CHANNELS:  # those of a layer, which Inspect numbers so
        return [_("input {number} of {count}").format(number=number, count=count) for number in range(count)]
    return [_("channel {n}").format(n=n + 1) for n in range(count)]


def drawn_channels(convolution: Convolution, filter_: int, chosen: int | None = None) -> list[int]:
    """List the channels that are drawn: all, or of many the chosen one, or, None, that of the largest weights."""
    depth = convolution.image.shape[2]
    if depth > _MOST_CHANNELS and chosen is not None and chosen < depth:
        return [chosen]
    return drawn_of(convolution.kernels[..., filter_])


def drawn_of(values: NDArray[np.float64]) -> list[int]:
    """List the channels of (height, width, channels) that are drawn: all, or of many the one of the largest values."""
    depth = values.shape[2]
    return list(range(depth)) if depth <= _MOST_CHANNELS else [int(np.abs(values).sum(axis=(0, 1)).argmax())]


def products(terms: list[str], total: float, width: int, in_rows: int = 0) -> Text:
    """Write `3·1 + 0·0 + … = −5` in a line.

    Where it is too long, it is broken after each `in_rows` terms, as the kernel has them in a row, if these fit a line;
    or else before a plus where the line is full.
    """
    parts = [terms[0], *(f"+ {term}" for term in terms[1:])]
    result = f"= {number(total)}"
    if len(" ".join([*parts, result])) > width and in_rows:
        rows = [" ".join(parts[first : first + in_rows]) for first in range(0, len(parts), in_rows)]
        if max(map(len, rows)) + len(result) < width and len(rows) <= _MOST_ROWS:
            parts = rows
            width = 0
    parts[-1] = f"{parts[-1]} {result}"
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]} {part}".strip()
        if len(longer) > width and lines[-1]:
            lines.append(part)
        else:
            lines[-1] = longer
    written = Text("\n".join(lines))
    written.stylize("bold", len(written.plain) - len(result))
    return written


def similarity(step: Step) -> Text:
    """Say how alike patch and kernel are."""
    dot = number(float(step.products.sum()))
    if step.cosine is None:
        return Text(_("dot product {dot}; no cosine: one of the two is all zeros").format(dot=dot))
    return Text(_("dot product {dot}, cosine {cosine}").format(dot=dot, cosine=number(round(step.cosine, 2))))


def kernel_note(convolution: Convolution, filter_: int) -> str:
    """Name the classical filter that a kernel of one channel is most like; empty if there is none of its size."""
    kernels = convolution.kernels[..., filter_]
    alike = likeness(kernels[..., 0]) if kernels.shape[2] == 1 else None
    return alike.words() if alike else ""


def _total(convolution: Convolution, step: Step, drawn: list[int]) -> Text | None:
    """Write the sum over the channels, the bias and what ReLU makes of it; None where there is nothing to add."""
    if len(step.channel_sums) == 1 and not step.bias and not convolution.relu:
        return None
    first, *others = (float(step.channel_sums[channel]) for channel in drawn)
    written = " + ".join([number(first), *map(bracketed, others)])
    if left_out := len(step.channel_sums) - len(drawn):
        rest = float(step.products.sum()) - first - sum(others)
        written += _(" + {count} other channels {rest}").format(count=left_out, rest=bracketed(rest))
    if convolution.bias:
        written += _(" + bias {bias}").format(bias=bracketed(step.bias))
    text = Text(written + " = ").append(number(step.total), "bold")
    if convolution.relu:
        text.append("   ReLU: ").append(f"max(0, {number(step.total)}) = ").append(number(step.value), "bold")
    return text
