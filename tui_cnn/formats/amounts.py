"""Amounts as people write them: `100000`, `100k`, `1.5M`, `6.4MiB`."""

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
