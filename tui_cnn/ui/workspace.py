"""What the screens share: the design, the runs that are shown, inspected and compared, and the ways between screens.

Screens and widgets talk to the workspace, never to the App class or to each other.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, cast

import msgspec
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.signal import Signal

from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.network import Network
from tui_cnn.core.network import Path as LayerPath
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.layer_times import NOT_MEASURED, LayerTimes
from tui_cnn.runs.recipe import TUTORIAL, Recipe
from tui_cnn.search.marks import Marks, carried, with_mark
from tui_cnn.ui.design import Design, setting_for
from tui_cnn.ui.settings import Configuration, Mode, State

T = TypeVar("T")


class Observed(Generic[T]):
    """A value of the workspace: whoever subscribed to it is called at once when another one is assigned."""

    def __set_name__(self, owner: type["Workspace"], name: str) -> None:
        self._name = name

    def __get__(self, workspace: "Workspace", owner: type["Workspace"]) -> T:
        return cast("T", workspace.values[self._name])

    def __set__(self, workspace: "Workspace", value: T) -> None:
        before = workspace.values[self._name]
        if value is not before and value != before:
            workspace.values[self._name] = value
            workspace.signals[self._name].publish(value)


class Host(Protocol):
    """What the app does for the screens, beyond what every Textual app does."""

    def open_model(self, model: str, mode: Mode = "build", recipe: Recipe | None = None) -> object:
        """Open a preset or a file on the Build or the Train screen, once unsaved changes are dealt with.

        A recipe goes into the form of the Train screen.
        """

    def open_network(
        self, network: Network, file: Path | None = None, mode: Mode = "build", recipe: Recipe | None = None
    ) -> object:
        """Open a network as `open_model` does."""

    def follow_link(self, link: str) -> object:
        """Go where a link of a lesson leads."""

    def go_to(self, mode: Mode) -> object:
        """Go to a screen; what was typed into an open form is applied first."""

    def commit_pending(self) -> object:
        """Apply what was typed into an open form."""

    def write_state(self, changes: dict[str, Any]) -> object:
        """Write what is to be remembered for the next start."""


class Workspace:
    """The one place where the design and the runs in view are kept; it has the ways of its `Host` between screens, too.

    Attributes:
        design: the network being designed, with its history and its file.
        shown_run: the run on the Train screen.
        inspected_run: the run on the Inspect screen.
        marked: the runs to compare; their curves are drawn over each other.
        layer_times: what layers were measured to take on this machine.
        varied: what a search is to vary: fields of the design's layers, and of the recipe.
        inspected_images: the test images that Inspect has shown: the ids of the runs, and their numbers.
        data: the directory of the data set; empty: Fashion-MNIST.
    """

    design = Observed[Design]()
    shown_run = Observed[RunDirectory | None]()
    inspected_run = Observed[RunDirectory | None]()
    marked = Observed[tuple[RunDirectory, ...]]()
    varied = Observed[Marks]()
    layer_times = Observed[LayerTimes]()

    def __init__(
        self, app: App[Any], host: Host, design: Design, data: str, configuration: Configuration, state: State
    ) -> None:
        self._app = app
        self._host = host
        self.go_to = host.go_to
        self.open_model = host.open_model
        self.open_network = host.open_network
        self.follow_link = host.follow_link
        self.inspected_images: set[tuple[str, int]] = set()
        self.data = data
        self._recipe: Recipe | None = None
        self.configuration = configuration
        self.state = state
        self.values: dict[str, Any] = {
            "design": design,
            "shown_run": None,
            "inspected_run": None,
            "marked": (),
            "varied": (),
            "layer_times": NOT_MEASURED,
        }
        self._varied_on = design.network
        self.signals: dict[str, Signal[Any]] = {name: Signal(app, name) for name in self.values}

    @property
    def recipe(self) -> Recipe:
        """What stands in the form of the Train screen; before that was opened, the tutorial's."""
        return self._recipe or msgspec.structs.replace(TUTORIAL, data=self.data)

    @recipe.setter
    def recipe(self, recipe: Recipe) -> None:
        self._recipe = recipe

    def subscribe(self, node: DOMNode, name: str, callback: Callable[[Any], None], *, init: bool = True) -> None:
        """Call back with the value of `name` now, unless `init` is false, and at each change while `node` lives."""

        def call(value: Any) -> None:
            try:
                callback(value)
            except Exception as error:  # a signal would hide it
                node.call_next(_throw, error)

        self.signals[name].subscribe(node, call, immediate=True)
        if init:
            callback(self.values[name])

    def edit(self, label: str, change: Callable[[Network], Network], select: LayerPath) -> None:
        """Apply an edit, at once: the next key may come before any message does. Select the layer at `select`.

        What was typed into an open form is applied first: the edit may be of anything.
        """
        self._host.commit_pending()
        self.design = self.design.edit(label, change, select)

    def vary(self, path: LayerPath | None, field: str, given: Any | None) -> None:
        """Mark a field of a layer, or of the recipe without a path, to vary in a search; None: no longer."""
        self.varied = with_mark(self.varied, path, field, given)

    def carry_marks(self, design: Design) -> None:
        """Let what is marked to vary follow an edit; of another network only the fields of the recipe stay."""
        before, self._varied_on = self._varied_on, design.network
        if design.just_opened:
            layers = before == design.network
            self.varied = tuple(mark for mark in self.varied if mark.path is None or layers)
        elif before is not design.network:
            self.varied = carried(self.varied, before, design.network)

    def is_still(self, network: Network) -> bool:
        """Tell whether a network is what is designed, as it was when a dialog about it opened; say so if it is not."""
        if self.design.network == network:
            return True
        self.report(_("the network was changed in the meantime; nothing was edited"))
        return False

    def undo(self) -> None:
        """Undo the last edit."""
        self.design = self.design.undo()

    def redo(self) -> None:
        """Redo the edit that was undone last."""
        self.design = self.design.redo()

    def use_data(self, data: str) -> None:
        """Use another data set; the checks of the design are for its classes and images from now on. Reads files."""
        setting = setting_for(data)
        self._app.call_from_thread(self.take_data, data, setting)

    def take_data(self, data: str, setting: TrainingContext) -> None:
        """Use a data set of which is known what a network for it must meet."""
        self.data = data
        self.design = self.design.with_setting(setting)

    def toggle_mark(self, run: RunDirectory) -> None:
        """Mark a run to compare it, or unmark it."""
        marked = self.marked
        self.marked = tuple(other for other in marked if other != run) if run in marked else (*marked, run)

    def show_run(self, run: RunDirectory) -> None:
        """Show a run on the Train screen."""
        self.shown_run = run
        self._app.switch_mode("train")

    def inspect_run(self, run: RunDirectory) -> None:
        """Show a run on the Inspect screen."""
        self.inspected_run = run
        self.go_to("inspect")

    def send(self, mode: Mode, message: Message) -> None:
        """Go to a screen and hand it a message; it is handled once the screen is mounted."""
        self._app.run_worker(self._send(mode, message))

    async def _send(self, mode: Mode, message: Message) -> None:
        await self._app.switch_mode(mode)
        self._app.screen_stack[0].post_message(message)  # a dialog may have opened over it meanwhile

    def remember(self, **changes: Any) -> None:
        """Remember some of the program's state: at once here, and on the disk for the next start."""
        self.state = msgspec.structs.replace(self.state, **changes)
        self._host.write_state(changes)

    def report(self, error: Exception | str) -> None:
        """Show what went wrong, in one line; also from a thread."""
        self._app.notify(str(error), severity="error", timeout=10, markup=False)


def _throw(error: Exception) -> None:
    raise error


class _WithWorkspace(Protocol):
    workspace: Workspace


def workspace_of(node: DOMNode) -> Workspace:
    """Return the workspace of the app that a screen or widget belongs to."""
    return cast("_WithWorkspace", node.app).workspace
