"""Aligned columns of text."""

from collections.abc import Collection, Sequence

from rich.cells import cell_len


def table(heading: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> list[str]:
    """Write lines with the cells of each column below each other, those of the columns in `numbers` to the right."""
    lines = [heading, *rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            _pad(cell, width, right=place in numbers)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def _pad(cell: str, width: int, *, right: bool) -> str:
    """Fill a cell with blanks; `str.ljust` would take a Korean letter for one column instead of two."""
    blanks = " " * (width - cell_len(cell))
    return blanks + cell if right else cell + blanks
