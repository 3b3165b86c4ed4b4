"""The themes, and colours that mean something on all screens: families of layers, better, worse, edges.

In `.tcss` they are variables: `$family-convolution`, `$better`, `$worse`, `$panel-border`, and Textual's own
`$text-primary`, `$text-accent`, `$text-warning`, `$text-success` and `$text-error`, which are made legible here.
"""

from collections.abc import Mapping
from typing import Any

from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.theme import Theme

from tui_cnn.core.layers import Family

DARK = Theme(
    name="cnn-tui",
    primary="#4a9df8",
    secondary="#8fa3bf",
    accent="#86c5ff",
    warning="#ffb454",
    error="#ff6f6f",
    success="#7bd88f",
    foreground="#d9e0ea",
    background="#0f131a",
    surface="#171c26",
    panel="#1f2633",
    dark=True,
)

LIGHT = Theme(
    name="cnn-tui-light",
    primary="#1f6fd0",
    secondary="#5b6b80",
    accent="#0b5cb8",
    warning="#9a5b00",
    error="#c22f2f",
    success="#23752f",
    foreground="#1e2530",
    background="#fbfcfe",
    surface="#f1f4f8",
    panel="#e2e8f0",
    dark=False,
)


_LEGIBLE = 4.5
"""The contrast of text and ground that the Web's guidelines (WCAG 2, level AA) ask for."""

_STEPS = 24

_FAMILIES: dict[Family, tuple[str, str]] = {
    "convolution": ("#5aa9f8", "#1a5fc0"),
    "pooling": ("#74c365", "#24761a"),
    "dense": ("#f0984a", "#a34f00"),
    "normalization": ("#b48ef0", "#7038c8"),
    "activation": ("#e3c53d", "#7a6500"),
    "regularization": ("#ef86ae", "#b52268"),
    "reshaping": ("#4fc6c6", "#007272"),
    "augmentation": ("#c2a279", "#7a5626"),
    "container": ("#97a9bd", "#4c5f73"),
    "opaque": ("#f47c74", "#c02424"),
}
"""The colours of a family on dark and on light grounds."""

_FAMILIES_ANSI: dict[Family, tuple[str, str]] = {
    "convolution": ("ansi_bright_blue", "ansi_blue"),
    "pooling": ("ansi_green", "ansi_green"),
    "dense": ("ansi_yellow", "ansi_red"),
    "normalization": ("ansi_bright_magenta", "ansi_magenta"),
    "activation": ("ansi_bright_yellow", "ansi_bright_magenta"),
    "regularization": ("ansi_magenta", "ansi_bright_red"),
    "reshaping": ("ansi_cyan", "ansi_cyan"),
    "augmentation": ("ansi_bright_cyan", "ansi_bright_blue"),
    "container": ("ansi_white", "ansi_bright_black"),
    "opaque": ("ansi_red", "ansi_red"),
}
"""The same where the terminal's own 16 colours are used."""


def family_colour(app: App[Any], family: Family) -> Color:
    """Return the colour of a family in the app's theme."""
    return Color.parse(app.theme_variables[f"family-{family}"])


def theme_style(app: App[Any], variable: str, *, bold: bool | None = None) -> Style:
    """Return a colour of the app's theme as a style for Rich, such as `text-primary`; ansi themes have such too."""
    return Style(color=Color.parse(app.theme_variables[variable]).rich_color, bold=bold)


def meaning_colours(theme: Mapping[str, str], *, dark: bool) -> dict[str, str]:
    """Return the variables that mean something, made of those of a theme and legible on its grounds."""
    background = Color.parse(theme["background"])
    palette = _FAMILIES if background.ansi is None else _FAMILIES_ANSI
    hues = {
        **{f"family-{family}": colours[0 if dark else 1] for family, colours in palette.items()},
        "better": theme["success"],
        "worse": theme["error"],
    }
    if background.ansi is not None:
        quiet = "ansi_bright_black" if dark else "ansi_white"
        return {**hues, "panel-border": quiet, "primary-muted": quiet}  # theirs is the very colour of `text-primary`
    hues |= {f"text-{name}": theme[f"text-{name}"] for name in ("primary", "accent", "warning", "success", "error")}
    hues["footer-key-foreground"] = theme["accent"]
    grounds = [_luminance(Color.parse(theme[name])) for name in ("background", "surface", "panel")]
    ground = max(grounds) if dark else min(grounds)  # whatever can be read on this can be read on the others
    return {
        **{name: _legible(Color.parse(hue), ground, dark=dark).hex for name, hue in hues.items()},
        "panel-border": background.blend(Color.parse(theme["foreground"]), 0.28).hex,
    }


def _legible(colour: Color, ground: float, *, dark: bool) -> Color:
    """Lighten or darken a colour by no more than it takes to be read on a ground of this luminance."""
    end = Color(255, 255, 255) if dark else Color(0, 0, 0)
    steps = (colour.blend(end, step / _STEPS) for step in range(_STEPS))
    return next((step for step in steps if _ratio(_luminance(step), ground) >= _LEGIBLE), end)


def _ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
