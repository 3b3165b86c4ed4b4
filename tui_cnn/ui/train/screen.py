"""The Train screen: set up a run, start it, watch it."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.screen import ModalScreen
from textual.widget import Widget

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.ui.messages import FillRecipe
from tui_cnn.ui.toolkit.curve_actions import CURVES
from tui_cnn.ui.toolkit.help import Place, about_fields
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.network_summary import header_totals
from tui_cnn.ui.train.actions import DATA, RECIPE, TRAIN
from tui_cnn.ui.train.data_page import DataPage
from tui_cnn.ui.train.run_view import RunView
from tui_cnn.ui.train.setup import Setup


class TrainScreen(MainScreen):
    """Either the setting up of a run, or a run that is or was trained."""

    MODE = "train"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = ""

    def body(self) -> Iterator[Widget]:
        """Lay out both; one is shown at a time."""
        yield Setup(self.workspace.recipe, id="setup")
        yield RunView(id="run")
        yield DataPage(id="data")

    def on_mount(self) -> None:
        """Show the run that the workspace has on display."""
        self.workspace.subscribe(self, "shown_run", self._show_run)

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """What the curves are about."""
        return ("loss", "accuracy")

    def totals(self) -> Sequence[str]:
        """Return the totals of what is to be trained, or of the network of the run."""
        if self.workspace.shown_run is None:
            return super().totals()
        analysis = self.query_one(RunView).analysis
        return header_totals(analysis) if analysis else ()

    def shown_network(self) -> str:
        """Return the name of the network of the run."""
        run, analysis = self.workspace.shown_run, self.query_one(RunView).analysis
        if run is None:
            return ""
        return analysis.network.name if analysis else run.name

    def place(self) -> Place:
        """The settings of a run, or a run."""
        if self.query_one(DataPage).display:
            about = Text(_("The images that the network will be trained on, validated and tested with."))
            return Place((DATA, TRAIN), _("Data"), about)
        if self.workspace.shown_run is None:
            form = self.query_one(Setup).form
            about = Text(_("How to train the network. The test set is evaluated once, at the end."))
            return Place((RECIPE, TRAIN), _("Train"), about, (about_fields(form.value or form.original),))
        about = Text(_("A run trains in its own process and continues when you quit."))
        return Place((TRAIN, CURVES), _("Train"), about)

    def on_screen_resume(self) -> None:
        """Read the run at once when the screen comes up, and the images of the data set that it shows."""
        self.query_one(RunView).update()
        if self.query_one(DataPage).display:
            self._show_data()

    def on_screen_suspend(self) -> None:
        """Keep no images while another screen is shown; behind a dialog they are still seen."""
        if not isinstance(self.app.screen, ModalScreen):
            self.query_one(DataPage).release()

    @on(FillRecipe)
    def _fill_recipe(self, event: FillRecipe) -> None:
        self.query_one(Setup).form.fill(event.recipe)

    @on(RunView.Opened)
    def _name_network(self) -> None:
        self.show_header()

    @on(Setup.DataWanted)
    def _show_data(self) -> None:
        """Show the data set of the form in its place."""
        setup, page = self.query_one(Setup), self.query_one(DataPage)
        if setup.form.recipe is not None:
            setup.display, page.display = False, True
            page.show(setup.form.recipe)
            page.focus()

    @on(DataPage.RecipeChanged)
    def _take_recipe(self, event: DataPage.RecipeChanged) -> None:
        self.query_one(Setup).form.set_recipe(event.recipe)
        self.query_one(DataPage).show(event.recipe)

    @on(DataPage.Left)
    def _leave_data(self) -> None:
        setup, page = self.query_one(Setup), self.query_one(DataPage)
        setup.display, page.display = True, False
        setup.form.focus_first()

    def _show_run(self, run: RunDirectory | None) -> None:
        setup, view = self.query_one(Setup), self.query_one(RunView)
        setup.display, view.display = run is None, run is not None
        self.query_one(DataPage).display = False
        if run is None:
            setup.form.focus_first()
        else:
            view.follow(run)
        self.show_header()
        self.refresh_bindings()
