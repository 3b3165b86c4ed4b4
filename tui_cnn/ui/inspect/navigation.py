"""What the keys of the Inspect screen do: walk through images, layers, maps and views, and ask for more."""

import asyncio
from dataclasses import replace

from textual import on, work
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.inspection.replies import Evaluation
from tui_cnn.ui.inspect.answer_cache import Desk
from tui_cnn.ui.inspect.comparison import ComparisonView
from tui_cnn.ui.inspect.evaluation import EvaluationView
from tui_cnn.ui.inspect.image_choice import Choice, everything
from tui_cnn.ui.inspect.layers import LayersPanel
from tui_cnn.ui.inspect.prompts import Prompts
from tui_cnn.ui.inspect.run_weights import source_of
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.subject import of_test
from tui_cnn.ui.inspect.subject_panel import PredictionPanel, SubjectPanel
from tui_cnn.ui.inspect.view import View
from tui_cnn.ui.messages import ShowView
from tui_cnn.ui.toolkit.main_screen import MainScreen


class InspectKeys(MainScreen):
    """Shows a scene; whatever changes it goes through `go`."""

    desk: Desk
    view: View
    scene: Scene | None = None
    run: RunDirectory | None = None

    def __init__(self) -> None:
        super().__init__()
        self.choice = everything()
        self._chosen_ahead = False
        self._number: int | None = None
        """The test image that was looked at last: from a picture of one's own one walks on from there."""
        self._asking = Prompts(self)

    def go(self, scene: Scene) -> None:
        """Show another scene."""
        self.scene = scene
        self._number = self._number if scene.subject.number is None else scene.subject.number
        for panel in (SubjectPanel, PredictionPanel, LayersPanel):
            self.query_one(panel).show(scene)
        self.view.show(scene)

    def choose(self, choice: Choice) -> None:
        """Walk through these images, from the first of them on."""
        if self.scene is None:
            return
        self.choice = choice
        numbers = choice.numbers(self.scene.test, self.desk.get(self.scene.evaluate, Evaluation))
        self._chosen_ahead = numbers is None
        if numbers is None:
            self.desk.want("evaluate", self.scene.evaluate, Evaluation)
            self.notify(_("Available once the test set has been evaluated. Please wait."))
        elif not len(numbers):
            self.notify(_("No matching images."))
        else:
            self.go(replace(self.scene, subject=of_test(self.scene.test, int(numbers[0]))))

    def choose_now(self) -> None:
        """Go to the images that were chosen before it was known which these are."""
        if self.scene is not None and self._chosen_ahead and self.desk.get(self.scene.evaluate, Evaluation):
            self.choose(self.choice)

    @on(ShowView)
    def _show_named_view(self, event: ShowView) -> None:
        self.show_view(event.name)

    def show_view(self, name: str) -> None:
        """Bring a view up."""
        switcher = self.query_one(ContentSwitcher)
        switcher.current = f"view-{name}"
        self.view = switcher.get_child_by_id(f"view-{name}", View)
        self.draw_tabs()
        if self.scene is not None:
            self.view.show(self.scene)
            self.view.focus()

    def draw_tabs(self) -> None:
        """Name the views with their keys underlined, and the run at the end of the line."""
        parts: list[Content] = []
        for view in self.query_one(ContentSwitcher).query(View):
            title = view.title()
            style = "bold $text-primary on $primary-muted" if view is self.view else "$text-muted"
            word = Content(f" {title} ").stylize(style)
            place = title.lower().find(view.KEY)
            if place >= 0:
                word = word.stylize("underline", place + 1, place + 2)
            parts.append(word.stylize(f"@click=screen.view_{view.scope}"))
        self.query_one("#view-tabs", Static).update(Content("").join(parts))

    def action_next_image(self) -> None:
        """Go to the next of the chosen images."""
        self._step(1)

    def action_previous_image(self) -> None:
        """Go to the one before."""
        self._step(-1)

    def action_next_layer(self) -> None:
        """Go to the next layer."""
        if self.scene is not None:
            self.go(self.scene.at(layer=self.scene.layer + 1))

    def action_previous_layer(self) -> None:
        """Go to the layer before."""
        if self.scene is not None:
            self.go(self.scene.at(layer=self.scene.layer - 1))

    def action_next_map(self) -> None:
        """Go to the next map."""
        if self.scene is not None:
            self.go(self.scene.at(channel=self.scene.channel + 1))

    def action_previous_map(self) -> None:
        """Go to the map before."""
        if self.scene is not None:
            self.go(self.scene.at(channel=self.scene.channel - 1))

    def action_toggle_grey(self) -> None:
        """Draw in grey, or in colours."""
        if self.scene is not None:
            self.go(replace(self.scene, grey=not self.scene.grey))

    def action_next_view(self) -> None:
        """Go to the next view."""
        self._turn(1)

    def action_previous_view(self) -> None:
        """Go to the view before."""
        self._turn(-1)

    def action_view_maps(self) -> None:
        """Show the maps."""
        self.show_view("maps")

    def action_view_kernels(self) -> None:
        """Show the kernels."""
        self.show_view("kernels")

    def action_view_field(self) -> None:
        """Show what a cell sees."""
        self.show_view("field")

    def action_view_why(self) -> None:
        """Show which pixels speak for a class."""
        self.show_view("why")

    def action_view_evaluation(self) -> None:
        """Show the numbers over the test set."""
        self.show_view("evaluation")

    def action_view_moves(self) -> None:
        """Move the image."""
        self.show_view("moves")

    def action_view_pad(self) -> None:
        """Draw."""
        self.show_view("pad")

    def action_view_comparison(self) -> None:
        """Compare two runs."""
        self.show_view("comparison")

    def action_view_history(self) -> None:
        """Show how the kernels came about."""
        self.show_view("history")

    @work
    async def action_find_images(self) -> None:
        """Ask which images to walk through."""
        if self.scene is not None:
            self.desk.want("evaluate", self.scene.evaluate, Evaluation)
            evaluation = self.desk.get(self.scene.evaluate, Evaluation)
            if choice := await self._asking.ask_images(self.scene, evaluation):
                self.choose(choice)

    @work
    async def action_own_picture(self) -> None:
        """Ask for a picture file."""
        if self.scene is not None and (subject := await self._asking.ask_picture(self.scene)):
            self.go(replace(self.scene, subject=subject))

    @work
    async def action_choose_run(self) -> None:
        """Ask for another run."""
        if run := await self._asking.ask_run(_("Select a run to inspect"), self.run):
            self.workspace.inspected_run = run

    @work
    async def action_write_view(self) -> None:
        """Write what is shown to a file."""
        if output := self.view.output():
            await self._asking.write(output)
        else:
            self.notify(_("Nothing to export yet."))

    @on(ComparisonView.Wanted)
    @work
    async def choose_other(self) -> None:
        """Ask for a second run."""
        if self.scene is not None and (run := await self._asking.ask_run(_("Select a run to compare with"), self.run)):
            source = await asyncio.to_thread(source_of, run)
            self.go(replace(self.scene, other=source))

    @on(EvaluationView.Chosen)
    def _chosen(self, event: EvaluationView.Chosen) -> None:
        self.choose(event.choice)

    @on(View.Moved)
    def _moved(self, event: View.Moved) -> None:
        self.go(event.scene)

    def _step(self, by: int) -> None:
        """Walk through the chosen images."""
        if self.scene is None:
            return
        numbers = self.choice.numbers(self.scene.test, self.desk.get(self.scene.evaluate, Evaluation))
        if numbers is not None and len(numbers):
            place = self.choice.place_after(numbers, self._number, by)
            self.go(replace(self.scene, subject=of_test(self.scene.test, int(numbers[place]))))

    def _turn(self, by: int) -> None:
        views = list(self.query_one(ContentSwitcher).query(View))
        self.show_view(views[(views.index(self.view) + by) % len(views)].scope)
