"""The only module that uses private parts of Textual: to outlive failures, write, keep and style less, and the like.

All of it can be done without. In a release of Textual whose private parts differ, a failure ends the app, more is
written to the terminal, more memory is taken, more notices are shown at once and screens open later; nothing else
changes.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary, WeakSet

from rich.console import Console, RenderableType
from rich.segment import Segment
from textual import dom as dom_module
from textual import on
from textual import screen as screen_module
from textual import strip as strip_module
from textual import widget as widget_module
from textual.app import App, ScreenStackError
from textual.await_complete import AwaitComplete
from textual.cache import FIFOCache, LRUCache
from textual.color import Color
from textual.css.model import RuleSet
from textual.css.scalar import Scalar
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode, NoScreen
from textual.events import ScreenResume
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.message import Message
from textual.notifications import Notify
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList
from textual.worker import WorkerFailed, get_current_worker

from tui_cnn.ui.toolkit.diff_renderer import TerminalBuffer
from tui_cnn.visible import acts, without_acting

try:
    from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
    from textual._context import active_message_pump
    from textual._styles_cache import StylesCache
except ImportError:

    class CompositorUpdate:  # type: ignore[no-redef]
        """Takes the place of a class that this release of Textual lacks: nothing is one of these."""

    ChopsUpdate = LayoutUpdate = Compositor = StylesCache = CompositorUpdate  # type: ignore[misc,assignment]
    active_message_pump = None  # type: ignore[assignment]

_MOST_NOTICES, _MOST_WARNINGS = 3, 5
"""So many notices, and so many warnings and errors, are shown at once."""

_MOST_FAILURES, _WITHIN = 5, 10.0
"""So many failures within so many seconds, and the app ends: what is built anew goes on failing."""

_MOST_SHEETS = 1000
"""So many style sheets are kept as they were read; every widget class has one, and Textual keeps 64."""

_MOST_RESULTS = 512
"""So many results of a function are kept, where Textual keeps up to 16,384: 10 MB after some thousand keys."""

_MOST_FOUND, _MOST_SIZES = 32, 4
"""So many widgets that were looked for, and so many of its sizes, are kept for each widget."""

_NEVER_STYLED = -1
"""What a screen counts before it is styled for the first time."""

enabled = True
"""Whether private parts are used at all."""

_MOVED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What goes wrong where a private part has another form than here."""


