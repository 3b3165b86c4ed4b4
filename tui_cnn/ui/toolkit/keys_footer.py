"""The keys that work now, in the last line of every screen.

One widget writes them all. Textual's own footer has a widget for each key and makes all of them anew whenever the focus
moves: its `compact` keeps those that are gone, 60 MB after a hundred changes of the screen.
"""

from itertools import accumulate
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

_KEY = "bold $footer-key-foreground on $footer-key-background"
_LABEL = "$footer-description-foreground on $footer-description-background"


class ShownKey(NamedTuple):
    """A key with its label, a sentence about it, and whether it does something now."""

    key: str
    text: Content
    tooltip: str
    enabled: bool = True


class KeysFooter(Widget):
    """The keys that have room, none of them cut, and at the right the key of the command palette."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeysFooter {
        dock: bottom;
        height: 1;
        text-wrap: nowrap;
        color: $footer-foreground;
        background: $footer-background;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[ShownKey] = []
        self._palette: ShownKey | None = None
        self._under_mouse: ShownKey | None = None

    def on_mount(self) -> None:
        """Follow the focus and what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, self._show)

    def _show(self, screen: Screen[object]) -> None:
        """Show the keys that work now; while another window has the focus, those of before."""
        if not self.app.app_focus or screen is not self.screen:
            return
        keys: dict[str, ShownKey] = {}
        palette = None
        for _node, binding, enabled, tooltip in screen.active_bindings.values():
            key = self.app.get_key_display(binding)
            text = Content.assemble((f" {key} ", _KEY), (f"{binding.description} ", _LABEL))
            shown = ShownKey(binding.key, text if enabled else text.stylize("dim"), tooltip, enabled)
            if binding.show:
                keys.setdefault(binding.action, shown)
            if binding.key == self.app.COMMAND_PALETTE_BINDING:
                text = Content.assemble((key, _KEY), (f" {binding.description}", _LABEL))
                palette = ShownKey(binding.key, text, binding.tooltip or binding.description)
        self._keys, self._palette = list(keys.values()), palette
        self.refresh()

    def render(self) -> Content:
        """Write the keys that fit."""
        palette = self._palette_text
        fitting = self._fitting()
        line = Content("").join(self._text_of(key) for key in fitting)
        gap = self.size.width - palette.cell_length - line.cell_length
        line = line + " " * gap if gap >= 0 else line[:gap]  # but for the blank behind the last key
        return line + palette

    @property
    def _palette_text(self) -> Content:
        if self._palette is None:
            return Content("")
        return Content.assemble(("▏", "$foreground 20%"), self._text_of(self._palette), " ")

    def _text_of(self, key: ShownKey) -> Content:
        if key != self._under_mouse:
            return key.text
        return Content.styled(key.text.plain, "$footer-key-foreground on $block-hover-background")

    def _fitting(self) -> list[ShownKey]:
        """Return the keys that fit before the one at the right; the blank behind the last need not."""
        room = self.size.width - self._palette_text.cell_length
        ends = accumulate(key.text.cell_length for key in self._keys)
        return [key for key, end in zip(self._keys, ends, strict=True) if end - 1 <= room]

    def _key_at(self, x: int) -> ShownKey | None:
        if self._palette is not None and x >= self.size.width - self._palette_text.cell_length:
            return self._palette
        fitting = self._fitting()
        ends = accumulate(key.text.cell_length for key in fitting)
        return next((key for key, end in zip(fitting, ends, strict=True) if x < end), None)

    def _point_at(self, key: ShownKey | None) -> None:
        if key != self._under_mouse:
            self._under_mouse = key
            self.tooltip = key.tooltip if key else None
            self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Mark the key under the mouse, and explain it."""
        self._point_at(self._key_at(event.x))

    def on_leave(self) -> None:
        """Mark none."""
        self._point_at(None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        key = self._key_at(event.x)
        if key is None:
            return
        if key.enabled:
            self.app.simulate_key(key.key)
        else:
            self.app.bell()
