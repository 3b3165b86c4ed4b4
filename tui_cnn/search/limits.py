"""What a candidate costs, known exactly before it is trained; and the limits on that: `params <= 100k`."""

import math
import re
from typing import Literal, NamedTuple, get_args

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.memory import memory
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.amounts import parse_amount
from tui_cnn.formats.validation import InvalidError, nearest
from tui_cnn.i18n import _
from tui_cnn.search.errors import SearchError
from tui_cnn.search.space import Variation

Quantity = Literal["params", "macs", "memory", "receptive_field"]
Relation = Literal["<=", ">="]

QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

NO_ERRORS = "errors"
"""Stands among the limits for the one that always holds: no finding of severity error."""

_LIMIT = re.compile(r"\s*([A-Za-z_]+)\s*(<=|>=)\s*(.+?)\s*")


class Limit(NamedTuple):
    """A bound of a quantity. `text` is how it was written."""

    text: str
    quantity: Quantity
    relation: Relation
    bound: int


class Costs(NamedTuple):
    """Exact costs of a candidate.

    Attributes:
        params: trainable and non-trainable parameters.
        macs: multiply-accumulates for one image.
        memory: bytes at a training step.
        receptive_field: pixels that a cell of the last feature map sees along the shorter axis; infinite where it sees
            the whole image.
        error: why it cannot be trained, as the first finding of severity error has it; empty where it can.

    A quantity is None where it cannot be known.
    """

    params: int | None
    macs: int | None
    memory: int | None
    receptive_field: float | None
    error: str = ""


def parse_limit(text: str) -> Limit:
    """Read a limit.

    Raises:
        SearchError: it is none.
    """
    match = _LIMIT.fullmatch(text)
    if match is None:
        message = _("limits: “{text}” is not a limit; write for example {example}")
        raise SearchError(message.format(text=text[:80], example="params <= 100k"))
    quantity = next((known for known in QUANTITIES if known == match[1].lower()), None)
    if quantity is None:
        problem = _("limits: unknown quantity “{name}”").format(name=match[1])
        raise SearchError(problem + nearest(match[1], list(QUANTITIES)))
    try:
        bound = parse_amount(match[3])
    except InvalidError as error:
        raise SearchError(_("limits: {problem}").format(problem=error)) from None
    return Limit(text.strip(), quantity, "<=" if match[2] == "<=" else ">=", bound)


def costs(setup: Variation, classes: int | None = None) -> Costs:
    """Work out what a candidate costs, and whether it can be trained on so many classes."""
    analysis = analyze(setup.network, TrainingContext(classes, setup.recipe.batch_size, setup.recipe.optimizer))
    totals = analysis.totals
    error = next((finding.with_code for finding in analysis.checks if finding.severity == "error"), "")
    if not error and classes is not None and analysis.output_shape != (classes,):
        message = _("the output is {shape}, but the data has {classes} classes")
        error = message.format(shape=format_shape(analysis.output_shape or ()), classes=classes)
    return Costs(
        totals.params if totals.params_complete else None,
        totals.macs if totals.complete else None,
        memory(analysis, setup.recipe.batch_size, setup.recipe.optimizer).training,
        _receptive_field(analysis),
        error,
    )


def _receptive_field(analysis: Analysis) -> float | None:
    field = analysis.last_map.field if analysis.last_map is not None else None
    if field is None:
        return None
    return math.inf if field.status == "full" else field.shorter


def excess(limit: Limit, found: Costs) -> float:
    """Return by which share of the bound a limit is exceeded; 0 where it is met. What is unknown does not meet it."""
    value: float | None = getattr(found, limit.quantity)
    if value is None:
        return math.inf
    beyond = value - limit.bound if limit.relation == "<=" else limit.bound - value
    return max(0.0, beyond / max(1, limit.bound))


def violations(limits: tuple[Limit, ...], found: Costs) -> dict[str, float]:
    """Return the limits that a candidate does not meet, by their text, each with the share by which it exceeds them."""
    unmet = {limit.text: share for limit in limits if (share := excess(limit, found))}
    return {**unmet, **({NO_ERRORS: 1.0} if found.error else {})}
