"""Reads the searches: a line of each for the list, and all of the one that is shown. For one thread at a time."""

from collections.abc import Sequence
from typing import NamedTuple

from tui_cnn.errors import UserError
from tui_cnn.runs.directory import read_about
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.summary import written
from tui_cnn.search.directory import SearchDirectory, list_searches
from tui_cnn.search.follower import HistoryReader, SearchFollower, SearchSnapshot, Trial
from tui_cnn.search.history import SearchHistory, SearchState, best_trial
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.space import Space
from tui_cnn.search.statistics import best_of, planned_trials, seconds_left


class ListedSearch(NamedTuple):
    """A search in the list: its title, its state, trials that have ended, of how many, and the best accuracy."""

    search: SearchDirectory
    title: str
    state: SearchState
    ended: int
    planned: int | None
    best: float | None


class Shown(NamedTuple):
    """The search that is shown at one moment.

    Attributes:
        space: what varies in it; None where `problem` says why that cannot be read.
        seconds_left: what it still takes, as far as that is known.
    """

    snapshot: SearchSnapshot
    title: str
    space: Space | None
    problem: str
    best: Trial | None
    planned: int | None
    seconds_left: float | None

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Its trials, in their order."""
        return self.snapshot.trials


class _Known(NamedTuple):
    signature: tuple[object, ...]
    listed: ListedSearch


class _SpaceOf(NamedTuple):
    plan: SearchPlan
    space: Space | None
    problem: str


class SearchReader:
    """Keeps what it has read, and reads what is new."""

    def __init__(self) -> None:
        self._readers: dict[str, HistoryReader] = {}
        self._known: dict[str, _Known] = {}
        self._follower: SearchFollower | None = None
        self._space: _SpaceOf | None = None
        self._shown: Shown | None = None

    def list_all(self) -> tuple[ListedSearch, ...]:
        """Return the searches, newest first."""
        searches = list_searches()
        self._known = {search.id: self._read(search) for search in searches}
        self._readers = {name: reader for name, reader in self._readers.items() if name in self._known}
        return tuple(known.listed for known in self._known.values())

    def read(self, search: SearchDirectory, wanted: Sequence[int] = ()) -> Shown:
        """Return a search as it stands; the curves of the trials `wanted` are read first."""
        if self._follower is None or self._follower.search != search:
            self._follower, self._space, self._shown = SearchFollower(search), None, None
        snapshot = self._follower.poll(wanted)
        title = title_of(search)
        if self._shown is not None and (snapshot, title) == (self._shown.snapshot, self._shown.title):
            return self._shown
        plan = snapshot.plan
        if plan is not None and (self._space is None or self._space.plan is not plan):
            self._space = _space_of(search, plan)
        space = self._space if plan is not None else None
        planned = planned_trials(plan, space.space.count if space and space.space else None)
        self._shown = Shown(
            snapshot=snapshot,
            title=title,
            space=space.space if space else None,
            problem=snapshot.problem or (space.problem if space else ""),
            best=best_of(snapshot.trials),
            planned=planned,
            seconds_left=seconds_left(snapshot, planned),
        )
        return self._shown

    def _read(self, search: SearchDirectory) -> _Known:
        signature = (
            *map(written, (search.events_file, search.plan_file, search.about_file)),
            is_held(search.lock_file),
        )
        before = self._known.get(search.id)
        if before is not None and before.signature == signature:
            return before
        history = self._readers.setdefault(search.id, HistoryReader(search)).read()
        try:
            plan = search.plan()
        except UserError:
            planned = None
        else:
            space = _space_of(search, plan).space
            planned = planned_trials(plan, space.count if space else None)
        return _Known(signature, _listed(search, history, planned))


def title_of(search: SearchDirectory) -> str:
    """Call a search what the user calls it, or by its network."""
    return read_about(search).title or search.name


def _listed(search: SearchDirectory, history: SearchHistory, planned: int | None) -> ListedSearch:
    ended = sum(record.ended is not None for record in history.trials)
    best = best_trial(history.trials)
    accuracy = best.ended.accuracy if best is not None and best.ended is not None else None
    return ListedSearch(search, title_of(search), history.state, ended, planned, accuracy)


def _space_of(search: SearchDirectory, plan: SearchPlan) -> _SpaceOf:
    try:
        return _SpaceOf(plan, plan.space_on(search.network()), "")
    except UserError as error:
        return _SpaceOf(plan, None, str(error))
