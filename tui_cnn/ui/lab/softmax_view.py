"""Softmax, drawn: a line a class from its logit to its gradient, and the sums written out."""

from typing import NamedTuple

import numpy as np
from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tui_cnn.data.files import CLASS_NAMES
from tui_cnn.i18n import _
from tui_cnn.lab.numbers import bracketed, number
from tui_cnn.lab.softmax import LARGEST_EXPONENT, SoftmaxSteps
from tui_cnn.ui.lab.bench import ShareBar
from tui_cnn.ui.lab.sums import facts_table

_HIGH, _MOST_TERMS, _FEW_TERMS = 30, 10, 5
"""Lines from which on many terms of the sum are written out, and how many these are."""
_LARGE, _SMALL, _LEAST_DIGITS = 1e5, 1e-3, 5e-5
"""Numbers beyond which on powers of ten are written, and probabilities below which they are, too."""


class LogitCursor(NamedTuple):
    """The logit that is changed, and what has been typed into it."""

    row: int = 0
    typed: str = ""


def softmax_table(made: SoftmaxSteps, cursor: LogitCursor, *, focus: bool, bar: Style, lines: int) -> Group:
    """Draw softmax in so many lines."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for justify in ("left", *("right",) * 7):
        table.add_column(justify=justify, no_wrap=True)
    names = class_names(len(made.logits))
    power = "z − max" if made.is_shifted else "float32"
    titles = ("", _("logit"), "z", power, "e^", "p", "y", "(p − y)/T" if made.temperature != 1 else "p − y")
    table.add_row(*(Text(title, "dim") for title in titles))
    probabilities = np.nan_to_num(made.probabilities)
    for row, name in enumerate(names):
        here = row == cursor.row
        label = Text(("▌ " if here else "  ") + name, Style(bold=here, meta={"@click": f"select_class({row})"}))
        table.add_row(
            label,
            _logit(made, cursor, row, focus=focus),
            number(float(made.scaled[row]), 3),
            number(float(made.exponents[row]), 3),
            figures(float(made.exponentials[row])),
            Text(_digits(float(made.probabilities[row])), "bold"),
            Text("1" if row == made.true else "0", "bold" if row == made.true else "dim"),
            _digits(float(made.gradient[row])),
            ShareBar(float(probabilities[row]), bar),
        )
    total = Text(figures(made.total), "bold")
    table.add_row(Text("  " + _("sum"), "dim"), "", "", "", total, _digits(float(made.probabilities.sum())))
    return Group(table, Text(), _facts(made, cursor.row, lines))


def class_names(count: int) -> list[str]:
    """Name the classes: ten are those of Fashion-MNIST."""
    if count == len(CLASS_NAMES):
        return [_(name) for name in CLASS_NAMES]
    return [_("class {number}").format(number=number) for number in range(1, count + 1)]


def _logit(made: SoftmaxSteps, cursor: LogitCursor, row: int, *, focus: bool) -> Text:
    """Write a logit; the one under the cursor in brackets."""
    written, click = number(float(made.logits[row]), 3), {"@click": f"select_class({row})"}
    if row != cursor.row:
        return Text(f" {written} ", Style(meta=click))
    return Text(f"[{cursor.typed or written}]", Style(reverse=focus, bold=True, meta=click))


def _facts(made: SoftmaxSteps, row: int, lines: int) -> Table:
    """Write out the sum, probability and gradient of the selected class, the loss, and what 32 bits can hold."""
    table, values = facts_table(), made.exponentials
    most = _MOST_TERMS if lines >= _HIGH else _FEW_TERMS
    kept = sorted(np.argsort(-values, kind="stable")[:most].tolist())
    terms = [figures(float(values[place])) for place in kept]
    if rest := len(values) - len(kept):
        others = float(values.sum() - values[kept].sum())
        terms.append(_("{count} others {sum}").format(count=rest, sum=figures(others)))
    table.add_row(_("sum"), _equal(" + ".join(terms) + " ", figures(made.total)))
    power, exponential = number(float(made.exponents[row]), 3), figures(float(values[row]))
    share = f"p = e^{power} / {_('sum')} = {exponential} / {figures(made.total)} "
    table.add_row(_("class"), _equal(share, _digits(float(made.probabilities[row]))))
    table.add_row(
        _("loss"), _equal(f"−ln p = −ln {_digits(float(made.probabilities[made.true]))} ", figures(made.loss))
    )
    slope = f"p − y = {_digits(float(made.probabilities[row]))} − {int(row == made.true)}"
    if made.temperature != 1:
        slope = f"(p − y) / T = ({slope.partition('= ')[2]}) / {made.temperature:g}"
    table.add_row(_("gradient"), _equal(slope + " ", _digits(float(made.gradient[row]))))
    table.add_row("float32", _precision(made))
    return table


def _precision(made: SoftmaxSteps) -> Text:
    """Say what happens in 32 bits without the maximum subtracted."""
    largest = float(made.scaled.max())
    naive = made._replace(is_shifted=False)
    if np.isnan(naive.probabilities).any():
        power = f"e^{bracketed(largest, 3)}"
        written = figures(float(np.max(naive.exponentials)))
        words = _("✗ without subtracting the maximum: {power} = {value}, and {value} / {value} is undefined (nan)")
        text = Text(words.format(power=power, value=written), "bold")
        return text if made.is_shifted else text.append("   " + _("f subtracts it"))
    words = _("without subtracting the maximum it works up to z = {largest}; e^{more} is ∞")
    return Text(words.format(largest=f"{LARGEST_EXPONENT:.2f}", more=int(LARGEST_EXPONENT) + 1), "dim")


def _equal(left: str, right: str) -> Text:
    return Text(f"{left}= ").append(right, "bold")


def _digits(value: float) -> str:
    """Write a probability or a gradient in four digits, a very small one as a power of ten."""
    return f"{value:.4f}".replace("-", "−") if value == 0 or abs(value) >= _LEAST_DIGITS else figures(value)


def figures(value: float) -> str:
    """Write an exponential: four digits, or where it is very large or small a power of ten; `∞`, `nan`."""
    if np.isfinite(value) and (value == 0 or _SMALL <= abs(value) < _LARGE):
        return number(value, 4)
    return f"{value:.3g}".replace("inf", "∞").replace("-", "−")
