"""Where in a TOML text each key, table and element of an array begins; readers of TOML do not keep that."""

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tui_cnn.core.layers import Block, Branches, Layer
from tui_cnn.core.network import Path

Steps = tuple[str | int, ...]
"""The way to a value: keys, and places in arrays."""

_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"""+|"(?:\\.|[^"\\])*"|\'{3}.*?\'{3,}|'[^']*')'''
    r"|(?P<blank>[ \t]+|#[^\n]*)|(?P<newline>\r?\n)|(?P<sign>[][{}=,.])|(?P<bare>[^][{}=,.#\s\"']+)",
    re.DOTALL,
)


def position(text: str, steps: Steps) -> tuple[int, int]:
    """Return line and column, from one, of what `steps` lead to in a valid TOML text; of the nearest part around it."""
    return Places(text)[steps]


class Places:
    """The lines and columns, from one, of what is in a valid TOML text; it is gone through once."""

    def __init__(self, text: str) -> None:
        self._offsets = positions(text)
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def __getitem__(self, steps: Steps) -> tuple[int, int]:
        """Return line and column of what `steps` lead to, or of the nearest part around it."""
        while steps not in self._offsets:
            steps = steps[:-1]
        offset = self._offsets[steps]
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


def positions(text: str) -> dict[Steps, int]:
    """Return the offsets of all keys, tables and elements of arrays in a valid TOML text."""
    return _Scanner(text).places


def comments(text: str) -> dict[int, str]:
    """Return the comments of a valid TOML text with their offsets."""
    return {match.start(): match[0].rstrip() for match in _TOKEN.finditer(text) if match[0].startswith("#")}


class _Scanner:
    """Goes through a text once; `places` has the offset of each key, table and element."""

    def __init__(self, text: str) -> None:
        self.places: dict[Steps, int] = {(): 0}
        self._tables: Counter[Steps] = Counter()
        """How many tables each array of tables has so far."""
        tokens = [(str(match.lastgroup), match[0], match.start()) for match in _TOKEN.finditer(text)]
        self._tokens = [token for token in tokens if token[0] != "blank"] + [("newline", "", len(text))]
        self._at = 0
        table: Steps = ()
        while self._at < len(self._tokens):
            if self._sign() == "[":
                table = self._header()
            elif self._kind() != "newline":
                self._assignment(table)
            self._at += 1

    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _sign(self) -> str:
        kind, text, _offset = self._tokens[self._at]
        return text if kind == "sign" else ""

    def _offset(self) -> int:
        return self._tokens[self._at][2]

    def _header(self) -> Steps:
        offset = self._offset()
        self._at += 1
        is_element = self._sign() == "["
        self._at += is_element
        *outer, last = self._key()
        table: Steps = ()
        for name in outer:
            self.places.setdefault((*table, name), offset)
            table = self._latest((*table, name))
        table = (*table, last)
        self.places.setdefault(table, offset)
        if is_element:
            self._tables[table] += 1
        table = self._latest(table)
        self.places.setdefault(table, offset)
        self._at += is_element  # the loop passes one of the brackets
        return table

    def _latest(self, table: Steps) -> Steps:
        """Return the last table of an array of tables, or the table itself."""
        return (*table, self._tables[table] - 1) if table in self._tables else table

    def _key(self) -> list[str]:
        """Read a key, perhaps of several parts."""
        names = []
        while self._kind() in ("bare", "string") or self._sign() == ".":
            kind, text, _offset = self._tokens[self._at]
            if kind != "sign":
                names.append(text if kind == "bare" else tomllib.loads(f"key = {text}")["key"])
            self._at += 1
        return names

    def _assignment(self, table: Steps) -> None:
        offset = self._offset()
        for name in self._key():
            table = (*table, name)
            self.places.setdefault(table, offset)
        self._at += 1  # the equals sign
        self._value(table)

    def _value(self, steps: Steps) -> None:
        """Pass a value; what comes next is the token after it."""
        opening, number = self._sign(), 0
        if not opening:
            while self._kind() in ("bare", "string") or self._sign() == ".":
                self._at += 1
            return
        self._at += 1
        while self._sign() not in ("]", "}"):
            if self._kind() == "newline" or self._sign() == ",":
                self._at += 1
            elif opening == "{":
                self._assignment(steps)
            else:
                self.places[*steps, number] = self._offset()
                self._value((*steps, number))
                number += 1
        self._at += 1


def steps_to(layers: Sequence[Layer], path: Path) -> Steps:
    """Return the steps to the layer at `path`: `(4, 1, 0)` in branches is at layers, 4, branches, 1, 0."""
    steps: Steps = ("layers",)
    inner: Sequence[Any] = layers
    for number in path:
        steps = (*steps, number)
        layer = inner[number]
        match layer:
            case Block():
                steps, inner = (*steps, "layers"), layer.layers
            case Branches():
                steps, inner = (*steps, "branches"), layer.branches
            case tuple():
                inner = layer
    return steps[: -1 if isinstance(steps[-1], str) else None]
