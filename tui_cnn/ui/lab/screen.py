"""The Lab: benches on which convolution, pooling and the numbers around them can be tried, beside the lessons."""

from asyncio import Lock, to_thread
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, NamedTuple, cast

from textual import on, work
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from tui_cnn.config import expanded
from tui_cnn.confinement import ConfinementError
from tui_cnn.i18n import _, language, ngettext
from tui_cnn.lab.lesson_folder import LessonFolder
from tui_cnn.lab.lessons import Lesson
from tui_cnn.lab.links import PAGES, LinkError, PageName, lab_link, parse_lab_link
from tui_cnn.ui.lab.actions import LAB
from tui_cnn.ui.lab.bench import Bench, ImageStore
from tui_cnn.ui.lab.convolution import ConvolutionStepper
from tui_cnn.ui.lab.learner import Learner
from tui_cnn.ui.lab.learning import LearningStepper
from tui_cnn.ui.lab.lesson import LessonPanel, Tries, share_text
from tui_cnn.ui.lab.pairs import Pairs
from tui_cnn.ui.lab.photo import PhotoBench
from tui_cnn.ui.lab.pooling import PoolingStepper
from tui_cnn.ui.lab.sizes import Chain
from tui_cnn.ui.lab.softmax import SoftmaxBench
from tui_cnn.ui.lab.transposed import TransposedStepper
from tui_cnn.ui.lab.weights import WeightsCalculator
from tui_cnn.ui.messages import OpenLesson, ShowInLab, ShowLabLink
from tui_cnn.ui.toolkit.main_screen import MainScreen


class PageInfo(NamedTuple):
    """A page: its key, its title, the class of its bench, a `short` title where the title is long.

    `PAGES` says what can be set on it.
    """

    key: str
    title: str
    bench: Callable[..., Bench[Any]]
    short: str = ""


PAGE_INFOS: dict[PageName, PageInfo] = {
    "convolution": PageInfo("c", _("Convolution"), ConvolutionStepper, _("Conv")),
    "pooling": PageInfo("p", _("Pooling"), PoolingStepper, _("Pool")),
    "sizes": PageInfo("s", _("Sizes"), Chain),
    "weights": PageInfo("w", _("Weights"), WeightsCalculator),
    "transposed": PageInfo("u", _("Transposed"), TransposedStepper, _("Transp")),
    "learning": PageInfo("b", _("Learning"), LearningStepper, _("Learn")),
    "softmax": PageInfo("m", _("Softmax"), SoftmaxBench),
    "photo": PageInfo("P", _("Photo"), PhotoBench),
    "pairs": PageInfo("v", _("Pairs"), Pairs),
}


_TICK = 1.0
"""Seconds after which is remembered where the user is."""
_EVERY = 1.5
"""Seconds between two checks of the folder with the user's lessons."""

_LAB_ACTIONS = {LAB.command(action).partition("(")[0] for action in LAB.actions}


class LabTabs(Static):
    """A line with the titles of the pages; where it is too narrow, the short ones, or only that of the page shown."""

    _page: PageName = "convolution"

    def show(self, page: PageName) -> None:
        """Mark the page that is shown."""
        self._page = page
        self.on_resize()

    def on_resize(self) -> None:
        """Write as much as there is room for."""
        titles = {name: info.title for name, info in PAGE_INFOS.items()}
        short = {name: info.short or info.title for name, info in PAGE_INFOS.items()}
        own = {name: title if name == self._page else "" for name, title in titles.items()}
        texts = [self._tabs(titles, " ", " "), self._tabs(titles, " ", ""), self._tabs(short, "", " "),
                 self._tabs(own, "", " ")]  # fmt: skip
        fitting = (text for text in texts if text.cell_length <= self.content_size.width)
        self.update(next(fitting, texts[-1]), layout=False)

    def _tabs(self, titles: Mapping[PageName, str], around: str, between: str) -> Content:
        """Write keys and titles with what is `around` and `between` them; a blank is around that of the page shown."""
        parts = []
        for name, title in titles.items():
            shown = name == self._page
            blank = " " if shown else around
            label = f"{blank}{f'{PAGE_INFOS[name].key} {title}'.rstrip()}{blank}"
            style = "bold $text-primary on $primary-muted" if shown else "$text-muted"
            parts.append(Content.from_markup(f"[@click=screen.page('{name}')]{label}[/]").stylize(style))
        return Content(between).join(parts)


