"""Terminals whose encoding is not UTF-8 get a plain character of the same width for each that they cannot show."""

import codecs
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

if TYPE_CHECKING:
    from textual.app import App

    from tui_cnn.ui.draw.canvas import Ink

_NAME = "cnn-tui.plain"
_PLAIN = {
    sign: plain
    for signs, plain in (
        ("─━╌▁▔", "-"),
        ("│┃▏▎▕▐", "|"),
        ("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋", "+"),
        ("█▉▊▋▌▍▀▄▇▆▅▃▂", "#"),
        ("×", "x"),
        ("·", "."),
        ("…", "~"),
        ("‹←⏎", "<"),
        ("›→", ">"),
        ("↑", "^"),
        ("↓", "v"),
        ("−–—", "-"),
        ("✓★●", "*"),
        ("✗⚠", "!"),
        ("“”", '"'),
    )
    for sign in signs
}


def use_plain_signs() -> None:
    """Let the terminal that Textual draws on replace what it cannot show; its own way would widen every line."""
    if isinstance(sys.__stderr__, TextIOWrapper) and codecs.lookup(sys.__stderr__.encoding).name != "utf-8":
        codecs.register_error(_NAME, _replace)
        sys.__stderr__.reconfigure(errors=_NAME)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(sign: str) -> str:
    if "\u2800" <= sign <= "\u28ff":  # braille, of which the curves are made
        return "." if sign > "\u2800" else " "
    return _PLAIN.get(sign, "?" * cell_len(sign))


def ink(app: "App[Any]") -> "Ink":
    """Draw pictures in blocks of colour, or as characters where there are no blocks, or fewer colours than 256."""
    stream = sys.__stderr__
    encoding = codecs.lookup(stream.encoding).name if isinstance(stream, TextIOWrapper) else "utf-8"
    return "characters" if encoding != "utf-8" or app.console.color_system in (None, "standard") else "blocks"
