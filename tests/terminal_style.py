"""The style that a terminal writes in, as its codes leave it (ECMA-48, SGR)."""

from typing import NamedTuple

_TURNED_OFF = {
    "22": {"1", "2"},
    "23": {"3"},
    "24": {"4", "21"},
    "25": {"5", "6"},
    "27": {"7"},
    "28": {"8"},
    "29": {"9"},
    "54": {"51", "52"},
    "55": {"53"},
}
_SEEN_ON_BLANKS = {"4", "7", "9", "21", "51", "52", "53"}
"""Lines, and what exchanges the colours."""


class TerminalStyle(NamedTuple):
    """Codes of attributes and of colours; empty: as the terminal is by itself."""

    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""

    @property
    def codes(self):
        """All codes: attributes in order, then the colours."""
        return ";".join(filter(None, [*sorted(self.attributes, key=int), self.foreground, self.background]))

    def after(self, codes):
        """Return what it is after codes, joined by semicolons; none: plain."""
        style, rest = self, iter((codes or "0").split(";"))
        for code in rest:
            number = int(code)
            if number in (38, 48):
                kind = next(rest)
                code = ";".join((code, kind, *(next(rest) for _each in range(3 if kind == "2" else 1))))
            if number == 0:
                style = TerminalStyle()
            elif code in _TURNED_OFF:
                style = style._replace(attributes=style.attributes - _TURNED_OFF[code])
            elif 30 <= number <= 39 or 90 <= number <= 97:
                style = style._replace(foreground="" if number == 39 else code)
            elif 40 <= number <= 49 or 100 <= number <= 107:
                style = style._replace(background="" if number == 49 else code)
            else:
                style = style._replace(attributes=style.attributes | {code})
        return style

    def seen_on(self, sign):
        """Leave out what nobody sees on a blank."""
        if sign != " " or self.attributes & _SEEN_ON_BLANKS:
            return self
        return TerminalStyle(background=self.background)

    @property
    def solid(self):
        """The style of a blank that looks as a full block does; None: there is none."""
        if self.attributes or not self.foreground:
            return None
        number, *rest = self.foreground.split(";")
        return TerminalStyle(background=";".join([str(int(number) + 10), *rest]))
