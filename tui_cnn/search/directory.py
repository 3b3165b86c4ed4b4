"""Searches as directories: where they are, what is in one, making, listing and finding them; and their runs."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tui_cnn.atomic import write_atomic
from tui_cnn.config import home
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_toml
from tui_cnn.formats.toml import dumps_network, dumps_toml, read_network
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.runs.directory import About, RunDirectory, list_runs, make_run, write_about
from tui_cnn.search.errors import SearchError
from tui_cnn.search.events import TrialPlanned
from tui_cnn.search.plan import SearchPlan, dumps_plan, read_plan
from tui_cnn.search.space import Variation

_ID = re.compile(r"\d{8}-\d{6}-.+-[0-9a-f]{4}")
_MOST_NAMED = 5


@dataclass(frozen=True)
class SearchDirectory:
    """A search: its plan and base network, which the user may edit; what its coordinator writes; the user's command."""

    path: Path

    @property
    def id(self) -> str:
        """The name of the directory: `<YYYYMMDD-HHMMSS>-<name>-<4 hex>`, the time in UTC."""
        return self.path.name

    @property
    def plan_file(self) -> Path:
        """What is to be searched."""
        return self.path / "search.toml"

    @property
    def network_file(self) -> Path:
        """The base network."""
        return self.path / "network.toml"

    @property
    def events_file(self) -> Path:
        """What has happened."""
        return self.path / "events.jsonl"

    @property
    def lock_file(self) -> Path:
        """Held by the coordinator for as long as it lives."""
        return self.path / "lock"

    @property
    def desired_file(self) -> Path:
        """The user's command."""
        return self.path / "desired"

    @property
    def journal_file(self) -> Path:
        """Optuna's own journal."""
        return self.path / "journal.log"

    @property
    def log_file(self) -> Path:
        """The coordinator's own output."""
        return self.path / "coordinator.log"

    def plan(self) -> SearchPlan:
        """Read the plan.

        Raises:
            FormatError: the file is missing or damaged.
        """
        return read_plan(self.plan_file)

    def network(self) -> Network:
        """Read the base network.

        Raises:
            FormatError: the file is missing or damaged.
        """
        return read_network(self.network_file)


class TrialOf(msgspec.Struct, frozen=True, kw_only=True):
    """What a run says of the search that made it, in its `trial.toml`."""

    search: str
    trial: int
    seed: int
    values: dict[str, object]


def make_search(network: Network, plan: SearchPlan) -> SearchDirectory:
    """Make the directory of a new search.

    Raises:
        SearchError: it cannot be written.
        FormatError: the path of its data is no Unicode.
    """
    slug = re.sub(r"[^\w.-]+", "-", network.name).strip("-.")[:40] or "network"
    search = SearchDirectory(home() / "searches" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug}-{os.urandom(2).hex()}")
    texts = dumps_network(network), dumps_plan(plan)
    try:
        search.path.mkdir(parents=True)
        for file, text in zip((search.network_file, search.plan_file), texts, strict=True):
            write_atomic(file, text.encode())
    except OSError as error:
        shutil.rmtree(search.path, ignore_errors=True)
        message = _("{path}: cannot be written ({reason}); fix that, or set CNN_TUI_HOME to another directory")
        raise SearchError(message.format(path=error.filename or search.path, reason=error.strerror)) from None
    return search


def list_searches() -> list[SearchDirectory]:
    """List the searches, newest first."""
    try:
        paths = [path for path in (home() / "searches").iterdir() if _ID.fullmatch(path.name)]
    except OSError:
        return []
    searches = [search for search in map(SearchDirectory, paths) if search.plan_file.exists()]
    return sorted(searches, key=lambda search: (search.id[:15], search.plan_file.stat().st_mtime_ns), reverse=True)


def find_search(text: str) -> SearchDirectory:
    """Find a search by its id, by a part that no other id has, or the newest by `last`.

    Raises:
        SearchError: none is meant, or several may be.
    """
    searches = list_searches()
    if not searches:
        raise SearchError(_("there are no searches yet; make one with: cnn-tui search init MODEL"))
    if text == "last":
        return searches[0]
    matches = [search for search in searches if search.id == text] or [
        search for search in searches if text in search.id
    ]
    if not matches:
        message = _("search “{text}” not found; the newest is {newest}")
        raise SearchError(message.format(text=text, newest=searches[0].id))
    if len(matches) > 1:
        listed = ", ".join(search.id for search in matches[:_MOST_NAMED]) + (
            ", …" if len(matches) > _MOST_NAMED else ""
        )
        message = _("“{text}” matches {count} searches: {listed}; enter more of the id")
        raise SearchError(message.format(text=text, count=len(matches), listed=listed))
    return matches[0]


def make_trial_run(search: SearchDirectory, planned: TrialPlanned, seed: int, setup: Variation) -> RunDirectory:
    """Make a run of a trial, which names its search from the moment when it is there.

    Raises:
        RunError: it cannot be written.
        FormatError: the path of its data is no Unicode.
    """
    about = About(
        title=_("{network}, trial {trial}").format(network=setup.network.name, trial=planned.trial),
        tags=(search.id,),
    )
    trial = TrialOf(search=search.id, trial=planned.trial, seed=seed, values=planned.values)

    def fill(run: RunDirectory) -> None:
        write_atomic(run.trial_file, dumps_toml(msgspec.to_builtins(trial)).encode())
        write_about(run, about)

    return make_run(setup.network, setup.recipe, fill)


def trial_of(run: RunDirectory) -> TrialOf | None:
    """Read which search made a run; None: no search did, or that cannot be read."""
    if not run.trial_file.exists():
        return None
    try:
        return convert(read_toml(run.trial_file), TrialOf)
    except (FormatError, InvalidError):
        return None


def runs_of(search: SearchDirectory) -> dict[tuple[int, int], RunDirectory]:
    """Find the runs of a search by their trial and seed."""
    found = ((trial_of(run), run) for run in list_runs())
    return {(trial.trial, trial.seed): run for trial, run in found if trial is not None and trial.search == search.id}
