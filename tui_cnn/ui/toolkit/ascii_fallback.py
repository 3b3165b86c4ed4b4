"""Terminals whose encoding is not UTF-8 get a plain character of the same width for each that they cannot show."""

import codecs
import locale
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, Literal

from rich.cells import cell_len

if TYPE_CHECKING:
    from textual.app import App

Ink = Literal["blocks", "characters"]
"""Pictures are two pixels a cell in colours or, where a terminal shows none, a character as dense as they are light."""

_NAME = "cnn-tui.plain"
_PLAIN = {
    sign: plain
    for signs, plain in (
        ("─━╌┈▁▔", "-"),
        ("│┃┊▏▎▕▐", "|"),
        ("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋", "+"),
        ("█▉▊▋▌▍▀▄▇▆▅▃▂", "#"),
        ("×", "x"),
        ("·", "."),
        ("…", "~"),
        ("‹←⏎", "<"),
        ("›→", ">"),
        ("↑", "^"),
        ("↓", "v"),
        ("↘", "\\"),
        ("↙", "/"),
        ("−–—", "-"),
        ("✓★●", "*"),
        ("▦▤░", "#"),
        ("▼▾", "v"),
        ("▸", ">"),
        ("≡", "="),
        ("≈", "~"),
        ("ƒ", "f"),
        ("±", "+"),
        ("✗⚠", "!"),
        ("“”", '"'),
    )
    for sign in signs
}


def use_plain_signs(signs: Literal["auto", "ascii", "unicode"] = "auto") -> None:
    """Let the terminal that Textual draws on replace what it cannot show; its own way would widen every line.

    `ascii` uses plain signs everywhere, `unicode` nowhere.
    """
    if not isinstance(sys.__stderr__, TextIOWrapper):
        return
    if signs == "unicode":
        sys.__stderr__.reconfigure(encoding="utf-8")
        return
    encoding = "ascii" if signs == "ascii" else _encoding(sys.__stderr__)
    if codecs.lookup(encoding).name != "utf-8":
        codecs.register_error(_NAME, _replace)
        sys.__stderr__.reconfigure(encoding=encoding, errors=_NAME)


def _encoding(stream: TextIOWrapper) -> str:
    """Return the terminal's encoding: that of the locale, also where Python writes UTF-8 because the locale is C."""
    chosen_by_python = sys.flags.utf8_mode and "PYTHONUTF8" not in os.environ
    return locale.getencoding() if chosen_by_python else stream.encoding


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text, start, end = error.object, error.start, error.end
    if text[start:end] == "·" and text[start - 1 : start].strip() and text[end : end + 1].strip():
        return "*", end  # a product, not something between two words
    return "".join(map(_plain, text[start:end])), end


def _plain(sign: str) -> str:
    if "\u2800" <= sign <= "\u28ff":  # braille, of which the curves are made
        return "." if sign > "\u2800" else " "
    return _PLAIN.get(sign, "?" * cell_len(sign))


def ink(app: "App[Any]") -> Ink:
    """Draw pictures in blocks of colour, or as characters where there are no blocks, or fewer colours than 256."""
    stream = sys.__stderr__
    encoding = codecs.lookup(stream.encoding).name if isinstance(stream, TextIOWrapper) else "utf-8"
    return "characters" if encoding != "utf-8" or app.console.color_system in (None, "standard") else "blocks"
