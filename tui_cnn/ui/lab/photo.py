"""The page of photographs: one picture and what filters, Sobel, Scharr and Canny make of it, side by side."""

from asyncio import to_thread
from dataclasses import replace
from typing import ClassVar

import msgspec
from rich.console import Group
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.lab.code import Library
from tui_cnn.lab.photo import FilteredPhoto, Pixels, grey_levels, photo_of, scaled
from tui_cnn.lab.photo_code import photo_code
from tui_cnn.lab.questions.question import LessonQuestion
from tui_cnn.lab.settings import PHOTO_METHODS, PhotoMethod, PhotoSettings
from tui_cnn.lab.townscape import townscape
from tui_cnn.ui.lab.actions import PHOTO
from tui_cnn.ui.lab.bench import ComposedBench
from tui_cnn.ui.lab.photo_view import photo_facts, shown_result
from tui_cnn.ui.lab.photo_wall import PhotoWall, WallPicture, plan
from tui_cnn.ui.toolkit.pictures.canvas import colours
from tui_cnn.ui.toolkit.pictures.drawing import Drawing, scale_for

LONGEST = 1280
"""Pixels of the longer side of an image file; a larger one is made smaller when it is read."""

_FACTS, _FEW_FACTS, _LOW = 6, 4, 22
"""Lines for what is written below the pictures, and where there are no more than so many lines in all."""
_NARROW = 70
"""Cells below which the words take a line more."""
_ASKED_FACTS = 2
"""Lines for the same while something is asked."""
_FIELDS = ("first", "second", "third", "fourth", "fifth")
_STEP = 1.25
_SIGMA_STEP = 0.25
_MOST_SIGMA = 5.0


