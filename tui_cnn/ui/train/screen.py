"""The Train screen: set up a run, start it, watch it."""

from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.toolkit.curve_actions import CURVES
from tui_cnn.ui.toolkit.help import Place, about_fields
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.train.actions import RECIPE, TRAIN
from tui_cnn.ui.train.run_view import RunView
from tui_cnn.ui.train.setup import Setup


class TrainScreen(MainScreen):
    """Either the setting up of a run, or a run that is or was trained."""

    MODE = "train"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = ""

    def body(self) -> Iterator[Widget]:
        """Lay out both; one is shown at a time."""
        yield Setup(Recipe(data=self.workspace.data), id="setup")
        yield RunView(id="run")

    def on_mount(self) -> None:
        """Show the run that the workspace has on display."""
        super().on_mount()
        self.workspace.subscribe(self, "shown_run", self._show_run)

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """What the curves are about."""
        return ("loss", "accuracy")

    def place(self) -> Place:
        """The settings of a run, or a run."""
        if self.workspace.shown_run is None:
            form = self.query_one(Setup).form
            about = Text(_("How to train the network. The test set is evaluated once, at the end."))
            return Place((RECIPE, TRAIN), _("Train"), about, (about_fields(form.value or form.original),))
        about = Text(_("A run trains in its own process and continues when you quit."))
        return Place((TRAIN, CURVES), _("Train"), about)

    def on_screen_resume(self) -> None:
        """Read the run at once when the screen comes up."""
        self.query_one(RunView).update()

    def _show_run(self, run: RunDirectory | None) -> None:
        setup, view = self.query_one(Setup), self.query_one(RunView)
        setup.display, view.display = run is None, run is not None
        if run is None:
            setup.form.focus_first()
        else:
            view.follow(run)
        self.refresh_bindings()