class _KeepsNothing(FIFOCache[Any, Any]):
    """A cache in which nothing stays."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the default."""
        return default

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keep nothing."""


_KEEPS_NOTHING = _KeepsNothing(1)


def _for_no_line(_most: int) -> FIFOCache[Any, Any]:
    return _KEEPS_NOTHING


# Each line of each widget would have seven caches, a kilobyte empty, and keep what was ever cut out of it: 100 MB after
# some thousand keys. To cut it out again takes less time than to make the caches.
strip_module.FIFOCache = _for_no_line  # type: ignore[assignment,attr-defined]


def _keeping(most: int) -> Callable[[int], LRUCache[Any, Any]]:
    """Return what makes caches that hold less than Textual has them hold."""
    return lambda _most: LRUCache(most)


# Each widget keeps what was found below it, up to 1,024 widgets that may be gone, and 16 of its sizes.
dom_module.LRUCache = _keeping(_MOST_FOUND)  # type: ignore[assignment,attr-defined]
widget_module.LRUCache = _keeping(_MOST_SIZES)  # type: ignore[assignment,attr-defined]


def _keep_few(owner: Any, *names: str) -> None:
    """Let the caches of functions hold fewer results: thousands of places on screens of other sizes are of no use."""
    for name in names:
        cached = vars(owner).get(name)
        function = getattr(cached, "__func__", cached)
        if hasattr(function, "cache_parameters"):
            fewer: Any = lru_cache(maxsize=_MOST_RESULTS)(function.__wrapped__)
            setattr(owner, name, classmethod(fewer) if isinstance(cached, classmethod) else fewer)


_keep_few(Region, "__contains__", "contains_region", "grow", "intersection", "overlaps", "shrink", "translate", "union")
_keep_few(Scalar, "resolve")
_keep_few(StylesCache, "get_inner_outer")
_keep_few(Strip, "render_ansi")


def _forgiving(move_page: Callable[..., None]) -> Callable[..., None]:
    """Let a page key that comes before a list has any lines, or where it has room for none, do nothing."""

    def move_if_possible(options: OptionList, direction: int) -> None:
        with suppress(IndexError, KeyError):
            move_page(options, direction)

    return move_if_possible


if hasattr(OptionList, "_move_page"):
    OptionList._move_page = _forgiving(OptionList._move_page)  # type: ignore[method-assign]


def _sparing(restyle: Callable[..., None]) -> Callable[..., None]:
    """Restyle only what the focus has entered or left, where it stays within something.

    Textual styles all of that anew, for a rule may say how it looks while the focus is within: a form with each field.
    """

    def restyle_what_changed(screen: Screen[Any], focused: Widget | None = None, blurred: Widget | None = None) -> None:
        if focused is None or blurred is None:
            restyle(screen, focused, blurred)
            return
        entered, left = focused.ancestors_with_self, blurred.ancestors_with_self
        both = set(entered).intersection(left)
        if not any(getattr(node, "_has_focus_within", False) for node in both):
            restyle(screen, focused, blurred)
            return
        changed: set[DOMNode] = set()
        for nodes in (entered, left):
            for outermost in [node for node in nodes if node not in both][-1:]:
                changed.update(outermost.walk_children(with_self=True))
        screen.app.stylesheet.update_nodes(changed, animate=True)

    return restyle_what_changed


if hasattr(Screen, "_update_focus_styles"):
    Screen._update_focus_styles = _sparing(Screen._update_focus_styles)  # type: ignore[method-assign]


class _ThoroughCompositor(Compositor):
    """Paints what moved, and tells what was resized, also where a place was asked for while a layout was due.

    Textual makes its map of all places anew then, and the layout compares the new map with itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last_layout: dict[Widget, Any] = self._full_map

    def reflow(self, parent: Widget, size: Size) -> Any:
        """Compare with the map of the last layout, and with what was painted since."""
        painted = self._latest_map
        before, self._full_map = self._last_layout, self._last_layout
        result = super().reflow(parent, size)
        self._last_layout = self._full_map
        if painted is not before:
            self._mark_moved(painted)
        return result

    @property
    def full_map(self) -> dict[Widget, Any]:
        """The places of all widgets; what moved since they were last made is painted next."""
        painted, is_due = self._latest_map, self._full_map_invalidated
        places = super().full_map
        if is_due:
            self._cuts = self._layers = self._layers_visible = None
            self._mark_moved(painted)
        return places

    def clear(self) -> None:
        """Let go of all widgets."""
        super().clear()
        self._last_layout.clear()

    @property
    def _latest_map(self) -> dict[Widget, Any]:
        """What was painted last: the map of a scroll holds only what is in sight."""
        return self._full_map if self._visible_map is None else self._visible_map

    def _mark_moved(self, painted: dict[Widget, Any]) -> None:
        places = (place.clip.intersection(place.region) for _, place in painted.items() ^ self._full_map.items())
        self._dirty_regions.update(region for region in places if region)


if hasattr(screen_module, "Compositor") and hasattr(Compositor, "full_map"):
    screen_module.Compositor = _ThoroughCompositor


def _styled_once(resume: Callable[..., None]) -> Callable[..., None]:
    """Style a screen that comes back only if the app looks different now; Textual styles all of it anew."""

    def resume_styled(screen: Screen[Any], event: ScreenResume) -> None:
        app = screen.app
        if enabled and isinstance(app, AdaptedApp):
            state = app.style_state
            event.refresh_styles = event.refresh_styles and app.styled.get(screen) != state
            app.styled[screen] = state
        resume(screen, event)

    return resume_styled


if hasattr(Screen, "_on_screen_resume"):
    Screen._on_screen_resume = _styled_once(Screen._on_screen_resume)  # type: ignore[method-assign]

# A sheet that was read is not read again because of another one; what a failure leaves is the same in either case.
Stylesheet.reparse = Stylesheet.parse  # type: ignore[method-assign]

# The hash is that of the object in either case, but this one calls no Python: some hundred times a widget styled.
RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]


class _Gate(LineFilter):
    """Leaves out characters that act on a terminal; they have no width, so that all else stays in its place."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without such characters."""
        if not acts("".join([segment.text for segment in segments if not segment.control])):
            return segments
        return [
            segment if segment.control else Segment(without_acting(segment.text), segment.style) for segment in segments
        ]


_GATE = _Gate()


