"""Pick one of a list by typing a part of its name."""

from collections.abc import Callable
from typing import ClassVar, Generic, NamedTuple, TypeVar

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame

_WIDEST = 26
"""Cells for names: of a few that are longer, what is said of them begins further right."""


class Options(OptionList):
    """The items of a list dialog."""


T = TypeVar("T")

_SHARE = 0.5
"""How much of the terminal's height the list may have."""


class Item(NamedTuple, Generic[T]):
    """Something to pick: its name, a line about it, what is returned for it, and the heading that it stands below.

    Items of one group stand together.
    """

    name: str
    about: str
    value: T
    group: str = ""


class Pick(SingleResult[T | None]):
    """A filter over a list; arrows move in the list while one types.

    `made` makes an item of what is typed; `effect` says in a line what picking a value would do.
    """

    FITS_LIST: ClassVar[bool] = True
    """Whether the list is as high as all its items, where the terminal has room for them."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move('cursor_down')", show=False, priority=True),
        Binding("up", "move('cursor_up')", show=False, priority=True),
        Binding("pagedown", "move('page_down')", show=False, priority=True),
        Binding("pageup", "move('page_up')", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        items: list[Item[T]],
        made: Callable[[str], Item[T] | None] = lambda _text: None,
        effect: Callable[[T], str] | None = None,
        hint: str = "",
    ) -> None:
        super().__init__()
        self._hint = hint or _("type to filter")
        self._effect = effect
        self._title = title
        self._items = items
        self._made = made
        self._shown: list[Item[T] | None] = [*items]
        """The items on the lines of the list; None where a heading stands."""

    def compose(self) -> ComposeResult:
        """Lay out the filter, the list, and what is said about the highlighted item."""
        with frame(self._title, _("↑ ↓ move   Enter select   Esc back"), "-list"):
            yield Input(placeholder=self._hint, compact=True, id="filter")
            yield Options(compact=True, id="options")
            yield Static(id="about", classes="-two" if self._effect else "")

    def on_mount(self) -> None:
        """Show everything at first."""
        self._filter("")

    def on_resize(self) -> None:
        """Keep the height of the whole list, so that nothing jumps while one types."""
        if self.FITS_LIST:
            lines = len(self._with_headings(self._items))
            self.query_one(Options).styles.height = min(lines, int(self.size.height * _SHARE))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        # What was typed before the answer may arrive after it; and more may be typed before this arrives.
        if not self.answered and event.value == event.input.value:
            self._filter(event.value)

    @on(Input.Submitted)
    def _entered(self) -> None:
        options = self.query_one(Options)
        if options.highlighted is not None and (item := self._shown[options.highlighted]):
            self.choose(item.value)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        place, options = event.option_index, self.query_one(Options)
        if place >= options.option_count or options.get_option_at_index(place) is not event.option:
            return  # another by now
        if item := self._shown[place]:
            self.choose(item.value)

    def choose(self, value: T) -> None:
        """Return what was picked."""
        self.dismiss(value)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._shown) and (item := self._shown[event.option_index]):
            self.show_about(item)  # the list may have been filtered since

    def show_about(self, item: Item[T]) -> None:
        """Show the whole line about the highlighted item, and what picking it would do."""
        effect = self._effect(item.value) if self._effect else ""
        self.query_one("#about", Static).update(Content.assemble(item.about, "\n" * bool(effect), (effect, "bold")))

    def show_no_match(self) -> None:
        """Show that nothing matches."""
        self.show_line(_("no matches"))

    def show_line(self, text: str) -> None:
        """Show a line below the list."""
        self.query_one("#about", Static).update(Content(text))

    async def action_move(self, way: str) -> None:
        """Move in the list, whatever has the focus."""
        await self.query_one(Options).run_action(way)

    def matching(self, text: str) -> list[Item[T]]:
        """Return what is made of a text, and the items with its words: first those whose name begins with it."""
        words = text.lower().split()
        named = [item for item in self._items if all(word in item.name.lower() for word in words)]
        described = [item for item in self._items if all(word in f"{item.name} {item.about}".lower() for word in words)]
        named.sort(key=lambda item: not item.name.lower().startswith(text.lower()))
        made = self._made(text)
        return [*([made] if made else []), *named, *(item for item in described if item not in named)]

    def _with_headings(self, items: list[Item[T]]) -> list[Item[T] | None]:
        """Put a place for a heading before the first item of each group."""
        lines: list[Item[T] | None] = []
        group = ""
        for item in items:
            if item.group != group:
                lines.append(None)
                group = item.group
            lines.append(item)
        return lines

    def _filter(self, text: str) -> None:
        found = self.matching(text)
        self._shown = [*found] if text else self._with_headings(found)  # what is typed brings the nearest to the top
        widths = {item.name: cell_len(item.name) + 2 for item in self._items}
        width = min(max(widths.values(), default=0), _WIDEST)
        options = self.query_one(Options)
        options.clear_options()
        quiet = "" if self.app.no_color else "$foreground 75%"  # turned over, it would be as light as what is behind it

        def option(item: Item[T] | None, below: Item[T] | None) -> Option:
            if item is None:
                return Option(Content.styled(f"── {below.group} ──" if below else "", quiet), disabled=True)
            name = set_cell_size(item.name, max(width, widths.get(item.name, width)))
            return Option(Content.assemble((name, "bold"), (item.about, quiet)))

        options.add_options(map(option, self._shown, [*self._shown[1:], None]))
        options.highlighted = next((place for place, item in enumerate(self._shown) if item), None)
        if not self._shown:
            self.show_no_match()
