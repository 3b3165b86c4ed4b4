"""A traced number in words: where it is, and the sum written out."""

from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.i18n import _
from tui_cnn.insight.terms import Terms
from tui_cnn.insight.trace import Trace, TracedCell

_SMALLEST, _SMALL, _LARGE = 1e-6, 1e-3, 1e6
_IMAGE_AXES = 3


def number(value: float) -> str:
    """Write a number with four decimals, a small one with six, others with a power of ten; with a true minus."""
    if value != value or value == 0 or _SMALL <= abs(value) < _LARGE:
        text = f"{value + 0.0:.4f}"
    else:
        text = f"{value:.6f}" if _SMALLEST <= abs(value) < _SMALL else f"{value:.1e}"
    return text.replace("-", "−")


def _bracketed(value: float) -> str:
    written = number(value)
    return f"({written})" if written.startswith("−") else written


def cell_words(place: TracedCell) -> str:
    """Say where a number is within its layer."""
    if len(place.cell) == _IMAGE_AXES:
        row, column, channel = place.cell
        words = _("row {row}, column {column}, map {map}")
        if place.layer == NETWORK_INPUT:
            words = _("row {row}, column {column}, channel {map}")
        return words.format(row=row, column=column, map=channel)
    if len(place.cell) == 1:
        return _("unit {number}").format(number=place.cell[0])
    return _("cell {cell}").format(cell=",".join(map(str, place.cell)))


def short_place(place: TracedCell) -> str:
    """Write a place as the command line takes it: `conv2d 3,4,7`."""
    name = _("logit of {layer}").format(layer=place.layer) if place.before else place.layer
    return f"{name} {','.join(map(str, place.cell))}"


def written_out(trace: Trace) -> list[str]:
    """Write how the number comes of its terms, a line each step; the last says where Keras has another number."""
    terms = trace.terms
    if terms is None:
        return [_("The numbers of this layer are not written out. Keras: {value}").format(value=number(trace.value))]
    lines = [_made(trace, terms)]
    if trace.function:
        lines.append(f"{trace.function}({number(trace.total)}) = {number(trace.value)}")
    if difference := trace.difference:
        line = _("Keras has {keras}: a difference of {difference}")
        lines.append(line.format(keras=number(trace.keras or 0.0), difference=number(difference)))
    return lines


def _made(trace: Trace, terms: Terms) -> str:
    """Write the step before the activation."""
    known, total = terms.constants, number(trace.total)
    count = int(terms.counted.sum()) if terms.weights is None else terms.values.size
    match terms.rule:
        case "sum" if terms.weights is not None:
            words = _("sum of {count:,} products").format(count=count)
            if "bias" not in known:
                return f"{words} = {total}"
            parts = {"sum": number(float(terms.sums.sum())), "bias": _bracketed(known["bias"])}
            return f"{words}: " + _("{sum} + bias {bias}").format(**parts) + f" = {total}"
        case "sum":
            return " + ".join(_each(terms)) + f" = {total}"
        case "product":
            return " · ".join(_each(terms)) + f" = {total}"
        case "difference":
            return " − ".join(_each(terms)) + f" = {total}"
        case "mean":
            mean = number(float(terms.sums.sum()) * count)
            return _("mean of {count:,} values: {sum} / {count:,} = {value}").format(count=count, sum=mean, value=total)
        case "maximum":
            words = _("largest of {count:,} values = {value}, that of {place}")
            return words.format(count=count, value=total, place=_kept(trace, int(terms.sums.argmax())))
        case "minimum":
            words = _("smallest of {count:,} values = {value}, that of {place}")
            return words.format(count=count, value=total, place=_kept(trace, int(terms.sums.argmin())))
        case "copy":
            if trace.origin(0, 0) is None:
                return _("padding: 0")
            return _("passed on as it is: {value}").format(value=total)
        case "normalize":
            words = _("(x − mean) / sqrt(variance + epsilon) · gamma + beta")
            return (
                f"{words} = ({_each(terms)[0]} − {_bracketed(known['mean'])}) / sqrt({number(known['variance'])} + "
                f"{known['epsilon']:g}) · {_bracketed(known['gamma'])} + {_bracketed(known['beta'])} = {total}"
            )
        case "softmax":
            return _softmax(terms, total)


def _kept(trace: Trace, group: int) -> str:
    """Name the number that a maximum or a minimum keeps."""
    origin = trace.origin(group, trace.main_tap(group))
    return short_place(origin) if origin else _("padding")


def _each(terms: Terms) -> list[str]:
    first, *others = (float(value) for value in terms.values[:, 0].ravel())
    return [number(first), *map(_bracketed, others)]


def _softmax(terms: Terms, total: str) -> str:
    """`e^2.3100 = 10.0744; 10.0744 / 14.2 = 0.7090`, the sum that of all classes."""
    unit, less = int(terms.constants["unit"]), terms.constants["less"]
    score, sums = float(terms.values[unit, 0]), terms.sums
    power = f"({number(score)} − {number(less)})" if less else number(score)
    parts = {"power": number(float(sums[unit])), "sum": number(float(sums.sum())), "count": len(sums)}
    words = _("{power} / {sum}, the sum of all {count}").format(**parts)
    return f"e^{power} = {parts['power']};  {words} = {total}"
