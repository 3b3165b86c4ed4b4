"""Lines of Python of at most 88 columns, broken as black and `ruff format` break them."""

from collections.abc import Sequence

_WIDTH = 88
_STEP = "    "


def call(prefix: str, arguments: Sequence[str], suffix: str, indent: int) -> list[str]:
    """Write `prefix(arguments)suffix` at a depth of indentation, over as many lines as it needs."""
    margin = _STEP * indent
    line = f"{margin}{prefix}({', '.join(arguments)}){suffix}"
    if len(line) <= _WIDTH or not arguments:
        return [line]
    head = f"{margin}{prefix}({', '.join(arguments)})("
    if suffix.startswith("(") and len(head) <= _WIDTH:  # the last brackets are broken first
        return [head, f"{margin}{_STEP}{suffix[1:-1]}", f"{margin})"]
    inner = f"{margin}{_STEP}{', '.join(arguments)}"
    if len(inner) <= _WIDTH:
        return [f"{margin}{prefix}(", inner, f"{margin}){suffix}"]
    return [f"{margin}{prefix}(", *(f"{margin}{_STEP}{argument}," for argument in arguments), f"{margin}){suffix}"]


def merged(prefix: str, arguments: Sequence[str], names: Sequence[str], indent: int) -> list[str]:
    """Write `prefix(arguments)([names])` at a depth of indentation, over as many lines as it needs."""
    margin = _STEP * indent
    listed = ", ".join(names)
    before: list[str] = []
    head = f"{margin}{prefix}({', '.join(arguments)})"
    if len(f"{head}(") > _WIDTH:
        before, head = [f"{margin}{prefix}(", f"{margin}{_STEP}{', '.join(arguments)}"], f"{margin})"
    if len(f"{head}([{listed}])") <= _WIDTH:
        return [*before, f"{head}([{listed}])"]
    if len(f"{margin}{_STEP}[{listed}]") <= _WIDTH:
        return [*before, f"{head}(", f"{margin}{_STEP}[{listed}]", f"{margin})"]
    deep = margin + 2 * _STEP
    items = [f"{deep}{name}," for name in names]
    return [*before, f"{head}(", f"{margin}{_STEP}[", *items, f"{margin}{_STEP}]", f"{margin})"]
