"""Experiments with a network: variants under a name, and a setting over several values.

What is taken from a dialog becomes an edit, so nothing is lost by it.
"""

from collections.abc import Awaitable, Callable
from typing import Literal

from textual.app import App

from tui_cnn.core import edits
from tui_cnn.core.network import Path
from tui_cnn.core.sweep import sweepable
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.ui.workspace import Workspace

Experiment = Literal["save_variant", "compare_variants", "sweep"]


async def experiment(name: Experiment, app: App[object], workspace: Workspace, path: Path) -> None:
    """Make one of the experiments, from the layer at `path`."""
    await _EXPERIMENTS[name](app, workspace, path)


async def _save_variant(app: App[object], workspace: Workspace, path: Path) -> None:
    """Ask for a name, and save the network under it."""
    from tui_cnn.ui.build.variant_name_dialog import VariantName
    from tui_cnn.ui.build.variants import keep, next_name

    network = workspace.design.network
    file = await app.push_screen_wait(VariantName(network.name, next_name(network.name)))
    if file is None:
        return
    try:
        keep(network, file)
    except FormatError as error:
        workspace.report(error)
    else:
        app.notify(_("Saved as {name}. Press C to compare variants").format(name=file.stem), markup=False)


async def _compare_variants(app: App[object], workspace: Workspace, path: Path) -> None:
    """Show the variants beside the network; load the chosen one, which can be undone."""
    from tui_cnn.ui.build.variants_dialog import Variants

    convention = workspace.configuration.settings.flops
    chosen = await app.push_screen_wait(Variants(workspace.design.analysis, convention))
    if chosen is not None:
        network = chosen.analysis.network
        workspace.edit(_("variant {name}").format(name=chosen.name), lambda _now: network, (0,))


async def _sweep(app: App[object], workspace: Workspace, path: Path) -> None:
    """Show what several values of a setting would make of the network; apply the chosen one."""
    from tui_cnn.ui.build.sweep_dialog import Sweep

    network = workspace.design.network
    try:
        fields = sweepable(edits.layer_at(network, path)) if path else ()
    except IndexError:  # a line of the stack that is no layer
        fields = ()
    if not fields:
        app.notify(_("This layer has no settings to sweep."))
        return
    setting = await app.push_screen_wait(Sweep(network, path))
    if setting is not None:
        value = {setting.field: setting.value}
        workspace.edit(setting.field, lambda network: edits.change(network, path, **value), path)


_EXPERIMENTS: dict[Experiment, Callable[[App[object], Workspace, Path], Awaitable[None]]] = {
    "save_variant": _save_variant,
    "compare_variants": _compare_variants,
    "sweep": _sweep,
}
