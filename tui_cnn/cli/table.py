"""Text laid out by the columns of a terminal, where a Korean letter takes two; click and `str.ljust` count letters."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from tui_cnn.visible import visible

_FILLER = "\ue000"
"""Stands behind each wide letter while click counts, and is never written."""


def table(heading: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> list[str]:
    """Write lines with the cells of each column below each other, those of the columns in `numbers` to the right."""
    lines = [[visible(cell) for cell in line] for line in (heading, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    written = []
    for line in lines:
        cells = []
        for place, (cell, width) in enumerate(zip(line, widths, strict=True)):
            blanks = " " * (width - cell_len(cell))
            cells.append(blanks + cell if place in numbers else cell + blanks)
        written.append("  ".join(cells).rstrip())
    return written


def shortened(name: str, width: int = 40) -> str:
    """Return a name, or as much of its beginning as fits into `width` columns, with an ellipsis."""
    name = visible(name)
    return name if cell_len(name) <= width else set_cell_size(name, width - 1).rstrip() + "…"


def wrap(text: str, width: int) -> str:
    """Break a text into lines of at most `width` columns."""
    return _emptied(click.wrap_text(_filled(text), width))


class WideFormatter(click.HelpFormatter):
    """Lays out help by columns."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        super().write_usage(_filled(prog), _filled(args), prefix)

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(_filled(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Write a list of terms and what they mean."""
        super().write_dl([(_filled(term), _filled(meaning)) for term, meaning in rows], *args, **kwargs)

    def getvalue(self) -> str:
        """Return what was written."""
        return _emptied(super().getvalue())


class WideContext(click.Context):
    """The context of a command whose help is laid out by columns."""

    formatter_class = WideFormatter


class WideGroup(click.Group):
    """A group of commands whose help is laid out by columns, as its own."""

    context_class = WideContext

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.context_class = WideContext
        return command


def _filled(text: str) -> str:
    return text if text.isascii() else "".join(sign + _FILLER * (cell_len(sign) - 1) for sign in text)


def _emptied(text: str) -> str:
    return text.replace(_FILLER, "")
