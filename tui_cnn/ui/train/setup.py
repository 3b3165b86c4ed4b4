"""Setting up a run: the form of its recipe, what is known before it starts, its rate, and what earlier runs came to."""

from threading import Lock

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.runs.machine import digest
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import runtime
from tui_cnn.ui.design import Design
from tui_cnn.ui.toolkit.form import StructForm
from tui_cnn.ui.toolkit.plot_view import PlotView
from tui_cnn.ui.toolkit.run_list import Listed, RunList
from tui_cnn.ui.train.earlier_runs import earlier_table
from tui_cnn.ui.train.forecast import Forecast, forecast
from tui_cnn.ui.train.forecast_text import forecast_table
from tui_cnn.ui.train.rate_chart import rate_plot
from tui_cnn.ui.train.recipe_form import RecipeForm
from tui_cnn.ui.train.worker_pool import Warm

_TICK = 0.5
_BORDER = 2


class Setup(Horizontal):
    """Works out the forecast anew when the recipe or the network changes, and when more is known of the machine."""

    DEFAULT_CSS = """
    Setup {
        height: 100%;
        padding: 1 1;
        & .box {
            height: auto;
            max-height: 100%;
            border: round $foreground 20%;
            border-title-color: $text;
            border-title-style: bold;
            padding: 0 1;
        }
        & #left { width: 1fr; max-width: 72; }
        & #right { width: 1fr; max-width: 64; margin-left: 1; }
        & #rate { height: 1fr; min-height: 6; max-height: 14; padding: 0; }
        & #earlier Static { width: auto; }
        & #worker { height: auto; color: $text-muted; padding-top: 1; }
        & #what { height: auto; padding-bottom: 1; color: $text-error; display: none; }
        & #note { height: auto; padding-top: 1; color: $text-warning; display: none; }
        &.-wrong #what { display: block; }
        &.-noted #note { display: block; }
    }
    """

    def __init__(self, recipe: Recipe, warm: Warm, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._first = recipe
        self._warm = warm
        self._design: Design | None = None
        self._recipe = recipe
        self._told: Forecast | None = None
        self._working = Lock()
        self._drawn: object = None
        self._runs = RunList()
        self._earlier: tuple[Listed, ...] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the form and the forecast, and below them what else is worth knowing."""
        with Vertical(id="left"):
            with Vertical(id="how", classes="box"):
                yield Static(id="what")
                yield RecipeForm(self._first, id="recipe")
                yield Static(id="note")
            with Vertical(id="rate", classes="box") as rate:
                rate.border_title = _("Learning rate over the epochs")
                yield PlotView()
        with Vertical(id="right"):
            with Vertical(id="before", classes="box") as before:
                before.border_title = _("Forecast")
                yield Static(id="forecast")
                yield Static(id="worker")
            with Vertical(id="earlier", classes="box") as earlier:
                earlier.border_title = _("Earlier runs of this network")
                yield Static()

    def on_mount(self) -> None:
        """Look now and then at what becomes ready."""
        self.set_interval(_TICK, self._tend)

    @property
    def form(self) -> RecipeForm:
        """The form of the recipe."""
        return self.query_one(RecipeForm)

    def show(self, design: Design) -> None:
        """Say what would be trained."""
        self._design = design
        self.query_one("#how").border_title = Content(_("Train {name}").format(name=design.network.name))
        errors = [check for check in design.analysis.checks if check.severity == "error"]
        self.set_class(bool(errors), "-wrong")
        self.query_one("#what", Static).update(Content(f"✗ {errors[0]}" if errors else ""))
        self._told = self._earlier = None
        self._tend()

    def on_resize(self) -> None:
        """Fit what is drawn to the new size."""
        self._drawn = None
        self.call_after_refresh(self._draw)

    @on(StructForm.Changed)
    def _changed(self, event: StructForm.Changed) -> None:
        event.stop()
        if isinstance(event.value, Recipe) and event.value != self._recipe:
            self._recipe, self._told = event.value, None
            self._tend()

    def _tend(self) -> None:
        """Draw what is known, and look for more, while this is on display."""
        if self.display and self.screen.is_current and self._design is not None:
            self._draw()
            self._look(self._design, self._recipe)

    @work(thread=True, group="forecast")
    def _look(self, design: Design, recipe: Recipe) -> None:
        if not self._working.acquire(blocking=False):
            return
        try:
            self._warm.tend(runtime(design.network, recipe))
            told = forecast(design.analysis, recipe)
            self.app.call_from_thread(self._take, design, recipe, told)
            same = digest(design.network)
            *_some, every = self._runs.read()
            earlier = tuple(one for one in every if one.summary.digest == same)
            self.app.call_from_thread(self._take, design, recipe, told, earlier)
        finally:
            self._working.release()

    def _take(self, design: Design, recipe: Recipe, told: Forecast, earlier: tuple[Listed, ...] | None = None) -> None:
        if recipe == self._recipe and design is self._design and self.is_mounted:
            self._told = told
            self._earlier = self._earlier if earlier is None else earlier
            self._draw()

    def _draw(self) -> None:
        """Draw, if there is something new."""
        design, told = self._design, self._told
        warm = self._warm
        state = (design, self._recipe, told, self._earlier, warm.measuring, warm.ready, warm.loading)
        if design is None or state == self._drawn:
            return
        self._drawn = state
        brief = not self.query_one("#rate").display
        table = forecast_table(design.analysis, self._recipe, told, measuring=warm.measuring, brief=brief)
        self.query_one("#forecast", Static).update(table)
        self.query_one("#worker", Static).update(Content(self._worker(told)))
        notes = told.notes if told else ()
        self.set_class(bool(notes) and not self.has_class("-wrong"), "-noted")
        self.query_one("#note", Static).update(Content("\n".join(f"⚠ {note}" for note in notes)))
        plot = self.query_one("#rate PlotView", PlotView)
        plot.show(rate_plot(self._recipe, told.steps if told and told.steps else 100, plot.columns, plot.size.height))
        if self._earlier is not None:
            room = self.query_one("#right").size.height - self.query_one("#before").outer_size.height - _BORDER
            self.query_one("#earlier Static", Static).update(earlier_table(self._earlier, room))

    def _worker(self, told: Forecast | None) -> str:
        if told is not None and told.queued:
            return _("Another run is training: this run will be queued.")
        if self._warm.ready:
            return _("A worker is ready: training starts at once.")
        if self._warm.loading:
            return _("A worker is loading TensorFlow …")
        return _("The run trains in its own process and continues when you quit.")
