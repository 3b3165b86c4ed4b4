"""Setting up a run: the form of its recipe, what is known before it starts, its rate, and what earlier runs came to."""

from threading import Lock
from typing import ClassVar

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_cnn.core.network import Network
from tui_cnn.extras import what_is_missing
from tui_cnn.i18n import _
from tui_cnn.runs import launch
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.machine import digest
from tui_cnn.runs.preflight import check
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import runtime
from tui_cnn.runs.transfer import Weights, find_weights
from tui_cnn.search.marks import Marks, fields_at
from tui_cnn.ui.design import Design
from tui_cnn.ui.toolkit.chart import PlotView
from tui_cnn.ui.toolkit.form import FormLayout, StructForm
from tui_cnn.ui.toolkit.runs import Listed, RunList
from tui_cnn.ui.toolkit.textual_adapter import after_layout
from tui_cnn.ui.toolkit.vary import vary
from tui_cnn.ui.train.actions import DATA_BINDING, RECIPE, START_BINDING
from tui_cnn.ui.train.forecast import Forecast, earlier_table, forecast_table, make_forecast, rate_plot
from tui_cnn.ui.train.initial_weights import FRESH, ask_weights
from tui_cnn.ui.train.rate_dialog import RateDialog
from tui_cnn.ui.train.recipe_form import RecipeForm
from tui_cnn.ui.train.worker_pool import WorkerPool
from tui_cnn.ui.workspace import workspace_of

_TICK = 0.5
_ROOM_FOR_RATE = 20
"""Rows from which on the learning rate is drawn below the form."""
_LEAST_RATE, _AROUND_FORM = 6, 5
"""Rows that its drawing needs, and those of the form beside its fields; without them the form has all."""


