"""What the mouse does with layers: it points at them, drags them elsewhere, and asks for a menu."""

from textual import on, work

from tui_cnn.core.moving import drop
from tui_cnn.i18n import _
from tui_cnn.ui.build.actions import STACK
from tui_cnn.ui.build.editing import EditingScreen, counted
from tui_cnn.ui.build.messages import LayerPointed, LayersDropped, MenuWanted
from tui_cnn.ui.toolkit.keymap import keys_of


class PointingScreen(EditingScreen):
    """A screen with a stack that listens to the mouse; the menu has a key, too."""

    @on(LayerPointed)
    def _point(self, event: LayerPointed) -> None:
        self.stack.go_to(event.path)
        self.stack.focus()

    @on(LayersDropped)
    def _drop(self, event: LayersDropped) -> None:
        if self.branch():
            self.notify(_("A branch cannot be dragged. Press J or K to move it."))
        elif span := self.stack.span:
            moved = drop(self.network, *span, event.onto, self.stack.seen.is_open)
            if moved.network != self.network:
                self.request(counted("move", span), lambda _network: moved.network, span._replace(path=moved.path))

    @on(MenuWanted)
    def _show_menu(self) -> None:
        self.action_layer_menu()

    @work
    async def action_layer_menu(self) -> None:
        """List what can be done with the selected layers, and do what is chosen."""
        from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
        from tui_cnn.ui.toolkit.help import key_names

        keymap = self.workspace.configuration.keys
        items = [
            Item(action.label, f"{key_names(keys_of(STACK, action, keymap)):<10} {action.help}", STACK.command(action))
            for action in STACK.actions
            if action.id != "layer_menu" and self.check_action(action.id, ())
        ]
        chosen = await self.app.push_screen_wait(Pick(_("Actions"), items))
        if chosen is not None:
            await self.run_action(chosen)
