"""The settings of a new search as a form has them, and the plan that they make."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tui_cnn.formats.amounts import parse_amount
from tui_cnn.formats.validation import InvalidError
from tui_cnn.search.errors import SearchError
from tui_cnn.search.limits import parse_limit
from tui_cnn.search.plan import DEFAULT_TRIALS, BrainName, Goal, SearchBudget, SearchPlan

_OTHER_GOALS = ("params", "macs", "memory", "seconds")
_GOALS = r"^(none|({goals})(\+({goals}))*)$".format(goals="|".join(_OTHER_GOALS))
_AMOUNT = Annotated[str, Meta(max_length=40)]


class SearchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is set of a search beside its space and its recipe."""

    brain: Annotated[
        BrainName, Meta(description="What proposes candidates: all in order, at random, or TPE or NSGA-II of Optuna")
    ] = "random"
    trials: Annotated[
        Annotated[int, Meta(ge=1, le=1_000_000)] | None,
        Meta(description="Number of candidates to train at most; empty: by time or epochs"),
    ] = DEFAULT_TRIALS
    minutes: Annotated[
        Annotated[float, Meta(gt=0, le=1e7)] | None,
        Meta(description="Begin no more trials after this time; empty: no limit"),
    ] = None
    epochs: Annotated[
        Annotated[int, Meta(ge=1, le=10**9)] | None,
        Meta(description="Begin no more trials after this number of epochs in all; empty: no limit"),
    ] = None
    max_params: Annotated[_AMOUNT, Meta(description="Maximum number of parameters, such as 100k; empty: no limit")] = ""
    max_macs: Annotated[_AMOUNT, Meta(description="Maximum number of MACs, such as 5M; empty: no limit")] = ""
    max_memory: Annotated[
        _AMOUNT, Meta(description="Maximum training-step memory in bytes, such as 2GB; empty: no limit")
    ] = ""
    min_rf: Annotated[
        _AMOUNT, Meta(description="Minimum receptive field of the last feature map, in pixels; empty: no limit")
    ] = ""
    goals: Annotated[
        str,
        Meta(
            pattern=_GOALS,
            extra={"kinds": _OTHER_GOALS},
            description="What is to be low beside a high validation accuracy; with any, there is a Pareto front",
        ),
    ] = "none"
    pruning: Annotated[
        Literal["none", "halving"], Meta(description="Whether trials that fall behind end early (needs Optuna)")
    ] = "none"
    seeds: Annotated[int, Meta(ge=1, le=1000, description="Number of runs of each trial, with different seeds")] = 1
    jobs: Annotated[
        Annotated[int, Meta(ge=1, le=4096)] | None,
        Meta(description="Number of trials to train at a time; empty: as many as fit this machine"),
    ] = None


_LIMITS = {
    "max_params": ("params", "<="),
    "max_macs": ("macs", "<="),
    "max_memory": ("memory", "<="),
    "min_rf": ("receptive_field", ">="),
}


def settings_of(plan: SearchPlan) -> SearchSettings:
    """Return what a form shows of a plan; limits that it has no line for stay in the plan."""
    limits = {}
    for limit in plan.parsed_limits:
        name = next((name for name, place in _LIMITS.items() if place == (limit.quantity, limit.relation)), None)
        if name is not None:
            limits[name] = limit.text.partition(limit.relation)[2].strip()
    others = [goal for goal in _OTHER_GOALS if goal in plan.goals]
    return SearchSettings(
        brain=plan.brain,
        trials=plan.budget.trials,
        minutes=plan.budget.minutes,
        epochs=plan.budget.epochs,
        goals="+".join(others) or "none",
        pruning=plan.pruning.kind,
        seeds=len(plan.seeds),
        jobs=plan.jobs,
        **limits,
    )


def with_settings(plan: SearchPlan, settings: SearchSettings) -> SearchPlan:
    """Return a plan with these settings; its space, its recipe and what the form does not show stay as they are.

    Raises:
        SearchError: a limit is not a number.
    """
    goals: list[Goal] = ["accuracy"]
    goals += [goal for goal in ("params", "macs", "memory", "seconds") if goal in settings.goals.split("+")]
    seeds = plan.seeds
    if len(seeds) != settings.seeds:
        seeds = tuple(range(settings.seeds))
    return msgspec.structs.replace(
        plan,
        brain=settings.brain,
        seeds=seeds,
        goals=tuple(goals),
        limits=_limits(plan, settings),
        jobs=settings.jobs,
        budget=SearchBudget(trials=settings.trials, minutes=settings.minutes, epochs=settings.epochs),
        pruning=msgspec.structs.replace(plan.pruning, kind=settings.pruning)
        if settings.pruning != plan.pruning.kind
        else plan.pruning,
    )


def _limits(plan: SearchPlan, settings: SearchSettings) -> tuple[str, ...]:
    """Write the limits of the form, after those of the plan that it has no line for."""
    kept = [limit.text for limit in plan.parsed_limits if (limit.quantity, limit.relation) not in _LIMITS.values()]
    for name, (quantity, relation) in _LIMITS.items():
        if text := getattr(settings, name).strip():
            try:
                parse_amount(text)
            except InvalidError as error:
                raise SearchError(f"{name}: {error}") from None
            kept.append(parse_limit(f"{quantity} {relation} {text}").text)
    return tuple(kept)
