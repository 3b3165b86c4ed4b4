"""Text brought to a width in cells: a Korean letter takes two of them, so that counting letters would not line up."""

from rich.cells import cell_len, set_cell_size


def left(text: str, width: int) -> str:
    """Put a text at the left of `width` cells; one that is wider is cut."""
    return set_cell_size(text, width)


def right(text: str, width: int) -> str:
    """Put a text at the right of `width` cells; one that is wider stays as it is."""
    return " " * (width - cell_len(text)) + text
