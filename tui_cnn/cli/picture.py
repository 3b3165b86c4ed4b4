"""The picture of a network: in the terminal, or in a file."""

import shutil
from pathlib import Path

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.formats.picture import COLOURS, shaded
from tui_cnn.formats.png import dumps_png
from tui_cnn.formats.saving import save_bytes
from tui_cnn.formats.svg import dumps_svg
from tui_cnn.ui.build.volume_drawing import Faces, VolumeColours, draw, plan

_LINES = 16
_WIDEST = 160


def save_picture(analysis: Analysis, path: Path) -> None:
    """Write the picture as SVG or PNG, whichever the name of the file says.

    Raises:
        FormatError: it cannot be written.
    """
    save_bytes(path, dumps_png(analysis) if path.suffix.lower() == ".png" else dumps_svg(analysis).encode())


def print_picture(analysis: Analysis, *, stderr: bool = False) -> None:
    """Print the picture into the terminal, in its colours where it has any."""
    width = min(_WIDEST, shutil.get_terminal_size((100, 24)).columns)
    families = {family: _faces(colour) for family, colour in COLOURS.items()}
    quiet = Style(dim=True)
    palette = VolumeColours(families, families[None], Color.parse("#e5484d"), Style(), quiet, Style(), Style(bold=True))
    drawing = draw(plan(analysis, None, width, _LINES), analysis, None, palette)
    console = Console(width=width, highlight=False, stderr=stderr)
    for line in drawing.lines:
        console.print(Text.assemble(*((part.text, part.style or "") for part in line)), no_wrap=True, crop=True)


def _faces(colour: str) -> Faces:
    return Faces(*(Color.parse(shade) for shade in (colour, shaded(colour, 1.22), shaded(colour, 0.62))))
