"""What is wrong with a network, in a sentence, and the smallest edit that fixes it."""

from tui_cnn.core.checks import geometry, normalization, training, weights
from tui_cnn.core.checks.context import make_context
from tui_cnn.core.checks.explanations import explain
from tui_cnn.core.checks.shapes import empty, names, opaque, shapes
from tui_cnn.core.checks.training_context import TrainingContext
from tui_cnn.core.findings import Check, Fix, Severity
from tui_cnn.core.rows import Analysis

__all__ = ["Check", "Fix", "Severity", "TrainingContext", "check", "explain"]

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


def check(analysis: Analysis, training_context: TrainingContext) -> tuple[Check, ...]:
    """Look at an analysed network; the most severe findings come first, then in the order of the layers."""
    context = make_context(analysis, training_context)
    found = [
        *empty(analysis.network),
        *shapes(context),
        *names(context.rows),
        *opaque(context.rows),
        *geometry.checks(context),
        *weights.checks(context),
        *normalization.checks(context),
        *training.checks(context),
    ]
    return tuple(sorted(found, key=lambda finding: (_ORDER[finding.severity], finding.path)))
