"""What stands at a place of a TOML text, which may be torn: while a person types, it hardly ever is valid."""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Literal

_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?(?:"""+|\Z)|'{3}.*?(?:'{3,}|\Z)|"(?:\\[^\n]|[^"\\\n])*(?:"|\\?(?=\n)|\\?\Z)'''
    r"""|'[^'\n]*(?:'|(?=\n)|\Z))"""
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<header>^[ \t]*\[\[?[ \t]*[A-Za-z_\"'][^\n\[\]{},=#]*\]{0,2})"
    r"|(?P<sign>[][{}=,])|(?P<bare>[^][{}=,\#\s\"']+)",
    re.DOTALL | re.MULTILINE,
)

Place = Literal["key", "value", "header", "comment"]


@dataclass
class Table:
    """A table as far as it can be read: the keys that lead to it, and the text of the value of each of its own.

    `keys` has no places in arrays: those of all elements of `layers` are `("layers",)`.
    """

    keys: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """Return the text that a key has; empty where it is none."""
        try:
            value = tomllib.loads(f"value = {self.values.get(key, '')}")["value"]
        except ValueError:
            return ""
        return value if isinstance(value, str) else ""


@dataclass
class Cursor:
    """What is at a place: the table around it, and the key or the part of a value there, from `start` to `end`.

    `key` is that of the value, or the one at the place. `before` is what of it stands before the place.
    """

    table: Table
    place: Place
    key: str = ""
    before: str = ""
    start: int = 0
    end: int = 0


def cursor_at(text: str, offset: int) -> Cursor:
    """Look at an offset of a text; any text can be looked at."""
    return _Scanner(text, offset).found


class _Scanner:
    """Goes through a text once, and remembers what is at the offset; what has no end ends at the next header."""

    def __init__(self, text: str, offset: int) -> None:
        self._offset = offset
        self._table = Table()
        self._key = ""
        """The last key of the table, also while its value is read."""
        self._awaits_value = False
        self._opened: list[tuple[str, Table, str, bool]] = []
        """Brackets that are open, each with the table, the key and the place around it."""
        self._found: Cursor | None = None
        for match in _TOKEN.finditer(text):
            kind, token = str(match.lastgroup), match[0]
            if self._found is None and match.start() >= offset:
                self._found = self._gap()
            if self._found is None and match.end() >= offset and kind in ("string", "bare", "header", "comment"):
                self._take(kind, token)
                self._found = self._within(kind, token, match.start())
            else:
                self._take(kind, token)
        self.found = self._found or self._gap()

    def _gap(self) -> Cursor:
        place: Place = "value" if self._awaits_value or self._in_array() else "key"
        return Cursor(self._table, place, self._key if place == "value" else "", "", self._offset, self._offset)

    def _within(self, kind: str, token: str, start: int) -> Cursor:
        end, before = start + len(token), token[: self._offset - start]
        if kind == "header" or kind == "comment":
            place: Place = "header" if kind == "header" else "comment"
            return Cursor(self._table, place, "", before, start, end)
        if self._awaits_value or self._in_array():
            return Cursor(self._table, "value", self._key, before, start, end)
        return Cursor(self._table, "key", _name(token), before, start, end)

    def _in_array(self) -> bool:
        return bool(self._opened) and self._opened[-1][0] == "["

    def _take(self, kind: str, token: str) -> None:
        """Go on by a token."""
        if kind == "header" and (not self._opened or token.lstrip().startswith("[[")):
            self._opened.clear()
            names = (_name(name) for name in token.strip(" \t[]").split("."))
            self._table, self._key, self._awaits_value = Table(tuple(names)), "", False
        elif kind == "header":  # names of an array, one below the other
            for sign in re.findall(r"[][]|[^][\s]+", token):
                self._take("sign" if sign in "[]" else "bare", sign)
        elif kind == "newline":
            if not self._opened:
                self._key, self._awaits_value = "", False
        elif kind in ("string", "bare"):
            self._word(token)
        elif kind == "sign":
            self._sign(token)

    def _word(self, token: str) -> None:
        if self._awaits_value:
            self._table.values[self._key] = self._table.values.get(self._key, "") + token
        elif not self._in_array():
            self._key = _name(token)

    def _sign(self, token: str) -> None:
        match token:
            case "=":
                if self._key:
                    self._awaits_value = True
                    self._table.values[self._key] = ""
            case "[" if self._awaits_value or self._in_array():
                self._open("[")
            case "{":
                if not (self._in_array() or (self._awaits_value and not self._table.values[self._key])):
                    self._close("{")  # the last element has no end
                self._open("{")
            case "]":
                if not self._in_array():
                    self._close("{")
                self._close("[")
            case "}":
                if not self._in_array():
                    self._close("{")
            case ",":
                if not self._in_array():
                    self._key, self._awaits_value = "", False

    def _open(self, sign: str) -> None:
        self._opened.append((sign, self._table, self._key, self._awaits_value))
        if sign == "{":
            self._table, self._key = Table((*self._table.keys, self._key) if self._key else self._table.keys), ""
        self._awaits_value = False

    def _close(self, sign: str) -> None:
        if self._opened and self._opened[-1][0] == sign:
            _sign, self._table, self._key, self._awaits_value = self._opened.pop()


def _name(token: str) -> str:
    """Return the name that a key is."""
    return token.strip("\"' \t").rpartition(".")[2]