class AdaptedApp(App[None]):
    """An app that outlives failures, writes only what differs, and can be called by late threads."""

    def __init__(self) -> None:
        super().__init__()
        self.terminal = TerminalBuffer()
        self._begun = False
        self._failures: list[float] = []
        self._failed: WeakSet[Screen[Any]] = WeakSet()
        self.last_words = ""
        self.styled: WeakKeyDictionary[Screen[Any], tuple[object, ...]] = WeakKeyDictionary()
        """How the app looked when a screen was styled."""
        if hasattr(self.stylesheet, "_parse_cache"):
            self.stylesheet._parse_cache = LRUCache(_MOST_SHEETS)

    def refresh_css(self, animate: bool = True) -> None:
        """Style everything anew if the colours have changed; Textual does so, twice, for a screen that is new."""
        if not (enabled and self._has_its_colours()):
            super().refresh_css(animate)
        elif self.screen._css_update_count == _NEVER_STYLED:
            self.screen._css_update_count = self._css_update_count
            self.stylesheet.update(self.screen)
            self.styled[self.screen] = self.style_state

    def _has_its_colours(self) -> bool:
        """Tell whether the screen that is shown has the colours of now, or is new, and gets them as it is built."""
        try:
            same = self.stylesheet._variables == self.get_css_variables()
            return same and self.screen._css_update_count in (_NEVER_STYLED, self._css_update_count)
        except (AttributeError, ScreenStackError):
            return False

    @property
    def style_state(self) -> tuple[object, ...]:
        """What the style of a screen depends on, beside the screen itself."""
        return getattr(self, "_css_update_count", object()), self.classes, self.pseudo_classes

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing through that acts on the terminal, whatever a widget was given to show."""
        return [*super().get_line_filters(), _GATE]

    def on_mount(self) -> None:
        """Write everything anew after another program had the terminal."""
        self.app_resume_signal.subscribe(self, lambda _app: self.terminal.forget())

    def on_resize(self) -> None:
        """Write everything anew: a terminal that changes its size may have moved what stood there."""
        self.terminal.forget()

    def call_from_thread(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call something on the thread of the screen; when the app is closing it comes too late, and is dropped."""

        def unless_closing() -> Any:
            return callback(*args, **kwargs) if self.is_running else None

        return super().call_from_thread(unless_closing)

    def write_to_terminal(self, sequence: str) -> None:
        """Write what moves no cursor and takes no cell, such as a notification, between two paintings."""
        driver = getattr(self, "_driver", None)
        if enabled and driver is not None and not self.is_headless:
            driver.write(sequence)

    def log_failure(self, error: Exception) -> None:
        """Write down where an error came from."""
        raise NotImplementedError

    def report_failure(self, error: Exception) -> None:
        """Keep the user's work, and show a line about an error that the app outlives."""
        raise NotImplementedError

    def final_line(self, error: Exception) -> str:
        """Keep the user's work, and return a line about an error that ends the app."""
        raise NotImplementedError

    def close(self, dialog: Screen[Any], result: object = None) -> AwaitComplete:
        """Take a dialog away with a result, also one that is not in front: a mode may have changed meanwhile."""
        if not enabled or dialog is self.screen:
            return ModalScreen.dismiss(cast("ModalScreen[Any]", dialog), result)
        stack = next((stack for stack in self._screen_stacks.values() if dialog in stack[1:]), None)
        if stack is None:
            return AwaitComplete()
        stack.remove(dialog)
        dialog._result_callbacks.pop()(result)
        return AwaitComplete(self._replace_screen(dialog)).call_next(self)

    async def _process_messages_loop(self) -> None:
        self._begun = True
        await super()._process_messages_loop()

    async def _dispatch_message(self, message: Message) -> None:
        """Live on when the app's own work fails, such as an action; at the start there is nothing to live on with."""
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            if not (enabled and self._begun and self._running):
                raise
            self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """Take what a screen, a worker or a timer has thrown: build the screen anew, or end the app with one line."""
        if not enabled or active_message_pump is None:
            super()._handle_exception(error)
            return
        screen = _screen_of(cast("DOMNode", active_message_pump.get(self)))
        if isinstance(error, WorkerFailed):
            node, error = get_current_worker().node, cast("Exception", error.error)
            screen = None if node is self else _screen_of(node)
        self.log_failure(error)
        if screen and (screen._pruning or screen._closing):  # its widgets are gone before what they were to do
            return
        if not self._screen_stacks.get(self.current_mode):  # the last screen has closed: the app ends
            return
        if self._exception is None:  # Textual's tests look there
            self._exception = error
            self._exception_event.set()
        if self._exit or (screen and screen in self._failed):  # the rest of what is ending
            return
        now = time.monotonic()
        self._failures = [*(when for when in self._failures if now - when < _WITHIN), now]
        if not self._begun or len(self._failures) == _MOST_FAILURES:
            self._give_up(error)
            return
        self.report_failure(error)
        if screen is not None:
            self._failed.add(screen)
            self.run_worker(self._build_anew(screen))

    def _give_up(self, error: Exception) -> None:
        """End with a status that is not 0; `last_words` are to be written once the terminal is free."""
        self.last_words = self.final_line(error)
        self.exit(return_code=1)

    async def _build_anew(self, failed: Screen[Any]) -> None:
        """Close a dialog that failed, or put a new screen in the place of one, which may be out of sight."""
        await asyncio.sleep(0)  # it may be failing before it is in its stack
        try:
            for mode, stack in list(self._screen_stacks.items()):
                if failed not in stack:
                    continue
                while failed in stack and (dialogs := stack[max(stack.index(failed), 1) :]):
                    await self.close(dialogs[-1])  # one may open while another closes
                if failed in stack and mode == self.current_mode:
                    failed._push_result_callback(self, None)  # which `switch_screen` removes
                    await self.switch_screen(self.MODES[mode]())  # type: ignore[operator]
                elif failed in stack:
                    removal = self.remove_mode(mode)
                    self.add_mode(mode, self.MODES[mode])  # at once: a key may lead there while it is removed
                    await removal
        except Exception as error:  # there is nothing to go on with
            self.log_failure(error)
            self._give_up(error)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if enabled and isinstance(renderable, ChopsUpdate | LayoutUpdate):
            renderable = cast("RenderableType", DifferingCells(renderable, self.terminal))
        super()._display(screen, renderable)

    @on(Notify)
    def _make_room(self, event: Notify) -> None:
        """Remove the same notice if it is shown already, and the oldest if there are too many of its kind."""
        remove: Callable[..., object] | None = getattr(self, "_unnotify", None)
        if not enabled or remove is None:
            return
        new, shown = event.notification, list(getattr(self, "_notifications", ()))
        same = [notice for notice in shown if (notice.message, notice.title) == (new.message, new.title)]
        is_minor = new.severity == "information"
        alike = [notice for notice in shown if (notice.severity == "information") == is_minor and notice not in same]
        most = _MOST_NOTICES if is_minor else _MOST_WARNINGS
        for notice in (*same, *alike[: max(0, len(alike) + 1 - most)]):
            remove(notice, refresh=False)
        # Where a notice is removed before its time, Textual leaves what it was in, and that leaves it for ever.
        with suppress(ScreenStackError):  # while the app closes
            for holder in self.screen.query("ToastHolder"):
                if not holder.children:
                    holder.remove()


