"""The Search screen: all searches; of the selected one its trials, the best of them, and what the parameters do."""

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import ClassVar

import msgspec
from rich.text import Text
from textual import on, work
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.atomic import write_atomic
from tui_cnn.config import home
from tui_cnn.errors import UserError
from tui_cnn.formats.reading import read_text
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.search import launch
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.follower import Trial
from tui_cnn.search.history import SearchState, read_history
from tui_cnn.search.marks import marked_space
from tui_cnn.search.survey import parallel
from tui_cnn.ui.search import dialogs
from tui_cnn.ui.search.actions import BEST, COORDINATES, COSTS, SEARCH, TRIALS
from tui_cnn.ui.search.best_view import BestView
from tui_cnn.ui.search.coordinates_view import CoordinatesView
from tui_cnn.ui.search.cost_view import CostView, front_of
from tui_cnn.ui.search.importance_view import ImportanceView
from tui_cnn.ui.search.reader import ListedSearch, SearchReader, Shown
from tui_cnn.ui.search.search_list import SearchList
from tui_cnn.ui.search.summary import SearchSummary
from tui_cnn.ui.search.trial_table import TrialTable
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.help import Place
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.runs import MOST_MARKED

_TICK = 0.5
"""Seconds between two readings of the searches."""
_BROAD, _WIDE, _TALL, _HIGH = 140, 100, 32, 45
_VIEWS = ("best-view", "cost-view", "coordinates-view", "importance-view")
_STEP, _AROUND, _LEAST = 4, 3, 7
"""The steps in which the table takes rows, its rows around the trials, and all of its rows at least."""
_BEST_MARKED = 3
"""Trials whose runs are marked as the best."""
_STARTABLE = ("new",)
_RESUMABLE = ("stopped", "interrupted", "failed", "finished")


