"""The Lab's colours, from the theme."""

from textual.color import Color
from textual.widget import Widget

from tui_cnn.ui.draw.lab_grid import Tones


def tones(widget: Widget) -> Tones:
    """Read the colours off the theme that is in use."""
    variables = widget.app.theme_variables
    ground, words = (_parsed(variables[name]) for name in ("background", "foreground"))
    above, below, window = (_parsed(variables[name]) for name in ("primary", "warning", "accent"))
    return Tones(ground, words, ground.blend(words, 0.55), above, below, window)


def _parsed(colour: str) -> Color:
    return Color.parse(colour)
