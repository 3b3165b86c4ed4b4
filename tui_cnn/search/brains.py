"""Who proposes candidates: a grid and random draws need nothing else; all others, and pruning, are Optuna's."""

from tui_cnn.extras import what_is_missing
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.enumeration import Brain, Enumeration, Known
from tui_cnn.search.errors import SearchError
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.space import Space

_OF_OPTUNA = ("tpe", "nsga2")


def needs_optuna(plan: SearchPlan) -> bool:
    """Return whether a plan needs the package optuna."""
    return plan.brain in _OF_OPTUNA or plan.pruning.kind != "none"


def require_optuna(plan: SearchPlan) -> None:
    """Make sure that what a plan needs is installed.

    Raises:
        SearchError: it is not.
    """
    if not needs_optuna(plan):
        return
    what = f"brain = “{plan.brain}”" if plan.brain in _OF_OPTUNA else f"pruning = “{plan.pruning.kind}”"
    if missing := what_is_missing("search", what):
        raise SearchError(missing)


def open_brain(search: SearchDirectory, plan: SearchPlan, space: Space, known: tuple[Known, ...]) -> Brain:
    """Make the brain of a search, which continues after the trials that are `known`.

    Raises:
        SearchError: the package optuna is needed and missing, or its journal cannot be read.
    """
    require_optuna(plan)
    if not needs_optuna(plan):
        return Enumeration(space, plan, max((trial.number + 1 for trial in known), default=0))
    from tui_cnn.search.optuna_brain import OptunaBrain

    return OptunaBrain(search, plan, space, known)
