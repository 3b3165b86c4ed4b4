"""Searches as directories: where they are, what is in one, making, listing and finding them; and their runs."""

from dataclasses import dataclass

import msgspec

from tui_cnn.atomic import write_atomic
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import dumps_network, dumps_toml
from tui_cnn.i18n import _
from tui_cnn.runs.dated import DatedDirectory, File, find_dated, list_dated, making
from tui_cnn.runs.directory import About, RunDirectory, list_runs, make_run
from tui_cnn.search.errors import SearchError
from tui_cnn.search.events import TrialPlanned
from tui_cnn.search.plan import SearchPlan, dumps_plan, read_plan
from tui_cnn.search.space import Variation


@dataclass(frozen=True)
class SearchDirectory(DatedDirectory):
    """A search: its plan and base network, which the user may edit; what its coordinator writes; the user's command.

    `journal_file` is Optuna's own journal; `log_file` has the coordinator's output.
    """

    plan_file = File("search.toml")
    journal_file = File("journal.log")
    log_file = File("coordinator.log")

    def plan(self) -> SearchPlan:
        """Read the plan.

        Raises:
            FormatError: the file is missing or damaged.
        """
        return read_plan(self.plan_file)


class TrialOf(msgspec.Struct, frozen=True, kw_only=True):
    """What a run says of the search that made it, in its `trial.toml`."""

    search: str
    trial: int
    seed: int
    values: dict[str, object]
    shares_cores: bool = False


def make_search(network: Network, plan: SearchPlan) -> SearchDirectory:
    """Make the directory of a new search.

    Raises:
        SearchError: it cannot be written.
        FormatError: the path of its data is no Unicode.
    """
    texts = dumps_network(network), dumps_plan(plan)
    with making("searches", network.name, SearchError) as path:
        search = SearchDirectory(path)
        for file, text in zip((search.network_file, search.plan_file), texts, strict=True):
            write_atomic(file, text.encode())
    return search


def list_searches() -> list[SearchDirectory]:
    """List the searches, newest first."""
    return list_dated(SearchDirectory, "searches", "search.toml")


def find_search(text: str) -> SearchDirectory:
    """Find a search by its id, by a part that no other id has, or the newest by `last`.

    Raises:
        SearchError: none is meant, or several may be.
    """
    return find_dated(
        text,
        list_searches(),
        SearchError,
        none=_("there are no searches yet; make one with: cnn-tui search init MODEL"),
        unknown=_("search “{text}” not found; the newest is {newest}"),
        ambiguous=_("“{text}” matches {count} searches: {listed}; enter more of the id"),
    )


def make_trial_run(
    search: SearchDirectory, planned: TrialPlanned, seed: int, setup: Variation, *, shares_cores: bool = False
) -> RunDirectory:
    """Make a run of a trial, which names its search from the moment when it is there.

    `shares_cores`: its threads are its share of the machine, beside other trials; nobody asked for so many.

    Raises:
        RunError: it cannot be written.
        FormatError: the path of its data is no Unicode.
    """
    about = About(
        title=_("{network}, trial {trial}").format(network=setup.network.name, trial=planned.trial),
        tags=(search.id,),
    )
    trial = TrialOf(search=search.id, trial=planned.trial, seed=seed, values=planned.values, shares_cores=shares_cores)

    def fill(run: RunDirectory) -> None:
        run.trial_file.write_text(dumps_toml(msgspec.to_builtins(trial)), "utf-8")
        run.about_file.write_text(dumps_toml(msgspec.to_builtins(about)), "utf-8")

    return make_run(setup.network, setup.recipe, fill)


def trial_of(run: RunDirectory) -> TrialOf | None:
    """Read which search made a run; None: no search did, or that cannot be read."""
    return run.trial(TrialOf)


def runs_of(search: SearchDirectory) -> dict[tuple[int, int], RunDirectory]:
    """Find the runs of a search by their trial and seed."""
    found = ((trial_of(run), run) for run in list_runs())
    return {(trial.trial, trial.seed): run for trial, run in found if trial is not None and trial.search == search.id}
