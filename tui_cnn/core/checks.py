"""What is wrong with a network, in a sentence, and the smallest edit that mends it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Literal

import msgspec

from tui_cnn.core import edits
from tui_cnn.core.layers import Block, Flatten, GlobalAveragePooling2D, GlobalMaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path, format_path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import ShapeError
from tui_cnn.i18n import _

Severity = Literal["error", "warning", "info"]


class Fix(msgspec.Struct, frozen=True):
    """An edit that mends a problem, and what it does in a few words."""

    label: str
    apply: Callable[[Network], Network]


class Check(msgspec.Struct, frozen=True):
    """One finding. `path` is empty where it is about the whole network."""

    code: str
    severity: Severity
    path: Path
    message: str
    fix: Fix | None = None

    def __str__(self) -> str:
        place = _("layer {number}: ").format(number=format_path(self.path)) if self.path else ""
        fix = "; " + _("fix: {label}").format(label=self.fix.label) if self.fix else ""
        return f"{place}{self.message}{fix}"


def check(network: Network, rows: Sequence[Row]) -> tuple[Check, ...]:
    """Look at a network and its rows."""
    return (*_empty(network), *_shapes(network, rows), *_names(rows))


def _empty(network: Network) -> Iterator[Check]:
    if not network.layers:
        yield Check("empty", "error", (), _("the network has no layers; add one"))


def _shapes(network: Network, rows: Sequence[Row]) -> Iterator[Check]:
    for row in rows:
        if row.error is not None:
            message = f"{type(row.layer).__name__}: {row.error}"
            yield Check("shape", "error", row.path, message, _shape_fix(row, row.error, rows))


def _shape_fix(row: Row, error: ShapeError, rows: Sequence[Row]) -> Fix | None:
    if error.change:
        label = ", ".join(f"{field} = {_written(value)}" for field, value in error.change.items())
        return Fix(label, partial(edits.change, path=row.path, **error.change))
    flat = row.input_shape is not None and len(row.input_shape) == 1
    flattening = _flattening_before(row, rows) if flat else None
    if flattening is None:
        return None
    if isinstance(row.layer, Flatten | GlobalAveragePooling2D | GlobalMaxPooling2D):
        return Fix(_("delete it: its input is flat already"), partial(edits.delete, path=row.path))
    label = _("move it up to {number}, before {layer}")
    return Fix(
        label.format(number=format_path(flattening.path), layer=type(flattening.layer).__name__),
        partial(edits.move, path=row.path, to=flattening.path[-1]),
    )


def _flattening_before(row: Row, rows: Sequence[Row]) -> Row | None:
    """Find the layer of the same stack that turned the image into a row of numbers."""
    siblings = [other for other in rows if other.path[:-1] == row.path[:-1] and other.path < row.path]
    for other in reversed(siblings):
        if other.input_shape is not None and len(other.input_shape) == 3:
            return other
    return None


def _names(rows: Sequence[Row]) -> Iterator[Check]:
    owners = {_INPUT: _("the input")}
    for row in rows:
        if isinstance(row.layer, Block):  # a group is no layer of the built model: its name may repeat
            continue
        if row.name in owners:
            message = _("the name “{name}” is taken by {owner}; names are unique")
            yield Check(
                "duplicate-name",
                "error",
                row.path,
                message.format(name=row.name, owner=owners[row.name]),
                Fix(_("remove the name"), partial(edits.change, path=row.path, name="")),
            )
        else:
            owners[row.name] = _("layer {number}").format(number=format_path(row.path))


_INPUT = "input_layer"
"""What Keras calls the input."""


def _written(value: Any) -> str:
    """Write a field's value as TOML does."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return f'"{value}"' if isinstance(value, str) else f"{value}"
