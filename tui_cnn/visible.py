"""The gate for foreign text: what comes from a file, a name or another process passes it before it is shown."""

import json
import re

_ACTING = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls: they move the cursor, colour, ring, answer
    r"\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"  # separators, and marks that turn the direction of writing
    r"\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"  # invisible ones, and halves of pairs
)
_IN_LINES = re.compile(f"[{_ACTING}]")
_IN_A_LINE = re.compile(rf"[\t\n{_ACTING}]")


def visible(text: object) -> str:
    r"""Write what acts on a terminal or hides itself as its escape, `\n` or `\u001b`: all on one line."""
    return _IN_A_LINE.sub(_escape, str(text))


def visible_lines(text: str) -> str:
    """Do so in a text of several lines; JSON stays the same JSON."""
    return _IN_LINES.sub(_escape, text)


def is_unicode(text: str) -> bool:
    """Return whether a text can be written as UTF-8: the name of a file may hold any bytes."""
    return not re.search(r"[\ud800-\udfff]", text)


def escaped(toml: str) -> str:
    """Do so in TOML, which stays the same TOML; it has no escapes for pairs."""
    return _IN_LINES.sub(lambda match: f"\\U{ord(match[0]):08X}", toml)


def acts(text: str) -> bool:
    """Tell whether something in a text acts on a terminal."""
    return _IN_A_LINE.search(text) is not None


def without_acting(text: str, instead: str = "") -> str:
    """Leave out what acts on a terminal."""
    return _IN_A_LINE.sub(instead, text)


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