def after_layout(widget: Widget, draw: Callable[[], object]) -> None:
    """Draw once the widget has its size and its children; not at all if it is closing by then.

    A terminal may be resized, or a key close a dialog, before what it holds is there, or while it is taken away.
    """

    def when_there() -> None:
        if widget.is_mounted and widget.is_attached and not (widget._pruning or widget.screen._pruning):
            draw()
        elif not widget.is_mounted and widget.is_running:
            widget.call_after_refresh(when_there)

    widget.call_after_refresh(when_there)


def _screen_of(node: DOMNode) -> Screen[Any] | None:
    """Return the screen of a widget, and for the app the one that is shown; None for what is in none any more."""
    try:
        return node.screen
    except (NoScreen, ScreenStackError):
        return None


class DifferingCells(CompositorUpdate):
    """An update of the screen that writes no more than it must."""

    def __init__(self, update: ChopsUpdate | LayoutUpdate, terminal: TerminalBuffer) -> None:
        self._update = update
        self._terminal = terminal

    def render_segments(self, console: Console) -> str:
        """Return what to write to the terminal: the whole update where it cannot be taken apart."""
        try:
            strips = list(_strips(self._update))
        except _MOVED:
            self._terminal.forget()
            return self._update.render_segments(console)
        return self._terminal.render(strips, console)


def _strips(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the strips of an update with their places, row and column."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x <= last and end > first:
                yield y, x, chop if end <= last else chop.crop(0, last - x)
