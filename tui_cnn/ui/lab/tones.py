"""The Lab's colours, from the theme."""

from textual.color import Color
from textual.widget import Widget

from tui_cnn.ui.lab.grid import Tones
from tui_cnn.ui.toolkit.ascii_fallback import ink


def tones(widget: Widget) -> Tones:
    """Read the colours off the theme that is in use: red above zero, blue below, as the Inspect screen has them."""
    variables = widget.app.theme_variables
    ground, words = (_parsed(variables[name]) for name in ("background", "foreground"))
    above, below, window = (_parsed(variables[name]) for name in ("error", "primary", "warning"))
    plain = ink(widget.app) == "characters"
    return Tones(ground, words, ground.blend(words, 0.55), above, below, window, plain)


def _parsed(colour: str) -> Color:
    return Color.parse(colour)
