"""Trying things out on the Build screen: variants under a name, and a setting over several values."""

from rich.text import Text
from textual import work

from tui_cnn.core import edits
from tui_cnn.core.path import format_path
from tui_cnn.core.sweep import sweepable
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.ui.build.actions import FORM, STACK
from tui_cnn.ui.build.stack import StackView
from tui_cnn.ui.toolkit.about import about_columns, about_fields, about_type
from tui_cnn.ui.toolkit.help import Place
from tui_cnn.ui.toolkit.main_screen import MainScreen


class TryingScreen(MainScreen):
    """Whatever is taken over from a dialog is an edit, so nothing is lost by it."""

    def place(self) -> Place:
        """The layer under the cursor, or the form that is open; then what the numbers of the stack mean."""
        stack, network = self.query_one(StackView), self.workspace.design.network
        try:
            layer = edits.layer_at(network, stack.path) if stack.path else None
        except IndexError:
            layer = None
        scope = FORM if self.has_class("-editing") else STACK
        if layer is None:
            words = Text(_("The network: the input shape of one image (channels last) and the layers."))
            return Place((scope,), _("Input"), words, (about_columns(),))
        title = _("{kind}, layer {number}").format(kind=type(layer).__name__, number=format_path(stack.path))
        return Place((scope,), title, about_type(layer), (about_fields(layer), about_columns()))

    @work
    async def action_keep_variant(self) -> None:
        """Ask for a name, and keep the network under it."""
        from tui_cnn.ui.build.variant_name_dialog import VariantName
        from tui_cnn.ui.build.variants import keep, next_name

        network = self.workspace.design.network
        path = await self.app.push_screen_wait(VariantName(network.name, next_name(network.name)))
        if path is None:
            return
        try:
            keep(network, path)
        except FormatError as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        else:
            self.notify(_("Saved as {name}. Press C to compare variants").format(name=path.stem), markup=False)

    @work
    async def action_compare_variants(self) -> None:
        """Show the variants beside the network; put the chosen one here, as an edit that can be undone."""
        from tui_cnn.ui.build.variants_dialog import Variants

        convention = self.workspace.configuration.settings.flops
        chosen = await self.app.push_screen_wait(Variants(self.workspace.design.analysis, convention))
        if chosen is not None:
            network = chosen.analysis.network
            self.workspace.edit(_("variant {name}").format(name=chosen.name), lambda _now: network, (0,))

    @work
    async def action_sweep_setting(self) -> None:
        """Show what several values of a setting would make of the network; apply the chosen one."""
        from tui_cnn.ui.build.sweep_dialog import Sweep

        network, path = self.workspace.design.network, self.query_one(StackView).path
        try:
            fields = sweepable(edits.layer_at(network, path)) if path else ()
        except IndexError:  # a line of the stack that is no layer
            fields = ()
        if not fields:
            self.notify(_("This layer has no settings to sweep."))
            return
        setting = await self.app.push_screen_wait(Sweep(network, path))
        if setting is not None:
            value = {setting.field: setting.value}
            self.workspace.edit(setting.field, lambda network: edits.change(network, path, **value), path)
