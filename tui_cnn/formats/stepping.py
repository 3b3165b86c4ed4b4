"""The next value of a field, for one key: numbers step by one, rates by a twentieth, small ones by a factor of ten."""

from tui_cnn.formats.fields import Field, format_value, parse_value

_TENFOLD = 10.0
_RATE_STEP = 0.05

STEPPING = ("whole", "pair", "number")
"""The kinds of field that step."""


def stepped(field: Field, text: str, by: int) -> str:
    """Return what stands in a field after a step up or down; text that is no such value stays as it is."""
    value = parse_value(field, text)
    match value:
        case int():
            return format_value(field, int(_within(field, value + by)))
        case float():
            return format_value(field, _step(field, value, by))
        case list() if field.kind == "pair" and all(isinstance(part, int) for part in value):
            return format_value(field, tuple(int(_within(field, part + by)) for part in value))
        case _:
            return text


def _step(field: Field, value: float, by: int) -> float:
    if (field.least, field.most) == (0, 1):
        return _within(field, round(value + by * _RATE_STEP, 2))
    return _within(field, float(f"{value * _TENFOLD**by:.6g}"))


def _within(field: Field, value: float) -> float:
    least = value if field.least is None else field.least
    most = value if field.most is None else field.most
    return max(least, min(value, most))


def bounds(field: Field) -> str:
    """Write the bounds of a field: `1 to 65,536`; empty where there are none."""
    if field.kind not in STEPPING or field.least is None or field.most is None:
        return ""
    return f"{field.least:,} – {field.most:,}"