class SearchScreen(MainScreen):
    """A list, a table, and four drawings: as many at once as there is room for."""

    MODE = "search"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "#trials"
    BINDINGS: ClassVar[list[BindingType]] = [*SEARCH.bindings()]

    def __init__(self) -> None:
        super().__init__()
        self._reader = SearchReader()
        self._reading = Lock()
        self._searches: tuple[ListedSearch, ...] | None = None
        self._shown: Shown | None = None
        self._front: frozenset[int] = frozenset()
        self._view = 0

    def body(self) -> Iterator[Widget]:
        """Lay out the list beside the summary, the table, and the drawings."""
        self.searches = SearchList(id="searches", classes="panel")
        self.searches.border_title = _("Searches")
        self.summary = SearchSummary(id="summary", classes="panel")
        self.table = TrialTable(id="trials", classes="panel")
        self.best = BestView(id="best-view")
        self.costs = CostView(id="cost-view")
        self.coordinates = CoordinatesView(id="coordinates-view")
        self.importance = ImportanceView(id="importance-view")
        views = Container(self.best, self.costs, self.coordinates, self.importance, id="views")
        top = Horizontal(self.searches, self.summary, id="top")
        yield Vertical(top, self.table, views, id="searching")
        yield Static(id="empty")

    def on_mount(self) -> None:
        """Read the searches again and again."""
        self.workspace.subscribe(self, "varied", lambda _marks: self._show_empty())
        self.workspace.subscribe(self, "marked", lambda _runs: self._draw(), init=False)
        self.update_searches()
        self.set_interval(_TICK, self.update_searches)

    def on_screen_resume(self) -> None:
        """Read the searches at once when the screen comes up."""
        self.update_searches()

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """What the table is about."""
        return ("accuracy", "parameters")

    def totals(self) -> Sequence[str]:
        """Return how many searches there are."""
        count = len(self._searches or ())
        return (ngettext("{count} search", "{count} searches", count).format(count=count),)

    def shown_network(self) -> str:
        """Return the title of the search that is shown."""
        return self._shown.title if self._shown else ""

    def place(self) -> Place:
        """The table, or the drawing with the focus."""
        scope = {self.best: BEST, self.costs: COSTS, self.coordinates: COORDINATES}.get(self.focused, TRIALS)  # type: ignore[call-overload]
        about = Text(
            _("A search trains many variants of a network. Its trials are runs; it continues in its own process.")
        )
        return Place((scope, SEARCH), _("Search"), about)

    # what is shown

    @property
    def _views(self) -> list[Widget]:
        return [self.query_one(f"#{name}") for name in _VIEWS]

    @property
    def _has_table_alone(self) -> bool:
        """Whether table and drawings take turns."""
        return self.size.width < _WIDE or self.size.height < _TALL

    @property
    def _at_once(self) -> int:
        """How many drawings are shown at once."""
        if self._has_table_alone or self.size.width < _BROAD:
            return 1
        return len(_VIEWS) if self.size.height >= _HIGH else 2

    def share_room(self) -> None:
        """Show the table and the drawings that have room."""
        count = self._at_once
        self.set_class(count == 2, "-paired")
        self.set_class(count == len(_VIEWS), "-four")
        views = self._views
        if self._has_table_alone:
            place = self._view % (len(views) + 1)
            self.table.display = place == 0
            wanted = {place - 1} if place else set()
        else:
            self.table.display = True
            wanted = {(self._view + further) % len(views) for further in range(count)}
        had_focus = self.focused
        for number, view in enumerate(views):
            view.display = number in wanted
        self.query_one("#views").display = bool(wanted)
        if had_focus is None or not had_focus.display:
            self._focus_shown()
        self._draw()

    def _focus_shown(self) -> None:
        target = next((view for view in (self.table, *self._views) if view.display and view.focusable), self.searches)
        self.set_focus(target)

    def action_next_view(self) -> None:
        """Show the next view; where all are shown, go to it."""
        views = self._views
        if self._at_once == len(views):
            stops = [self.table, *(view for view in views if view.focusable)]
            here = stops.index(self.focused) if self.focused in stops else -1
            self.set_focus(stops[(here + 1) % len(stops)])
            return
        self._view += 1
        self.share_room()
        if self._has_table_alone:
            self._focus_shown()

    @work(thread=True, group="searches")
    def update_searches(self) -> None:
        """Read the searches as they stand."""
        if not self.is_current and self._searches is not None:
            return
        if self._reading.acquire(blocking=False):  # or else the last reading is not over yet
            try:
                searches = self._reader.list_all()
                self.app.call_from_thread(self._show_list, searches)
                search = self.searches.selected
                if search is not None:
                    self.app.call_from_thread(self._show, self._reader.read(search, self.table.in_view))
            finally:
                self._reading.release()

    def _show_list(self, searches: tuple[ListedSearch, ...]) -> None:
        if not self.is_mounted:
            return
        if searches != self._searches:
            self._searches = searches
            self.searches.show(searches)
            self.show_header()
            self.refresh_bindings()
        self._show_empty()

    def _show_empty(self) -> None:
        is_empty = not self._searches
        self.set_class(is_empty and self._searches is not None, "-none")
        if is_empty:
            self._shown = None
            marks = len(self.workspace.varied)
            lines = [_("No searches yet.")]
            if marks:
                varied = ngettext("{count} setting varies.", "{count} settings vary.", marks)
                lines.append(varied.format(count=marks))
                lines.append(_("Press n to set up a search of the network on the Build screen."))
            else:
                lines.append(_("On Build, press * on a layer to let its settings vary; on Train, F6 on a setting."))
                lines.append(_("Then press n here to set up a search."))
            empty, text = self.query_one("#empty", Static), "\n".join(lines)
            if empty.content != text:  # it is read anew twice a second
                empty.update(text)

    def _show(self, shown: Shown) -> None:
        if not self.is_mounted or shown is self._shown or shown.snapshot.search != self.searches.selected:
            return
        before, self._shown = self._shown, shown
        self.summary.show(shown)
        if before is None or (before.trials, before.space, before.title) != (shown.trials, shown.space, shown.title):
            self._draw()
        if before is None or before.snapshot.history.state != shown.snapshot.history.state:
            self.refresh_bindings()
        if before is None or before.title != shown.title:
            self.show_header()

    def _draw(self) -> None:
        """Show the trials in the table and in the drawings that are seen."""
        shown = self._shown
        self._front = front_of(shown.trials, self.costs.cost) if shown else frozenset()
        marked = {run.id for run in self.workspace.marked}
        with_marks = (trial for trial in (shown.trials if shown else ()) if marked & set(trial.record.runs.values()))
        self._share_rows()
        self.table.show(shown, self._front, frozenset(trial.number for trial in with_marks))
        self._draw_views()

    def _share_rows(self) -> None:
        """Give the drawings the rows that the table does not need; in steps, so that little moves as trials come."""
        count = len(self._shown.trials) if self._shown else 0
        rows = -(-count // _STEP) * _STEP + _AROUND
        both = self.table.display and self.query_one("#views").display
        self.table.styles.height = max(_LEAST, min(rows, self.size.height // 3)) if both else "1fr"

    def _draw_views(self) -> None:
        shown, selected = self._shown, self._selected
        if self.best.display:
            self.best.show(shown, selected)
        if self.costs.display:
            self.costs.show(shown, selected, self._front)
        if self.coordinates.display:
            self.coordinates.show(shown, selected)
        if self.importance.display:
            self.importance.show(shown)

    @property
    def _selected(self) -> int:
        return self.table.selected.number if self.table.selected else 0

    @on(SearchList.Selected)
    def _search_selected(self, event: SearchList.Selected) -> None:
        if self._shown is not None and event.search != self._shown.snapshot.search:
            self._shown = None
            self._draw()
        self.refresh_bindings()
        self.update_searches()

    @on(TrialTable.Selected)
    def _trial_selected(self) -> None:
        self._draw_views()

    @on(CostView.Selected)
    def _dot_selected(self, event: CostView.Selected) -> None:
        self.table.select(event.number)
        self._draw_views()

    @on(CostView.CostChanged)
    def _cost_changed(self) -> None:
        self._draw()

    # what is done with a trial

    @on(CostView.Opened)
    def _open_dot(self) -> None:
        if self.table.selected is not None:
            self._open(self.table.selected, "open")

    @on(TrialTable.Opened)
    def _open_trial(self, event: TrialTable.Opened) -> None:
        self._open(event.trial, event.command)

    @work
    async def _open(self, trial: Trial, command: str) -> None:
        """Open, inspect or mark the run of a trial, which is asked for where there are several."""
        if command == "build":
            self._load(trial)
            return
        runs = [RunDirectory(home() / "runs" / run) for run in trial.record.runs.values()]
        if command == "mark":
            self._mark(runs)
            return
        if not runs:
            self.notify(_("Trial {number} has no run yet.").format(number=trial.number))
            return
        run: RunDirectory | None = runs[0]
        if len(runs) > 1:
            seeds = [_("seed {seed}").format(seed=seed) for seed in trial.record.runs]
            items = [Item(seed, each.id, each) for seed, each in zip(seeds, runs, strict=True)]
            title = _("Runs of trial {number}").format(number=trial.number)
            run = await self.app.push_screen_wait(Pick(title, items))
        if run is None:
            return
        if not run.path.exists():
            self.workspace.report(_("{run}: the directory of the run was deleted").format(run=run.id))
        elif command == "inspect":
            self.workspace.inspect_run(run)
        else:
            self.workspace.show_run(run)

    def _load(self, trial: Trial) -> None:
        space = self._shown.space if self._shown else None
        if space is not None:
            try:
                self.workspace.open_network(space.build(trial.record.planned.values).network)
            except (UserError, KeyError) as error:
                self.workspace.report(error)

    def _mark(self, runs: Sequence[RunDirectory]) -> None:
        marked = self.workspace.marked
        if all(run in marked for run in runs):
            self.workspace.marked = tuple(run for run in marked if run not in runs)
            return
        new = [run for run in runs if run not in marked]
        if len(marked) + len(new) > MOST_MARKED:
            self.notify(_("You can mark at most {count} runs").format(count=MOST_MARKED))
            return
        self.workspace.marked = (*marked, *new)

    def action_mark_best(self) -> None:
        """Mark the runs of the best trials, to compare them on the Runs screen."""
        finished = [trial for trial in (self._shown.trials if self._shown else ()) if trial.is_finished]
        best = sorted(finished, key=lambda trial: -(trial.accuracy or 0.0))[:_BEST_MARKED]
        runs = [RunDirectory(home() / "runs" / run) for trial in best for run in trial.record.runs.values()]
        self.workspace.marked = tuple(dict.fromkeys((*self.workspace.marked, *runs)))[:MOST_MARKED]
        count = len(self.workspace.marked)
        marked = ngettext("{count} run is marked.", "{count} runs are marked.", count).format(count=count)
        self.notify(f"{marked} {_('Press 5, then c to compare them.')}")

    # what is done with a search

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense for the search under the cursor."""
        state = self._state
        match action:
            case "start_search":
                return state in _STARTABLE
            case "stop_search":
                return state == "running"
            case "resume_search":
                return state in _RESUMABLE
            case "edit_plan" | "delete_search":
                return state is not None and state != "running"
            case "rename_search" | "next_view":
                return state is not None
            case "mark_best":
                return self._shown is not None and self._shown.best is not None
            case _:
                return super().check_action(action, parameters)

    @property
    def _state(self) -> SearchState | None:
        """The state of the search under the cursor that is on the screen; the list may have been read before."""
        shown, listed = self._shown, self._listed
        if listed is not None and shown is not None and shown.snapshot.search == listed.search:
            return shown.snapshot.history.state
        return listed.state if listed else None

    @property
    def _listed(self) -> ListedSearch | None:
        search = self.searches.selected if self.is_mounted else None
        return next((listed for listed in self._searches or () if listed.search == search), None)

    def action_new_search(self) -> None:
        """Set up a search of the design."""
        from tui_cnn.ui.search.new_search import NewSearchScreen

        workspace = self.workspace
        network = workspace.design.network
        recipe = msgspec.structs.replace(workspace.recipe, minutes=None)
        screen: Screen[None] = NewSearchScreen(network, marked_space(workspace.varied, network), recipe)
        self.app.push_screen(screen, self._search_made)

    def _search_made(self, _nothing: None) -> None:
        self.update_searches()

    def action_start_search(self) -> None:
        """Start the search."""
        if listed := self._listed:
            self.notify(_("Starting …"))
            self._apply(lambda: _start(listed.search))

    action_resume_search = action_start_search

    def action_stop_search(self) -> None:
        """Stop the search."""
        if listed := self._listed:
            self._apply(lambda: launch.stop(listed.search))
            self.notify(_("Stopping: the trials save checkpoints."))

    @work
    async def action_edit_plan(self) -> None:
        """Edit the plan of the search as text."""
        listed = self._listed
        if listed is None:
            return
        try:
            network = listed.search.network()
            before = read_text(listed.search.plan_file)
        except UserError as error:
            self.workspace.report(error)
            return
        text = await self.app.push_screen_wait(dialogs.PlanEditor(before, network))
        if text is not None and text != before:
            self._apply(lambda: write_atomic(listed.search.plan_file, text.encode()))

    @work
    async def action_rename_search(self) -> None:
        """Ask for another title of the search."""
        if listed := self._listed:
            title = await dialogs.rename(self.app, listed.search, listed.title)
            if title is not None:
                self._apply(lambda: dialogs.save_title(listed.search, title))

    @work
    async def action_delete_search(self) -> None:
        """Ask twice, and delete the search."""
        if (listed := self._listed) and await dialogs.ask_deletion(self.app, listed.search):
            self._apply(lambda: dialogs.delete_search(listed.search))

    @work(thread=True, group="apply")
    def _apply(self, command: Callable[[], object]) -> None:
        """Do something to a search, and show at once what has come of it."""
        try:
            command()
        except (UserError, OSError) as error:
            self.workspace.report(error)
        self.app.call_from_thread(self.update_searches)


def _start(search: SearchDirectory) -> None:
    """Start a search, or resume it where it ran before, here or on a cluster, if its plan can be carried out.

    Raises:
        UserError: it cannot.
    """
    plan = search.plan()
    found = launch.examine(search.network(), plan, quick=True)
    before = read_history(search).started
    scheduler = before.scheduler if before else ""
    launch.start(search, None if scheduler else parallel(plan, found.memory).jobs, scheduler, found.memory)
