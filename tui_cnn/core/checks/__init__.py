"""What is wrong with a network, in a sentence, and the smallest edit that fixes it."""

from collections.abc import Callable

from tui_cnn.core.checks import ending, geometry, order, shapes, training
from tui_cnn.core.checks.context import Context, TrainingContext
from tui_cnn.core.checks.explanations import explain
from tui_cnn.core.network import Network
from tui_cnn.core.rows import Analysis, Check, FindingGroup, Fix, Severity, grouped

__all__ = ["Check", "FindingGroup", "Fix", "Severity", "TrainingContext", "check", "explain", "grouped"]

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


def check(
    analysis: Analysis, training_context: TrainingContext, compute: Callable[[Network], Analysis]
) -> tuple[Check, ...]:
    """Look at an analysed network; the most severe findings come first, then in the order of the layers.

    `compute` works out the numbers of another network, to see what a fix does.
    """
    rows = tuple(row for row in analysis.rows if not row.muted)
    context = Context(analysis, rows, training_context, {row.path: row for row in rows}, compute)
    topics = (shapes, geometry, training, order, ending)
    found = [finding for topic in topics for finding in topic.checks(context)]
    return tuple(sorted(found, key=lambda finding: (_ORDER[finding.severity], finding.path)))
