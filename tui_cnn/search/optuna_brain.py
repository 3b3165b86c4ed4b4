"""Optuna as the brain: its samplers and pruner, by ask and tell, with its journal in the directory of the search.

What the search has recorded is the truth: the journal follows it, and is brought up to it when a coordinator begins.
"""

from collections.abc import Mapping
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, NSGAIISampler, TPESampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.storages.journal._file import BaseJournalFileLock
from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState

from tui_cnn.i18n import _
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.domain import Choices, Domain, ValueRange, label
from tui_cnn.search.enumeration import Draw, Enumeration, Known
from tui_cnn.search.errors import SearchError
from tui_cnn.search.events import end_torn_line
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.space import Space, Values

_LARGEST_POPULATION = 50
_SMALLEST_POPULATION = 4


class _Unlocked(BaseJournalFileLock):
    """The search holds a lock of its own, which the system releases if its coordinator is killed."""

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        return


class _Given(BaseSampler):
    """Gives the values of an enumeration, so that Optuna can prune its trials."""

    def __init__(self, candidates: Enumeration) -> None:
        self.candidates = candidates

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return {}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        return {}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        value = self.candidates.at(trial.number).values[param_name]
        return word(value) if isinstance(param_distribution, CategoricalDistribution) else value


class OptunaBrain:
    """A study of Optuna. The numbers of draws are those of its trials.

    Raises:
        SearchError: its journal cannot be read.
    """

    def __init__(self, search: SearchDirectory, plan: SearchPlan, space: Space, known: tuple[Known, ...]) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._space = space
        self._distributions = {each.key: distribution(each.domain) for each in space.parameters}
        unreadable = _("{file}: Optuna cannot read its journal ({reason}); restore it, or make a new search")
        if known and not search.journal_file.exists():
            raise SearchError(unreadable.format(file=search.journal_file, reason=_("file not found")))
        end_torn_line(search.journal_file)
        try:
            storage = JournalStorage(JournalFileBackend(str(search.journal_file), lock_obj=_Unlocked()))
            study = optuna.create_study(
                storage=storage,
                study_name=search.id,
                directions=["maximize" if goal == "accuracy" else "minimize" for goal in plan.goals],
                load_if_exists=True,
            )
            drawn = len(study.trials)
        except (ValueError, KeyError, TypeError) as error:
            raise SearchError(unreadable.format(file=search.journal_file, reason=error)) from None
        # The seed depends on how many were drawn: a resumed search would draw the first candidates again.
        self._sampler = _sampler(plan, space, drawn)
        study.sampler = self._sampler
        study.pruner = (
            optuna.pruners.SuccessiveHalvingPruner(plan.pruning.first, plan.pruning.factor)
            if plan.pruning.kind == "halving"
            else optuna.pruners.NopPruner()
        )
        self._study = study
        self._open: dict[int, Trial] = {}
        self._unrecorded: list[Trial] = []
        self._recover({trial.number: trial for trial in known})

    def _recover(self, known: Mapping[int, Known]) -> None:
        """Bring the journal up to what the search has recorded."""
        for trial in self._study.get_trials(deepcopy=False):
            if trial.state.is_finished():
                continue
            again = Trial(self._study, trial._trial_id)
            self._open[trial.number] = again
            record = known.get(trial.number)
            if record is None:  # the coordinator was killed before it recorded the draw
                self._unrecorded.append(again)
            elif record.ended:
                self.record(trial.number, record.goals, pruned=record.pruned)

    def ask(self) -> Draw | None:
        """Let the sampler propose; what an earlier coordinator was still to record comes first."""
        if self._unrecorded:
            trial = self._unrecorded.pop(0)
            for name, distribution in self._distributions.items():
                trial._suggest(name, distribution)
        elif isinstance(self._sampler, _Given) and self._sampler.candidates.ask() is None:
            return None
        else:
            trial = self._study.ask(self._distributions)
        self._open[trial.number] = trial
        return Draw(trial.number, self._values(trial))

    def _values(self, trial: Trial) -> Values:
        values: Values = {}
        for parameter in self._space.parameters:
            value = trial.params[parameter.key]
            if isinstance(parameter.domain, Choices):
                value = next(option for option in parameter.domain.options if word(option) == value)
            values[parameter.key] = value
        return values

    def refuse(self, number: int, exceeded: Mapping[str, float]) -> None:
        """Let the sampler learn which limits were exceeded, and by how much."""
        trial = self._open.pop(number)
        for limit, share in exceeded.items():
            trial.set_constraint(limit, share)
        self._study.tell(trial, state=TrialState.PRUNED)

    def report(self, number: int, epoch: int, accuracy: float) -> bool:
        """Let the pruner decide. An epoch that was reported before counts as it did then."""
        trial = self._open[number]
        known = self._study._storage.get_trial(trial._trial_id)  # `study.trials` would copy all of them
        if len(self._study.directions) > 1 or epoch in known.intermediate_values:
            return False
        trial.report(accuracy, epoch)
        return trial.should_prune()

    def record(self, number: int, goals: tuple[float, ...] | None, *, pruned: bool = False) -> None:
        """Tell the study."""
        trial = self._open.pop(number)
        if pruned:
            self._study.tell(trial, state=TrialState.PRUNED)
        elif goals is None:
            self._study.tell(trial, state=TrialState.FAIL)
        else:
            self._study.tell(trial, list(goals))


def _sampler(plan: SearchPlan, space: Space, drawn: int) -> BaseSampler:
    seed = (plan.seed + 1_000_003 * drawn) % 2**32
    match plan.brain:
        case "tpe":
            # Trials that are still trained count as bad ones, so that those beside them are of another kind.
            return TPESampler(seed=seed, constant_liar=True)
        case "nsga2":
            population = (plan.trials or 4 * _LARGEST_POPULATION) // 4
            size = min(max(population, _SMALLEST_POPULATION), _LARGEST_POPULATION)
            return NSGAIISampler(seed=seed, population_size=size)
        case _:
            return _Given(Enumeration(space, plan, drawn))


def distribution(domain: Domain) -> BaseDistribution:
    """Return the values of a parameter as Optuna knows them."""
    if isinstance(domain, Choices):
        return CategoricalDistribution(tuple(map(word, domain.options)))
    if domain.whole:
        step = 1 if domain.step is None else int(domain.step)
        return IntDistribution(int(domain.low), int(_last(domain)), log=domain.log, step=step)
    return FloatDistribution(float(domain.low), float(_last(domain)), log=domain.log, step=domain.step)


def _last(domain: ValueRange) -> float:
    """Return the highest value, which the steps may not hit exactly."""
    return domain.high if domain.size is None or domain.log else float(domain.at(domain.size - 1))


def word(option: Any) -> Any:
    """Write a choice as Optuna keeps it: a list as text."""
    return option if isinstance(option, bool | int | float | str) else label(option)