class LabScreen(MainScreen):
    """The pages at the left, a lesson at the right; where there is no room for both, one at a time."""

    MODE = "lab"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "#convolution-bench"
    BINDINGS: ClassVar[list[BindingType]] = [*LAB.bindings()]

    def __init__(self) -> None:
        super().__init__()
        self._turning, self._reading = Lock(), Lock()
        self._folder = LessonFolder(language(), None)
        self._open = ""

    def body(self) -> Iterator[Widget]:
        """Lay out the first page, the others are made when they are turned to; and the lesson."""
        self._images = ImageStore(self.workspace.data)
        pages = ContentSwitcher(self._make_page("convolution"), initial="convolution")
        yield LabTabs()
        self._learner = Learner(self._images, self.workspace.inspected_images)
        yield Horizontal(pages, LessonPanel(self._learner))

    def on_mount(self) -> None:
        """Show what was shown last, and open the lesson, once the lessons are read."""
        self.query_one(LabTabs).show("convolution")
        self._begin_lessons()
        link = self.workspace.state.lab
        with suppress(LinkError):  # none, or one that another version of the program has written
            parse_lab_link(link)
            self.post_message(ShowLabLink(link))
        self.set_interval(_TICK, self._remember)

    def on_screen_suspend(self) -> None:
        """Remember at once where the user is."""
        self._remember()

    def _remember(self) -> None:
        """Remember the page with its settings, and the place in the lesson; not what a question has set up."""
        panel, state = self.query_one(LessonPanel), self.workspace.state
        if panel.lesson is None or self.has_class("-asking"):
            return
        link = lab_link(self.page, self.bench.settings, self.bench.link_place)
        if (link, panel.place) != (state.lab, state.lesson_place):
            self.workspace.remember(lab=link, lesson_place=panel.place)

    @property
    def _lessons(self) -> tuple[Lesson, ...]:
        return self._folder.lessons

    @property
    def page(self) -> PageName:
        """The page that is shown."""
        return cast("PageName", self.query_one(ContentSwitcher).current)

    def totals(self) -> Sequence[str]:
        """Return none: what the Lab shows is not the design."""
        return ()

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """The page that is shown."""
        return (self.page,)

    @property
    def bench(self) -> Bench[Any]:
        """The bench of this page, which takes the keys."""
        return self.query_one(f"#{self.page}-bench", Bench)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no keys of the Lab while numbers are typed."""
        typing = isinstance(self.focused, Bench) and self.focused.typing
        return not (typing and action in _LAB_ACTIONS) and super().check_action(action, parameters)

    def _make_page(self, name: PageName) -> Widget:
        settings = PAGES[name]
        bench = PAGE_INFOS[name].bench(settings() if settings else None, self._images, id=f"{name}-bench")
        return Container(bench, *([bench.form] if bench.form else []), id=name, classes="page")

    async def action_page(self, name: PageName) -> None:
        """Turn to a page."""
        self._set_reading(is_reading=False)
        await self._turn_to(name)
        self.set_focus(self.bench)  # now: a page that is hidden while it has the focus takes the focus away later

    async def _turn_to(self, name: PageName) -> None:
        pages = self.query_one(ContentSwitcher)
        async with self._turning:  # a link and a key may want the same page
            if not pages.query(f"#{name}"):
                await pages.add_content(self._make_page(name))
        pages.current = name
        self.query_one(LabTabs).show(name)

    @on(ShowInLab)
    async def _show_transfer(self, event: ShowInLab) -> None:
        """Show a map or a filter of a trained network on the convolution page."""
        await self.action_page("convolution")
        self.query_one(ConvolutionStepper).show_transfer(event.transfer)

    @on(ShowLabLink)
    async def _show_link(self, event: ShowLabLink) -> None:
        """Set a page up as a link says."""
        link = parse_lab_link(event.link)
        await self.action_page(link.page)
        if link.settings is not None:
            self.bench.follow_link(link.settings, link.place)

    @on(OpenLesson)
    def _open_lesson(self, event: OpenLesson) -> None:
        """Open a lesson by its name, to be read now."""
        self._open = event.name
        self._show_lesson()
        self.action_read_lesson()

    def action_full_size(self) -> None:
        """Leave all room to the page, or show the lesson and the settings again."""
        self.toggle_class("-full-size")

    def action_read_lesson(self) -> None:
        """Go to the lesson."""
        self.remove_class("-full-size")
        self._set_reading(is_reading=True)
        self.query_one(Tries).focus()

    def _set_reading(self, *, is_reading: bool) -> None:
        """Show the lesson or the page; where there is room both are shown, and all pages keep their styles."""
        change = self.add_class if is_reading else self.remove_class
        change("-reading", update=self.has_class("-narrow"))

    @on(LessonPanel.Left)
    def _leave_lesson(self) -> None:
        self._set_reading(is_reading=False)
        self.bench.focus()

    def action_turn_lesson(self, by: int) -> None:
        """Open the next lesson, or the one before."""
        names = [lesson.name for lesson in self._lessons]
        if names:
            place = names.index(self._open) if self._open in names else 0
            self._open = names[max(0, min(place + by, len(names) - 1))]
            self._show_lesson()

    @work
    async def action_choose_lesson(self) -> None:
        """Choose a lesson from the list."""
        from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick

        await self._refresh_lessons()
        items = [
            Item(f"{number:2} {lesson.title}", self._standing(lesson), lesson.name)
            for number, lesson in enumerate(self._lessons, start=1)
        ]
        name = await self.app.push_screen_wait(Pick(_("Lessons"), items))
        if name is not None:
            self.post_message(OpenLesson(name))

    def _standing(self, lesson: Lesson) -> str:
        """Say how far a lesson is mastered, and how many of its questions are to be repeated."""
        share, due = self._learner.progress.share(lesson), len(self._learner.due([lesson]))
        if share:
            words = ngettext("{count} to repeat", "{count} to repeat", due).format(count=due) if due else ""
            return f"{share_text(share)}  {words}".rstrip()
        return "✓ " + _("read") if lesson.name in self.workspace.state.lessons_read else ""

    def action_repeat(self) -> None:
        """Ask a question that is due."""
        due = self._learner.due(self._lessons)
        if not due:
            self.notify(_("nothing to repeat; answer the questions of a lesson first (l)"))
            return
        lesson, place = due[0]
        self._open = lesson.name
        self._show_lesson(place)

    @on(LessonPanel.Asked)
    async def _show_question(self, event: LessonPanel.Asked) -> None:
        """Show what a question is about."""
        link = event.question.link
        self.set_class(True, "-asking")
        self._show_all()
        if link is not None:
            await self._turn_to(link.page)
            self.bench.cover(event.question)
        self.set_class(link is not None, "-showing")

    @on(LessonPanel.Revealed)
    def _show_all(self) -> None:
        self.set_class(any(panel.has_class("-asking") for panel in self.query(LessonPanel)), "-asking")
        for bench in self.query(Bench):
            bench.uncover()

    @on(Bench.QuestionLeft)
    def _drop_question(self) -> None:
        self.query_one(LessonPanel).leave_question()

    @work(exclusive=True, group="show")
    async def _show_lesson(self, place: int | None = None, highlighted: int = 0) -> None:
        for number, lesson in enumerate(self._lessons, start=1):
            if lesson.name == self._open:
                await self.query_one(LessonPanel).show(lesson, number, len(self._lessons), highlighted)
                if place is not None:
                    self.action_read_lesson()
                    self.query_one(LessonPanel).open_try(place)

    @work(group="read")
    async def _begin_lessons(self) -> None:
        await self._learner.read()
        folder = self.workspace.configuration.settings.lessons
        try:
            self._folder = LessonFolder(language(), expanded(folder) if folder else None)
        except ConfinementError as error:
            self.workspace.report(error)
        await self._refresh_lessons()
        state, known = self.workspace.state, [lesson.name for lesson in self._lessons]
        self._open = self._open or (state.lesson if state.lesson in known else known[0])
        self._show_lesson(highlighted=state.lesson_place if self._open == state.lesson else 0)
        if self._folder.own is not None:
            self.set_interval(_EVERY, self._check_folder)

    @work(group="read")
    async def _check_folder(self) -> None:
        if self.is_current:
            await self._refresh_lessons()

    async def _refresh_lessons(self) -> None:
        """Read the lessons again if the user's have changed; the open one is shown again if it is another now."""
        async with self._reading:
            before = self._lessons
            for problem in await to_thread(self._folder.refresh):
                self.workspace.report(problem)
            panel = self.query_one(LessonPanel)
            for number, lesson in enumerate(self._lessons, start=1):
                if panel.lesson is None or lesson.name != panel.lesson.name:
                    continue
                if lesson != panel.lesson and not panel.has_class("-asking"):
                    await panel.show(lesson, number, len(self._lessons), panel.place)
                elif self._lessons is not before:
                    panel.show_place(number, len(self._lessons))
