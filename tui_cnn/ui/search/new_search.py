"""A new search of the design: what varies, how it is searched, and what that will take, before it starts."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.formats.fields import fields, format_value
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search import launch
from tui_cnn.search.directory import make_search
from tui_cnn.search.errors import SearchError
from tui_cnn.search.plan import DEFAULT_TRIALS, SearchBudget, SearchPlan, dumps_plan, loads_plan
from tui_cnn.search.space import NOT_OF_TRIALS
from tui_cnn.search.survey import Survey, parallel
from tui_cnn.ui.search.actions import NEW
from tui_cnn.ui.search.candidates_view import CandidatesView
from tui_cnn.ui.search.dialogs import PlanEditor
from tui_cnn.ui.search.settings import SearchSettings, settings_of, with_settings
from tui_cnn.ui.toolkit.form import FormLayout, StructForm
from tui_cnn.ui.toolkit.help import Place, about_fields
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.numbers import shortened
from tui_cnn.ui.toolkit.searches import survey_lines, value_text
from tui_cnn.visible import visible

_PATIENCE = 0.4
"""Seconds without a change after which candidates are counted."""


class NewSearchScreen(MainScreen):
    """A form, and beside it the space and the forecast. It is dismissed once the search is made, or with Escape."""

    MODE = "search"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [*NEW.bindings()]

    def __init__(self, network: Network, space: dict[str, object], recipe: Recipe) -> None:
        super().__init__()
        self._network = network
        self._plan = SearchPlan(space=space, recipe=recipe, budget=SearchBudget(trials=DEFAULT_TRIALS))
        self._problem = ""
        self._starting = False

    def body(self) -> Iterator[Widget]:
        """Lay out the form beside what it comes to."""
        form = StructForm(self._settings, id="search-form")
        settings = Vertical(form, id="settings", classes="panel")
        settings.styles.set_rule("layout", FormLayout())
        settings.border_title = _("New search")
        space = VerticalScroll(Static(id="space-list"), id="space", classes="panel")
        space.border_title = _("What varies")
        space.can_focus = False
        forecast = VerticalScroll(Static(id="forecast-lines"), id="forecast", classes="panel")
        forecast.border_title = _("Before the start")
        forecast.can_focus = False
        training = VerticalScroll(Static(id="training-lines"), id="training", classes="panel")
        training.border_title = _("Training of each candidate")
        training.can_focus = False
        before = Vertical(space, forecast, CandidatesView(id="candidates"), id="before")
        yield Horizontal(Vertical(settings, training, id="settings-column"), before, id="new")

    def on_mount(self) -> None:
        """Count the candidates."""
        self._timer = self.set_timer(0, self._count)
        self._show_space()
        self.form.focus_first()

    @property
    def form(self) -> StructForm:
        """The form of the settings."""
        return self.query_one(StructForm)

    @property
    def _settings(self) -> SearchSettings:
        return settings_of(self._plan)

    def place(self) -> Place:
        """The form of a new search."""
        about = Text(_("What is searched, within which limits. Only candidates that fit are trained."))
        return Place((NEW,), _("New search"), about, (about_fields(self.form.value or self.form.original),))

    def totals(self) -> Sequence[str]:
        """Return none: the candidates differ."""
        return ()

    @on(StructForm.Changed)
    def _changed(self, event: StructForm.Changed) -> None:
        event.stop()
        self._problem = ""
        if isinstance(event.value, SearchSettings):
            try:
                self._plan = with_settings(self._plan, event.value)
            except SearchError as error:
                self._problem = str(error)
        self._count_soon()

    def _count_soon(self) -> None:
        self._timer.stop()
        if self._problem:
            self._say(Content.styled(self._problem, "$text-error"))
        else:
            self._timer = self.set_timer(_PATIENCE, self._count)

    def _count(self) -> None:
        self._say(Content.styled(_("counting candidates …"), "$text-muted"))
        self._survey(self._plan)

    @work(thread=True, exclusive=True, group="survey")
    def _survey(self, plan: SearchPlan) -> None:
        found: Survey | None = None
        try:
            found = launch.examine(self._network, plan, quick=True)
            text = Content("\n".join(survey_lines(plan, found, parallel(plan, found.memory))))
        except UserError as error:
            text = Content.styled(visible(str(error)), "$text-error")
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._take, plan, found, text)

    def _take(self, plan: SearchPlan, found: Survey | None, text: Content) -> None:
        if plan is self._plan and not self._problem and self.is_mounted:
            self._say(text)
            self.query_one(CandidatesView).show(found.costs if found else ())

    def _say(self, text: Content) -> None:
        self.query_one("#forecast-lines", Static).update(text)

    def _show_space(self) -> None:
        """List what varies, and how candidates are trained."""
        recipe = self._plan.recipe
        training = Table.grid(padding=(0, 2, 0, 0))
        for field in (each for each in fields(type(recipe)) if each.name not in NOT_OF_TRIALS):
            text = format_value(field, getattr(recipe, field.name)) or field.blank
            training.add_row(Text(field.name, style="dim"), Text(visible(text)))
        self.query_one("#training-lines", Static).update(training)
        listing = self.query_one("#space-list", Static)
        if not self._plan.space:
            text = _("Nothing varies yet. On Build, press * on a layer; on Train, F6 on a setting.")
            listing.update(Content.styled(text, "$text-warning"))
            return
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for key, given in self._plan.space.items():
            table.add_row(Text(shortened(visible(key), 30)), Text(_given_text(given), style="dim"))
        listing.update(table)

    @work
    async def action_edit_toml(self) -> None:
        """Edit the plan as text."""
        text = await self.app.push_screen_wait(PlanEditor(dumps_plan(self._plan), self._network))
        if text is None or (plan := loads_plan(text, "")) == self._plan:
            return
        self._plan, self._problem = plan, ""
        settings = self._settings
        await self.form.remove()
        await self.query_one("#settings").mount(StructForm(settings, id="search-form"))
        self.form.focus_first()
        self._show_space()
        self._count_soon()

    def action_start_new(self) -> None:
        """Make the search and start it."""
        self._make(start=True)

    def action_keep_new(self) -> None:
        """Make the search, to start it later."""
        self._make(start=False)

    def _make(self, *, start: bool) -> None:
        if self.form.value is None or self._problem or self._starting:
            return
        self._starting = True  # a second Enter would start a second search
        self._make_and_start(self._plan, start=start)

    @work(thread=True, group="start")
    def _make_and_start(self, plan: SearchPlan, *, start: bool) -> None:
        try:
            found = launch.examine(self._network, plan, quick=True)
            search = make_search(self._network, plan)
            if start:
                launch.start(search, parallel(plan, found.memory).jobs, memory=found.memory)
        except UserError as error:
            self._starting = False
            self.workspace.report(error)
        else:
            self.app.call_from_thread(self.dismiss)

    def action_back(self) -> None:
        """Go back to the searches."""
        self.dismiss()


def _given_text(given: object) -> str:
    if isinstance(given, dict):
        low, high = (value_text(given.get(name)) for name in ("low", "high"))
        step = _(" step {step}").format(step=value_text(given["step"])) if given.get("step") is not None else ""
        return f"{low}..{high}{step}{' log' if given.get('log') else ''}"
    return ", ".join(map(value_text, given)) if isinstance(given, list) else visible(str(given))
