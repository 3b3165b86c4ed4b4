"""Timing each layer of the network on this machine, in a process of its own; the stack then shows the times."""

from collections.abc import Callable

from textual import work
from textual.app import App, ComposeResult
from textual.widgets import Static

from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.layer_profile import LayerSeconds, NetworkProfile, Profiling
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame
from tui_cnn.ui.workspace import Workspace


async def measure(app: App[object], workspace: Workspace) -> None:
    """Time the layers of the network for batches of the size that the Train screen has."""
    batch_size = workspace.recipe.batch_size
    profile = await app.push_screen_wait(MeasureDialog(workspace.design.network, batch_size))
    if profile is None:
        return
    workspace.layer_times = workspace.layer_times.with_profile(profile)
    message = _("Whole network, batch of {count}: forward {forward} ms, backward {backward} ms.")
    whole = profile.whole
    forward, backward = (f"{1000 * seconds:,.2f}" for seconds in (whole.forward, whole.backward))
    app.notify(message.format(count=batch_size, forward=forward, backward=backward), timeout=10)


class MeasureDialog(SingleResult[NetworkProfile | None]):
    """Says how far it is. Its worker ends with it; Escape measures no more."""

    def __init__(
        self,
        network: Network,
        batch_size: int,
        profiling: Callable[[Network, int], Profiling] = Profiling,
    ) -> None:
        super().__init__()
        self._network = network
        self._batch_size = batch_size
        self._start = profiling
        self._profiling: Profiling | None = None

    def compose(self) -> ComposeResult:
        """Lay out how far it is."""
        with frame(_("Measure the layers"), _("Esc cancel")):
            yield Static(_("Loading TensorFlow …"), id="progress", markup=False)

    def on_mount(self) -> None:
        """Begin to measure."""
        self._run()

    def on_unmount(self) -> None:
        """End the worker."""
        if self._profiling is not None:
            self._profiling.close()

    @work(thread=True, group="profile")
    def _run(self) -> None:
        count = 0
        profile: NetworkProfile | None = None
        failed = ""
        try:
            self._profiling = self._start(self._network, self._batch_size)
            if not self.is_mounted:  # it was closed meanwhile
                self._profiling.close()
            for measured in self._profiling.steps():
                count += isinstance(measured, LayerSeconds)
                self.app.call_from_thread(self._say, _("layer {count} …").format(count=count))
            profile = self._profiling.profile() if self.is_mounted else None
        except UserError as error:
            failed = str(error)
        if self.is_mounted and profile is not None:
            self.app.call_from_thread(self.dismiss, profile)
        elif self.is_mounted:
            self.app.call_from_thread(self._say, failed)

    def _say(self, text: str) -> None:
        if self.is_mounted:
            self.query_one("#progress", Static).update(text)
