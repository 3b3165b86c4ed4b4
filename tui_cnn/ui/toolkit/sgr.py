"""How a terminal is told to write in another style: only what differs from the style before."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style

_ON_OFF = {
    "bold": ("1", "22"),
    "dim": ("2", "22"),
    "italic": ("3", "23"),
    "underline": ("4", "24"),
    "blink": ("5", "25"),
    "blink2": ("6", "25"),
    "reverse": ("7", "27"),
    "conceal": ("8", "28"),
    "strike": ("9", "29"),
    "underline2": ("21", "24"),
    "frame": ("51", "54"),
    "encircle": ("52", "54"),
    "overline": ("53", "55"),
}
"""The codes that turn an attribute on and off (ECMA-48, SGR); two share the code that turns both off."""


class VisibleStyle(NamedTuple):
    """What is seen of a style: attributes, and the codes of colours; empty: as the terminal is by itself.

    The foreground is None where none of it is seen.
    """

    attributes: tuple[str, ...] = ()
    foreground: str | None = ""
    background: str = ""
    link: str = ""

    def joined(self, others: Iterable["VisibleStyle"]) -> "VisibleStyle | None":
        """Return the style in which this one and others can be written; None: there is none."""
        style = self
        for other in others:
            if style is other or style == other:
                continue
            if style.background != other.background or style.is_visible_on_blanks or other.is_visible_on_blanks:
                return None
            if style.foreground is None:
                style = other
            elif other.foreground is not None:
                return None
        return style

    @property
    def is_visible_on_blanks(self) -> bool:
        """Whether more of it than the background is seen where no sign is."""
        return bool(self.link) or not _SEEN_ON_BLANKS.isdisjoint(self.attributes)


PLAIN = VisibleStyle()
_MANY_COLOURS = (ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR)
_SEEN_ON_BLANKS = frozenset(_ON_OFF) - {"bold", "dim", "italic", "blink", "blink2", "conceal"}
"""Lines, and what exchanges the colours."""


class CellStyles(NamedTuple):
    """What is seen of a style on the cells of a text."""

    signs: VisibleStyle
    blanks: VisibleStyle
    """On blanks only the background is seen, if there are no lines."""
    solid: VisibleStyle | None
    """Blanks in which the full block is seen as it is; None: there are none, and it is a sign as others.

    Where there are 16 colours, not every terminal has the bright ones behind a sign.
    """


@lru_cache(maxsize=1024)
def cell_styles(style: Style | None, colours: ColorSystem) -> CellStyles:
    """Return what is seen of a style where there are so many colours."""
    if style is None:
        return CellStyles(PLAIN, PLAIN, None)
    attributes = tuple(name for name in _ON_OFF if getattr(style, name))
    background = _codes(style.bgcolor, colours, foreground=False)
    signs = VisibleStyle(attributes, _codes(style.color, colours), background, style.link or "")
    blanks = signs if signs.is_visible_on_blanks else VisibleStyle(foreground=None, background=background)
    solid = None
    is_coloured = style.color is not None and not style.color.is_default
    if is_coloured and colours in _MANY_COLOURS and not attributes and not style.link:
        solid = VisibleStyle(foreground=None, background=_codes(style.color, colours, foreground=False))
    return CellStyles(signs, blanks, solid)


def _codes(colour: Color | None, colours: ColorSystem, *, foreground: bool = True) -> str:
    return ";".join(colour.downgrade(colours).get_ansi_codes(foreground)) if colour else ""


@lru_cache(maxsize=512)
def codes_between(now: VisibleStyle, wanted: VisibleStyle) -> tuple[str, VisibleStyle]:
    """Return the codes that change one style of a terminal to another, and the style that it has then."""
    attributes, foreground, background, link = wanted
    if foreground is None:  # what is not seen stays as it is
        foreground = now.foreground
        attributes = tuple(name for name in now.attributes if name not in _SEEN_ON_BLANKS)
    then = VisibleStyle(attributes, foreground, background, link)
    opened = "" if link == now.link else f"\x1b]8;;{link}\x1b\\"
    if then._replace(link="") == PLAIN:
        return (opened if now._replace(link="") == PLAIN else f"{opened}\x1b[0m"), then
    off = {_ON_OFF[name][1] for name in now.attributes if name not in attributes}
    codes = sorted(off)
    for name in attributes:
        on, turned_off_with = _ON_OFF[name]
        if name not in now.attributes or turned_off_with in off:
            codes.append(on)
    if foreground != now.foreground:
        codes.append(foreground or "39")
    if background != now.background:
        codes.append(background or "49")
    return opened + (f"\x1b[{';'.join(codes)}m" if codes else ""), then