class PhotoBench(ComposedBench[PhotoSettings]):
    """A photograph and its results at the size that there is room for; the filters work on what is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [*PHOTO.bindings()]
    DEFAULT_CSS = """
    PhotoBench {
        overflow: hidden;
    }
    """

    chosen: reactive[int] = reactive(0)
    """Which of the results is described, and changed by the keys."""

    filtered: FilteredPhoto | None = None
    _asked: PhotoSettings | None = None
    """What is asked about: which filter the first result is of."""

    def compose(self) -> ComposeResult:
        """Lay out the pictures and the words."""
        yield PhotoWall()
        yield Static(id="facts")

    def on_show(self) -> None:
        """Show kernels that were typed on another page meanwhile."""
        self.redraw()

    def apply(self, settings: PhotoSettings) -> None:
        """Show other settings; what was asked about others is dropped."""
        if self._asked is not None and self._asked != settings:
            self._asked = None
            self.post_message(self.QuestionLeft())
        self.settings = settings
        self.redraw()

    @property
    def link_place(self) -> int:
        """The result that is described."""
        return self.chosen

    def follow_link(self, settings: PhotoSettings, place: int) -> None:
        """Show what a link asks for; `place` is that of the result to describe."""
        self.set_settings(settings)
        self.chosen = place

    def cover(self, question: LessonQuestion) -> None:
        """Show what a question is about, but not its answer."""
        if question.link is not None and isinstance(question.link.settings, PhotoSettings):
            self._asked = None
            self.set_settings(question.link.settings)
            self._asked, self.chosen = self.settings, 0
            self.redraw()

    def uncover(self) -> None:
        """Show all of it."""
        self._asked = None
        self.redraw()

    @property
    def method(self) -> PhotoMethod:
        """The filter of the chosen result."""
        return self.settings.methods[self.chosen]

    def validate_chosen(self, chosen: int) -> int:
        """Stay among the results."""
        return max(0, min(chosen, len(_FIELDS) - 1))

    def watch_chosen(self) -> None:
        """Describe another result."""
        self.redraw()

    async def draw(self) -> None:
        """Draw the pictures, and write what is below them."""
        if self.filtered is None:
            await to_thread(townscape)  # it is drawn now, and kept
        photo = photo_of(self.settings, self.images.typed)
        asked = self._asked is not None
        lines, cells = self.content_size.height, self.content_size.width
        if not (lines and cells):
            return
        roomy = lines > _LOW
        size = photo.shape[0], photo.shape[1]
        below = _ASKED_FACTS if asked else (_FACTS if roomy else _FEW_FACTS) + (cells < _NARROW)
        laid = plan(size, (lines - below, cells), self.settings.results + 1)
        shown = scaled(photo, laid.size)
        filtered = FilteredPhoto(grey_levels(shown), self.settings, self.images.typed)
        first = max(0, min(self.chosen, len(_FIELDS) - 1) - laid.pictures + 2)
        methods = self.settings.methods[first : first + laid.pictures - 1]
        original = WallPicture(self._title, colours(shown), shown, [(_("filters take its grey levels"), None)])
        results = [shown_result(filtered, method, lambda scale: scale_for(self.app, scale)) for method in methods]
        if asked:
            results = [replace(result, title="?", caption=()) for result in results]
        self.query_one(PhotoWall).show([original, *results], laid, self.chosen - first + 1)
        facts = Text() if asked else photo_facts(filtered, self.method, roomy=roomy)
        self.query_one("#facts", Static).update(Group(self._standing(photo, laid.size), facts))
        self.filtered = filtered
        title = _("result {n} of {count}").format(n=self.chosen + 1, count=len(_FIELDS))
        self.border_title = None if asked else Content(title)

    @property
    def _title(self) -> str:
        photo = self.images.typed.photo
        return photo.name if self.settings.image == "file" and photo is not None else _("original")

    def _standing(self, photo: Pixels, size: tuple[int, int]) -> Text:
        """Say at which size it is computed, or what is missing."""
        typed = self.images.typed
        if self.settings.image == "file" and typed.photo is None:
            return Text(_("no image yet: press o to open a file"), "bold")
        if self.method == "own" and typed.kernels is None:
            return Text(_("no own kernel yet: type one on the Convolution page (c, then k)"), "bold")
        if self.method == "trained" and typed.trained is None:
            return Text(_("no trained filter yet: open Inspect (3), Kernels (k), select a filter, and press t"), "bold")
        whole = format_shape((photo.shape[1], photo.shape[0]))
        if size == photo.shape[:2]:
            return Text(_("{whole} pixels, filtered at this size").format(whole=whole), "dim")
        words = _("{whole} pixels, filtered at {size}: each pixel you see is one number")
        if self.content_size.width < _NARROW:
            words = _("{whole} pixels, filtered at {size}")
        return Text(words.format(whole=whole, size=format_shape((size[1], size[0]))), "dim")

    def action_turn_filter(self, by: int) -> None:
        """Show the next filter or stage in the chosen picture, or the one before."""
        place = (PHOTO_METHODS.index(self.method) + by) % len(PHOTO_METHODS)
        self.set_settings(msgspec.structs.replace(self.settings, **{_FIELDS[self.chosen]: PHOTO_METHODS[place]}))

    def action_choose_result(self, by: int) -> None:
        """Describe the next result, or the one before; around the end."""
        self.chosen = (self.chosen + by) % len(_FIELDS)

    def action_raise_thresholds(self, by: int) -> None:
        """Make both thresholds larger or smaller by a quarter."""
        low, high = (
            round(min(1.0, max(0.01, share * _STEP**by)), 3) for share in (self.settings.low, self.settings.high)
        )
        self.set_settings(msgspec.structs.replace(self.settings, low=low, high=high))

    def action_raise_sigma(self, by: int) -> None:
        """Smooth more, or less."""
        sigma = max(0.0, min(self.settings.sigma + by * _SIGMA_STEP, _MOST_SIGMA))
        self.set_settings(msgspec.structs.replace(self.settings, sigma=sigma))

    def program(self, library: Library) -> str:
        """Write how the chosen result is computed as a program."""
        assert self.filtered is not None
        return photo_code(self.filtered, self.method, library)

    def action_show_code(self) -> None:
        """Show it as a program, once it is computed."""
        if self.filtered is not None:
            super().action_show_code()

    @work
    async def action_open_image(self) -> None:
        """Ask for an image file, and show it."""
        opened = await self.ask_image(LONGEST, LONGEST)
        if opened is not None:
            self.images.typed = self.images.typed._replace(photo=opened)
            self.set_settings(msgspec.structs.replace(self.settings, image="file"))

    @on(Drawing.Selected)
    @on(Drawing.Opened)
    def _clicked(self, event: Drawing.CellMessage) -> None:
        """Choose the result that was clicked."""
        event.stop()
        wall = self.query_one(PhotoWall)
        place = wall.picture_of(event.cell)
        if place:
            self.chosen += place - wall.chosen
