"""Addresses of layers in the tree.

A path alternates between positions: `(4,)` is the fifth layer of the stack, `(4, 0)` the first layer of the block
there, `(4, 1, 0)` the first layer of the second branch there. People count from one, with the input as row 0.
"""

Path = tuple[int, ...]


def format_path(path: Path) -> str:
    """Write a path as a person counts: `(4,)` is `5`, `(4, 1, 0)` is `5.2.1`."""
    return ".".join(str(step + 1) for step in path)
