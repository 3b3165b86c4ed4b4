"""Networks as Markdown: a table to be pasted into a README."""

import re
from collections.abc import Sequence

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.numbers_table import TableRow, at_least, lines, missing, total
from tui_cnn.i18n import _


def dumps_markdown(analysis: Analysis) -> str:
    """Write a network as a heading, a table of its layers with shapes and numbers, and the totals with their units."""
    network, totals = analysis.network, analysis.totals
    columns = ("#", _("Layer"), _("Settings"), _("Output"), _("Parameters"), _("MACs"))
    body = [_cells(line) for line in lines(analysis)]
    label, output, params, macs = (total(analysis)[place] for place in (2, 4, 5, 6))
    rows = [
        *body,
        ("", *(f"**{text}**" if text else "" for text in (label, "", output, params, macs))),
    ]
    facts = _("Input {shape}; {params} parameters, {trainable} of them trainable; {macs} MACs.")
    least = at_least(analysis)
    facts = facts.format(
        shape=format_shape(network.input_shape),
        params=f"{least[0]}{totals.params:,}",
        trainable=f"{least[0]}{totals.trainable:,}",
        macs=f"{least[1]}{totals.macs:,}",
    )
    facts = f"{facts} {lacking[0].upper()}{lacking[1:]}." if (lacking := missing(analysis)) else facts
    unit = _(
        "Shapes are height×width×channels. MACs are multiply-accumulates per image, in "
        "convolution and dense kernels, without biases."
    )
    table = markdown_table(columns, "r---rr", rows)
    return f"## {escape(network.name)}\n\n{facts}\n\n{table}\n\n{unit}\n"


def markdown_table(heading: Sequence[str], aligned: str, rows: Sequence[Sequence[str]]) -> str:
    """Write a table; `aligned` has an `r` for each column of numbers."""
    rules = ["--:" if letter == "r" else "---" for letter in aligned]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heading, rules, *rows))


def _cells(line: TableRow) -> tuple[str, ...]:
    label = "&emsp;" * line.depth + escape(line.layer)
    return (line.number, label, escape(line.settings), line.output, line.parameters, line.macs)


def escape(text: str) -> str:
    """Keep a text from being taken for Markdown or HTML."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return re.sub(r"([\\`*_\[\]|~#])", r"\\\1", plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
