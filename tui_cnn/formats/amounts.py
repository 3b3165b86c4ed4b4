"""Amounts as people write them, `100000`, `100k`, `1.5M`, `6.4MiB`, and as they are shown: `93.3 k`, `6.33 MB`."""

import re
from decimal import Decimal

from tui_cnn.formats.validation import InvalidError
from tui_cnn.i18n import _

_PREFIXES = ("", "k", "m", "g", "t")
_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)?(\.\d*)?(e\+?\d{1,2})?\s*(?:([kmgt]?)b?|([kmgt])ib?)", re.IGNORECASE)


def parse_amount(text: str) -> int:
    """Read a whole number, perhaps with k, M, G or T behind it (a thousand of each), Ki, Mi … (1024), or a B for bytes.

    Raises:
        InvalidError: it is none.
    """
    match = _AMOUNT.fullmatch(text.replace("_", "").strip())
    if match is None or not any(char.isdigit() for char in f"{match[1]}{match[2]}"):
        message = _("“{value}” is not a number; use for example 100000, 100k, 1.5M or 6.4MiB")
        raise InvalidError(message.format(value=text))
    whole, part, power, prefix, binary = (group or "" for group in match.groups())
    base, letter = (1024, binary) if binary else (1000, prefix)
    amount: Decimal = Decimal(whole.replace(",", "") + part + power) * base ** _PREFIXES.index(letter.lower())
    return round(amount)


_SHOWN = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def short_count(value: int) -> str:
    """Write a count in three figures: `2.79 M`, `93.3 k`, `650`."""
    for size, prefix in _SHOWN:
        scaled = value / size
        if scaled >= 0.9995:  # what rounds to 1,000 of one prefix is 1 of the next
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{scaled:.{digits}f} {prefix}"
    return f"{value}"


def size(count: int) -> str:
    """Write bytes in three figures: `108 kB`, `6.33 MB`; powers of a thousand."""
    return f"{count} B" if count < 1000 else f"{short_count(count)}B"
