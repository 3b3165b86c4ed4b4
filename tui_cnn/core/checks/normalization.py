"""What keeps a batch normalization from doing its work."""

from collections.abc import Iterator
from functools import partial

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context
from tui_cnn.core.findings import Check, Fix
from tui_cnn.core.layers import BatchNormalization
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Row
from tui_cnn.i18n import _


def checks(context: Context) -> Iterator[Check]:
    """Look at what stands before each batch normalization, and at how fast it follows."""
    for row in context.rows:
        if type(row.layer) is BatchNormalization:
            yield from _dropout(context, row)
    yield from _slow_averages(context)


def _dropout(context: Context, row: Row) -> Iterator[Check]:
    source = context.before(row)
    while source is not None and (source.layer.kernel_kind != "none" or source.layer.family == "activation"):
        source = context.before(source)
    if source is not None and source.layer.family == "regularization" and getattr(source.layer, "rate", 0.0) > 0:
        message = _("{layer}: placed before a batch normalization, it shifts its statistics")
        yield Check(
            "dropout-before-normalization",
            "warning",
            source.path,
            message.format(layer=type(source.layer).__name__),
            _move_behind(source, row),
        )


def _move_behind(row: Row, other: Row) -> Fix | None:
    if row.path[:-1] != other.path[:-1]:
        return None
    return Fix(_("move it after the normalization"), partial(edits.move, path=row.path, to=other.path[-1]))


_UNTRUE = 0.05
"""Share that the beginning may still have in the moving averages at the end."""


def _slow_averages(context: Context) -> Iterator[Check]:
    """Moving averages that a training is too short for."""
    steps = context.training.steps
    if steps is None:
        return
    normalizing = [(row.path, row.layer.momentum) for row in context.rows if isinstance(row.layer, BatchNormalization)]
    slow = [(path, momentum) for path, momentum in normalizing if momentum**steps > _UNTRUE]
    if not slow:
        return
    message = _(
        "{layer}: with momentum = {momentum:g} its moving averages are still far off "
        "after {steps:,} steps, so validation will look like chance"
    )
    text = message.format(layer="BatchNormalization", momentum=max(one for _path, one in slow), steps=steps)
    yield Check("slow-averages", "warning", slow[0][0], text, _quicker(tuple(path for path, _one in slow), steps))


def _quicker(paths: tuple[Path, ...], steps: int) -> Fix | None:
    for momentum in (0.9, 0.8, 0.5):
        if momentum**steps <= _UNTRUE:
            return Fix(f"momentum = {momentum}", partial(_with_momentum, paths=paths, momentum=momentum))
    return None


def _with_momentum(network: Network, paths: tuple[Path, ...], momentum: float) -> Network:
    for path in paths:
        network = edits.change(network, path, momentum=momentum)
    return network
