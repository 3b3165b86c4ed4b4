"""Networks worth comparing, two by two: what they cost, and what to look for when both are trained."""

from typing import NamedTuple

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.numbers import short_count


class Pair(NamedTuple):
    """Two presets, and the question that training both answers."""

    title: str
    presets: tuple[str, str]
    question: str


_LINES = 6
"""A heading, two networks, a question that may be broken, a blank line."""


def pairs() -> tuple[Pair, ...]:
    """List the pairs."""
    return (
        Pair(
            _("Dense vs. convolutional"),
            ("fashion-dnn", "fashion-cnn"),
            _("Which has more parameters, and which is more accurate on new images?"),
        ),
        Pair(
            _("Pooling vs. strides"),
            ("fashion-cnn", "fashion-cnn-strides"),
            _(
                "Strided convolutions learn how to shrink the image; pooling has no "
                "weights. Which costs less, which is more accurate?"
            ),
        ),
        Pair(
            _("Fixed vs. learned filters"),
            ("fashion-classical", "fashion-learned"),
            _(
                "The first layer is frozen or trained. Which is more accurate? Compare the "
                "kernels: what has been learned?"
            ),
        ),
        Pair(
            _("With and without a dense classifier"),
            ("fashion-cnn", "all-conv"),
            _("Global average pooling needs no weights. How accurate is a network with convolutions only?"),
        ),
    )


def pairs_table(analyses: dict[str, Analysis], selected: int, cursor: Style, lines: int = 99) -> Group:
    """Draw the pairs, a line a network, which runs `pick` when it is clicked; `selected` counts these lines.

    Where there are fewer `lines` than all take, only the selected pair has its question.
    """
    parts: list[Text | Table] = []
    width = max(len(name) for name in analyses)
    line = 0
    everything = lines >= _LINES * len(pairs())
    for number, pair in enumerate(pairs()):
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, width=width + 2)
        for _column in range(3):
            table.add_column(justify="right", no_wrap=True, width=16)
        for name in pair.presets:
            totals = analyses[name].totals
            here = line == selected
            meta = {"@click": f"pick({line})"}
            marker = "▌ " if here else "  "
            layers = sum(1 for row in analyses[name].rows if not row.holds_layers)
            table.add_row(
                Text(marker + name),
                _("{count} layers").format(count=layers),
                f"{totals.params:,} " + _("params"),
                f"{short_count(totals.macs)} " + _("MACs"),
                style=(cursor if here else Style()) + Style(meta=meta),
            )
            line += 1
        asked = [Text(pair.question, "dim")] if everything or selected // 2 == number else []
        parts += [Text(pair.title, "bold"), table, *asked, Text()]
    return Group(*parts)
