"""How much each parameter of a search matters to the accuracy, by Optuna's functional ANOVA, with its chance level.

fANOVA: Hutter, Hoos, Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", ICML 2014.
PED-ANOVA: Watanabe, Bansal, Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary
Subspaces", IJCAI 2023.
"""

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tui_cnn.errors import UserError
from tui_cnn.extras import what_is_missing
from tui_cnn.i18n import _, language_of_environment, use_language
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.domain import label
from tui_cnn.search.errors import SearchError
from tui_cnn.search.follower import SearchFollower, Trial
from tui_cnn.search.space import Parameter, Space

if TYPE_CHECKING:
    from optuna.importance import BaseImportanceEvaluator

FEWEST = 5
"""Finished trials below which nothing is worked out."""
_MOST_FOR_FOREST = 300
"""Finished trials above which the forest of fANOVA takes too long."""
_SHUFFLES = 12
_CHANCE = 0.9
"""The share of shuffled results that lie below the chance level."""
_TREES = 32
_BEST_SHARE, _LEAST_BEST = 0.1, 15
"""The share of the trials that PED-ANOVA compares with all, and how many these are at least."""


class Importance(NamedTuple):
    """A parameter: its share of what all matter, and the share that it exceeds by chance in one of ten shuffles."""

    key: str
    share: float
    chance: float


class Importances(msgspec.Struct, frozen=True):
    """The parameters, the most important first; what this rests on: the method, and the number of finished trials."""

    shares: tuple[Importance, ...]
    method: str
    trials: int

    @property
    def is_weak(self) -> bool:
        """Whether the trials are so few for that many parameters that this means little."""
        return self.trials < 10 * max(1, len(self.shares))


class ImportanceOutcome(msgspec.Struct, frozen=True):
    """What the process that works them out writes: the importances, or the problem."""

    found: Importances | None = None
    problem: str = ""


def importances(space: Space, trials: Sequence[Trial]) -> Importances:
    """Work out the importance of each parameter from the finished trials; seconds where these are hundreds.

    Raises:
        SearchError: the package optuna is missing.
    """
    finished = [trial for trial in trials if trial.is_finished]
    varying = [each for each in space.parameters if _is_varied(each, finished)]
    method, evaluator = _evaluator(len(finished))
    accuracies = [trial.accuracy or 0.0 for trial in finished]
    if len(finished) < FEWEST or not varying or len(set(accuracies)) == 1:
        return Importances((), method, len(finished))
    shares = _shares(varying, finished, accuracies, evaluator)
    random = Random(0)
    shuffled = [
        _shares(varying, finished, random.sample(accuracies, len(accuracies)), evaluator)
        for _shuffle in range(_SHUFFLES)
    ]
    found = []
    for key, share in shares.items():
        by_chance = sorted(each.get(key, 0.0) for each in shuffled)
        found.append(Importance(key, float(share), float(by_chance[int(_CHANCE * (len(by_chance) - 1))])))
    return Importances(tuple(sorted(found, key=lambda each: -each.share)), method, len(finished))


def _is_varied(parameter: Parameter, trials: Sequence[Trial]) -> bool:
    return len({label(trial.record.planned.values.get(parameter.key)) for trial in trials}) > 1


def _evaluator(trials: int) -> tuple[str, "BaseImportanceEvaluator"]:
    if missing := what_is_missing("search", _("importance")):
        raise SearchError(missing)
    from optuna.importance import FanovaImportanceEvaluator, PedAnovaImportanceEvaluator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is experimental
        if trials <= _MOST_FOR_FOREST:
            try:
                return "fANOVA", FanovaImportanceEvaluator(n_trees=_TREES, seed=0)
            except ImportError:  # it needs scikit-learn
                pass
        best = min(0.5, max(_BEST_SHARE, _LEAST_BEST / max(1, trials)))
        return "PED-ANOVA", PedAnovaImportanceEvaluator(target_quantile=best)


def _shares(
    parameters: Sequence[Parameter],
    trials: Sequence[Trial],
    accuracies: Sequence[float],
    evaluator: "BaseImportanceEvaluator",
) -> dict[str, float]:
    import optuna

    from tui_cnn.search.optuna_brain import distribution, word

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions = {each.key: distribution(each.domain) for each in parameters}
    study = optuna.create_study(direction="maximize")
    study.add_trials(
        [
            optuna.trial.create_trial(
                params={key: word(trial.record.planned.values[key]) for key in distributions},
                distributions=distributions,
                value=accuracy,
            )
            for trial, accuracy in zip(trials, accuracies, strict=True)
        ]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return optuna.importance.get_param_importances(study, evaluator=evaluator)


def main(arguments: list[str]) -> int:
    """Write the importances of a search to standard output, as JSON; return the exit status."""
    use_language(language_of_environment())
    if len(arguments) != 1:
        sys.stderr.write(_("usage: python -m tui_cnn.search.importance SEARCH_DIR") + "\n")
        return 2
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        search = SearchDirectory(Path(arguments[0]))
        space = search.plan().space_on(search.network())
        outcome = ImportanceOutcome(importances(space, SearchFollower(search).poll().trials))
    except UserError as error:
        outcome = ImportanceOutcome(problem=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
