"""Starting a coordinator, and controlling it by the `desired` file of its search."""

import subprocess
import sys

from tui_cnn.confinement import is_served
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import summarize
from tui_cnn.i18n import _
from tui_cnn.runs.directory import write_desired
from tui_cnn.runs.errors import unwritable
from tui_cnn.runs.lock import held
from tui_cnn.runs.preflight import check
from tui_cnn.runs.process import file_size, has_started, require_tensorflow, start_detached
from tui_cnn.runs.recipe import ImageCounts
from tui_cnn.search.brains import require_optuna
from tui_cnn.search.directory import SearchDirectory, runs_of
from tui_cnn.search.errors import SearchError
from tui_cnn.search.events import SearchJournal, SearchStopped
from tui_cnn.search.hands import open_hands
from tui_cnn.search.history import SearchHistory, read_history
from tui_cnn.search.limits import NO_ERRORS
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.survey import Parallel, Survey, survey


def examine(network: Network, plan: SearchPlan, *, quick: bool = False) -> Survey:
    """Check the plan of a search and its base network, and count the candidates; or if `quick` those of a sample.

    Raises:
        SearchError: its plan is invalid, a package is missing, or no candidate fits.
        RunError: its base network or recipe cannot be trained.
        DataError: the data set cannot be read.
    """
    space = plan.space_on(network)
    require_optuna(plan)
    check(network, plan.recipe)
    data = summarize(plan.recipe.directory)
    counts = ImageCounts(data.train_count, data.validation_count)
    found = survey(space, plan, data.class_count, counts, quick=quick)
    if not found.fitting:
        counted = _("{limit} excludes {count:,} of {all:,}")
        listed = [
            counted.format(limit=found.example if limit == NO_ERRORS else limit, count=count, all=found.examined)
            for limit, count in found.excluded.items()
            if count
        ]
        message = _("no candidate fits the limits ({exclusions}); change a limit or the space")
        raise SearchError(message.format(exclusions=", ".join(listed)))
    return found


def cluster_share(
    plan: SearchPlan, memory: float | None, jobs: int | None, scheduler: str
) -> tuple[Parallel, list[str]]:
    """Return how many trials the nodes of a scheduler train at a time, and what is to be said of the nodes.

    Raises:
        SearchError: the package distributed is missing, there is no scheduler, no node can train, or the app is served.
    """
    _refuse_guests()
    from tui_cnn.search.cluster import connect, demand_of

    cluster = connect(scheduler)
    try:
        nodes = cluster.nodes()
        demand = demand_of(plan, memory).on(nodes, jobs)
        remarks = cluster.remarks(demand)
        slots = max(1, demand.slots(nodes))
        return Parallel(min(slots, jobs or slots), demand.threads or 1), remarks
    finally:
        cluster.close()


def _refuse_guests() -> None:
    if is_served():
        raise SearchError(_("searches cannot be started in the browser; train single runs"))


def start(search: SearchDirectory, jobs: int | None = None, scheduler: str = "", memory: float | None = None) -> None:
    """Start a search that `examine` has passed, or resume it, in a process of its own that outlives this one.

    It trains here, or on the cluster of a `scheduler`. `memory`: the predicted bytes of a run. Returns once the
    coordinator holds the lock of the search.

    Raises:
        SearchError: it is running, or all of its budget is used, or the coordinator cannot start; or the app is served:
            its trials would go past the queue of all people.
        RunError: TensorFlow is missing, or nothing can be written.
    """
    _refuse_guests()
    if not scheduler:
        require_tensorflow()
    history = read_history(search)
    if history.state == "running":
        raise SearchError(_("{search} is already running").format(search=search.id))
    most = search.plan().trials
    if history.finished is not None and (history.finished.reason == "exhausted" or len(history.trials) == most):
        message = _("{search} is finished; raise its budget in {file}, or change the space in a new search")
        raise SearchError(message.format(search=search.id, file=search.plan_file))
    write_desired(search.desired_file, "run")
    command = [sys.executable, "-m", "tui_cnn.search", "run", str(search.path)]
    options = {"--jobs": jobs, "--scheduler": scheduler or None, "--memory": memory}
    for option, value in options.items():
        if value is not None:
            command += [option, str(value)]
    events_size = file_size(search.events_file)
    try:
        with search.log_file.open("ab") as log:
            process = start_detached(
                tuple(command), _("the coordinator"), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
    except OSError as error:
        raise unwritable(search.log_file, error) from None
    too_late = SearchError(_("the coordinator did not start in time; see {log}").format(log=search.log_file))
    if not has_started(process, search, events_size, too_late):
        raise SearchError(_("the coordinator could not start; see {log}").format(log=search.log_file))


def stop(search: SearchDirectory) -> None:
    """Let the coordinator stop its trials, each after a checkpoint, and end.

    Of a coordinator that was killed, the trials that still train are stopped from here.

    Raises:
        SearchError: nothing of it is running, or its scheduler has gone.
        RunError: nothing can be written.
    """
    history = read_history(search)
    if history.state == "running":
        write_desired(search.desired_file, "stop")
    elif not _stop_orphans(search, history):
        raise SearchError(_("{search} is not running, so it cannot be stopped").format(search=search.id))


def _stop_orphans(search: SearchDirectory, history: SearchHistory) -> bool:
    """Stop what a coordinator that was killed has left training; return whether there was anything."""
    if history.started is None or history.state != "interrupted":
        return False
    with held(search.lock_file):
        hands = open_hands(search, scheduler=history.started.scheduler)
        stopped = [hands.stop(run) for run in runs_of(search).values()]
        hands.close()
        if any(stopped):
            SearchJournal(search.events_file).write(SearchStopped())
    return any(stopped)
