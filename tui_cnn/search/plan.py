"""What is to be searched, as `search.toml` has it: the space, recipe, seeds, goals, limits, budget, brain, pruning."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import loads_toml, read_text
from tui_cnn.formats.toml import dumps_inline, dumps_toml
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search.errors import SearchError
from tui_cnn.search.limits import Limit, parse_limit
from tui_cnn.search.space import Space, Variation, read_space

BrainName = Literal["grid", "random", "tpe", "nsga2"]
Goal = Literal["accuracy", "params", "macs", "memory", "seconds"]
"""`accuracy`: validation accuracy, the higher the better; of all others, the lower the better."""

Seed = Annotated[int, Meta(ge=0, lt=2**31)]

DEFAULT_TRIALS = 20
"""Trials of a search without a budget, unless it is a grid, which tries all."""


class SearchBudget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When no more trials begin: those that are trained then continue to their end."""

    trials: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    minutes: Annotated[float, Meta(gt=0, le=1e7)] | None = None
    epochs: Annotated[int, Meta(ge=1, le=10**9)] | None = None


class Pruning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which trials end early. `halving`: after `first`, `first` × `factor` … epochs the best 1 / `factor` continue."""

    kind: Literal["none", "halving"] = "none"
    first: Annotated[int, Meta(ge=1, le=100_000)] = 1
    factor: Annotated[int, Meta(ge=2, le=100)] = 3


class SearchPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search before it runs. `seeds` are those of the runs of each trial; `seed` is that of the search itself."""

    brain: BrainName = "random"
    seed: Seed = 0
    seeds: Annotated[tuple[Seed, ...], Meta(min_length=1, max_length=1000)] = (0,)
    goals: Annotated[tuple[Goal, ...], Meta(min_length=1, max_length=5)] = ("accuracy",)
    limits: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    jobs: Annotated[int, Meta(ge=1, le=4096)] | None = None
    budget: SearchBudget = SearchBudget()
    pruning: Pruning = Pruning()
    recipe: Recipe = Recipe()
    space: dict[str, Any] = {}

    @property
    def trials(self) -> int | None:
        """How many candidates are trained at most; None: no bound."""
        budget = self.budget
        bounded = budget.minutes is not None or budget.epochs is not None or self.brain == "grid"
        return budget.trials or (None if bounded else DEFAULT_TRIALS)

    @property
    def parsed_limits(self) -> tuple[Limit, ...]:
        """The limits.

        Raises:
            SearchError: one is none.
        """
        return tuple(map(parse_limit, self.limits))

    def space_on(self, network: Network) -> Space:
        """Read the space on its base network, and check that the parts of the plan belong together.

        Raises:
            SearchError: they do not, or the space is invalid.
        """
        space = read_space(self.space, Variation(network, self.recipe))
        problem = self._problem(space)
        if problem:
            raise SearchError(problem)
        _check_unique(self.seeds, "seeds")
        _check_unique(self.goals, "goals")
        _check_unique(tuple(limit.text for limit in self.parsed_limits), "limits")
        return space

    def _problem(self, space: Space) -> str:
        if "accuracy" not in self.goals:
            return _("goals: {goals} lack accuracy; add it").format(goals=", ".join(self.goals))
        if self.recipe.validation == 0:
            return _("recipe: a search compares validation accuracies, so set validation above 0")
        if self.recipe.minutes is not None:
            return _("recipe: minutes is not for searches, whose trials all have the same epochs; set epochs")
        if self.brain == "nsga2" and len(self.goals) < 2:
            return _("brain: nsga2 is for several goals; add one, or use tpe")
        if self.pruning.kind != "none" and len(self.goals) > 1:
            return _("pruning: halving compares one goal, so keep accuracy alone, or set kind = “none”")
        endless = [parameter.key for parameter in space.parameters if parameter.domain.size is None]
        if self.brain == "grid" and endless:
            message = _("space: a grid cannot list all values of {key}; give it a step, or use brain = “random”")
            return message.format(key=endless[0])
        return ""


def _check_unique(values: tuple[object, ...], name: str) -> None:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise SearchError(_("{name}: {value} is listed twice; remove one").format(name=name, value=value))


def read_plan(path: Path) -> SearchPlan:
    """Read a plan from a TOML file.

    Raises:
        FormatError: the file cannot be read, is not TOML, or has a field that is unknown or out of bounds.
    """
    return loads_plan(read_text(path), path)


def loads_plan(text: str, source: Path | str) -> SearchPlan:
    """Read a plan from TOML; `source` names it in errors.

    Raises:
        FormatError: it is not TOML, or has a field that is unknown or out of bounds.
    """
    data = loads_toml(text, source)
    parts: dict[str, Any] = {"budget": SearchBudget, "pruning": Pruning, "recipe": Recipe}
    for name, kind in parts.items():
        if isinstance(data.get(name), dict):
            try:
                data[name] = convert(data[name], kind)
            except InvalidError as error:
                raise FormatError(source, f"{name}: {error}") from None
    try:
        return convert(data, SearchPlan)
    except InvalidError as error:
        raise FormatError(source, str(error)) from None


def dumps_plan(plan: SearchPlan) -> str:
    """Write a plan as TOML text, its defaults too, so that it means the same when defaults change.

    The space comes last, a line for each key, in its order: it is what a person edits, and the order of a grid.
    """
    data = msgspec.to_builtins(plan)
    space = data.pop("space")
    lines = [dumps_toml({key: 0}).removesuffix("0\n") + dumps_inline(values) for key, values in space.items()]
    return "\n".join([dumps_toml(data), "[space]", *lines]) + "\n"