class Setup(Horizontal, can_focus=True):
    """Starts runs; it has the focus itself once its form is left.

    It works out the forecast anew when the recipe or the network changes, and when more is known of the machine.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*RECIPE.bindings(), START_BINDING, DATA_BINDING]
    DEFAULT_CSS = """
    Setup {
        height: 100%;
        & .column { width: 1fr; }
        & #how, & #before { height: auto; max-height: 100%; }
        & #rate, & #earlier { height: 1fr; min-height: 6; }
        & #worker { height: auto; color: $text-muted; padding-top: 1; }
        & #what { height: auto; padding-bottom: 1; color: $text-error; display: none; }
        & #note { height: auto; padding-top: 1; color: $text-warning; display: none; }
        &.-wrong #what { display: block; }
        &.-noted #note { display: block; }
    }
    """

    class DataWanted(Message):
        """The data set is to be shown."""

    def __init__(self, recipe: Recipe, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._recipe = recipe
        self._pool = WorkerPool()
        self._starting = False
        self._design: Design | None = None
        self._weights: Weights | None = None
        self._forecast: Forecast | None = None
        self._working = Lock()
        self._drawn: object = None
        self._runs = RunList()
        self._earlier: tuple[Listed, ...] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the form and the forecast, and below them what else is worth knowing."""
        with Vertical(classes="column"):
            with Vertical(id="how", classes="panel") as how:
                how.styles.set_rule("layout", FormLayout())
                yield Static(id="what")
                yield RecipeForm(self._recipe, id="recipe")
                yield Static(id="note")
            rate = PlotView(id="rate", classes="panel")
            rate.border_title = _("Learning rate over the epochs")
            yield rate
        with Vertical(classes="column"):
            with Vertical(id="before", classes="panel") as before:
                before.border_title = _("Forecast")
                yield Static(id="forecast")
                yield Static(id="worker")
            earlier = Static(id="earlier", classes="panel")
            earlier.border_title = _("Earlier runs of this network")
            yield earlier

    def on_mount(self) -> None:
        """Follow the design, and look now and then for what becomes ready."""
        workspace_of(self).subscribe(self, "design", self._show)
        workspace_of(self).subscribe(self, "varied", self._show_varied)
        workspace_of(self).recipe = self._recipe
        self.set_interval(_TICK, self._update)

    def on_unmount(self) -> None:
        """End the worker that waits for a run."""
        self._pool.close()

    @property
    def form(self) -> RecipeForm:
        """The form of the recipe."""
        return self.query_one(RecipeForm)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to leave the form only where it has the focus."""
        return action != "leave_form" or self.form.has_focus_within

    def action_leave_form(self) -> None:
        """Leave the form, so that the screen's own keys can be used."""
        self.focus()

    def action_show_data(self) -> None:
        """Look at the data set."""
        self.post_message(self.DataWanted())

    def action_start_run(self) -> None:
        """Start to train the design by the recipe, unless that makes no sense or is being done."""
        recipe = self.form.recipe
        if recipe is not None and not self._starting:
            self._starting = True  # a second Enter would start a second run
            self.notify(_("Starting …"))
            self._start(workspace_of(self).design.network, recipe, self._weights)

    @work
    async def action_vary(self) -> None:
        """Let the field with the focus vary in a search."""
        focused = self.screen.focused
        field = (focused.id or "").removeprefix("field-") if focused else ""
        await vary(self.app, workspace_of(self), None, self.form.recipe or self._recipe, field)

    def _show_varied(self, marks: Marks) -> None:
        self.form.show_varied(fields_at(marks, None))

    @work
    async def action_find_rate(self) -> None:
        """Try rates for the design, and take over the one that is suggested, if it is wanted."""
        recipe = self.form.recipe
        if recipe is None:
            return
        rate = await self.app.push_screen_wait(RateDialog(workspace_of(self).design.network, recipe))
        if rate is not None and self.form.recipe is not None:
            self.form.set_recipe(msgspec.structs.replace(self.form.recipe, learning_rate=rate))

    @work
    async def action_choose_weights(self) -> None:
        """Ask whose weights the next runs begin with."""
        chosen = await ask_weights(self.app)
        if chosen is None:
            return
        try:
            self._weights = find_weights(chosen) if chosen != FRESH else None
        except RunError as error:
            workspace_of(self).report(error)
        self._draw()

    @work(thread=True, group="start")
    def _start(self, network: Network, recipe: Recipe, weights: Weights | None) -> None:
        workspace = workspace_of(self)
        try:
            checked = check(network, recipe)
            if weights:
                message = _("Reading the weights of {model} …").format(model=weights.name)
                self.app.call_from_thread(self.notify, message, markup=False)
            run = launch.start_checked(checked, weights=weights, prewarmed=self._pool.take())
        except (RunError, ValueError) as error:
            self._starting = False
            workspace.report(error)
        else:
            self._pool.release()
            self.app.call_from_thread(setattr, workspace, "shown_run", run)
            self._starting = False

    def on_resize(self) -> None:
        """Fit what is drawn to the new size."""
        self._make_room()

    @on(StructForm.Resized)
    def _form_resized(self, event: StructForm.Resized) -> None:
        event.stop()
        self._make_room()

    def _make_room(self) -> None:
        """Draw the learning rate where the form leaves room for it."""
        height = self.size.height
        left = height - self.form.lines - _AROUND_FORM
        self.query_one("#rate").display = height >= _ROOM_FOR_RATE and left >= _LEAST_RATE
        self._drawn = None
        after_layout(self, self._draw)

    def _show(self, design: Design) -> None:
        """Show what would be trained."""
        self._design = design
        self.query_one("#how").border_title = Content(_("Train {name}").format(name=design.network.name))
        errors = [check for check in design.analysis.checks if check.severity == "error"]
        self.set_class(bool(errors), "-wrong")
        self.query_one("#what", Static).update(Content(f"✗ {errors[0]}" if errors else ""))
        self._forecast = self._earlier = None
        self._update()

    @on(StructForm.Changed)
    def _recipe_changed(self, event: StructForm.Changed) -> None:
        event.stop()
        if isinstance(event.value, Recipe) and event.value != self._recipe:
            self._recipe, self._forecast = event.value, None
            workspace_of(self).recipe = event.value
            self._update()

    def _update(self) -> None:
        """Draw what is known, and work out more, while this is on display."""
        if self.display and self.screen.is_current and self._design is not None:
            self._draw()
            self._work_out(self._design, self._recipe)

    @work(thread=True, group="forecast")
    def _work_out(self, design: Design, recipe: Recipe) -> None:
        if not self._working.acquire(blocking=False):
            return
        try:
            self._pool.fill(runtime(design.network, recipe))
            forecast = make_forecast(design.analysis, recipe)
            self.app.call_from_thread(self._take, design, recipe, forecast)
            same = digest(design.network)
            *_portions, runs = self._runs.read()
            earlier = tuple(listed for listed in runs if listed.summary.digest == same)
            self.app.call_from_thread(self._take, design, recipe, forecast, earlier)
        finally:
            self._working.release()

    def _take(
        self, design: Design, recipe: Recipe, forecast: Forecast, earlier: tuple[Listed, ...] | None = None
    ) -> None:
        if recipe == self._recipe and design is self._design and self.is_mounted:
            self._forecast = forecast
            self._earlier = self._earlier if earlier is None else earlier
            self._draw()

    def _draw(self) -> None:
        """Draw, if there is something new."""
        design, forecast, pool = self._design, self._forecast, self._pool
        rate, earlier = self.query_one("#rate", PlotView), self.query_one("#earlier", Static)
        known = forecast, self._earlier, self._weights
        state = (design, self._recipe, *known, pool.measuring, pool.ready, pool.loading, rate.size)
        if design is None or state == self._drawn:
            return
        self._drawn = state
        recipe = forecast.planned(self._recipe) if forecast else self._recipe
        table = forecast_table(
            design.analysis,
            recipe,
            forecast,
            weights=self._weights.name if self._weights else "",
            measuring=pool.measuring,
            with_rate=not rate.display,
        )
        self.query_one("#forecast", Static).update(table)
        self.query_one("#worker", Static).update(Content(self._worker_state(forecast)))
        notes = forecast.notes if forecast else ()
        self.set_class(bool(notes) and not self.has_class("-wrong"), "-noted")
        self.query_one("#note", Static).update(Content("\n".join(f"⚠ {note}" for note in notes)))
        steps = forecast.steps if forecast and forecast.steps else 100
        rate.show_plot(rate_plot(recipe, steps, rate.columns, rate.size.height))
        if self._earlier is not None:
            earlier.update(earlier_table(self._earlier, earlier.size.height))

    def _worker_state(self, forecast: Forecast | None) -> str:
        if missing := what_is_missing("train", _("training")):
            return f"⚠ {missing}"
        if forecast is not None and forecast.queued:
            return _("Another run is training: this run will be queued.")
        if self._pool.ready:
            return _("A worker is ready: training starts at once.")
        if self._pool.loading:
            return _("A worker is loading TensorFlow")
        return _("The run trains in its own process and continues when you quit.")
