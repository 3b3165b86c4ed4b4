"""The Lab: benches on which convolution, pooling and the numbers around them can be tried, beside the lessons."""

from collections.abc import Iterator
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from tui_cnn.i18n import _, language
from tui_cnn.lab.lessons import Lesson, lessons
from tui_cnn.ui.lab.actions import LAB
from tui_cnn.ui.lab.bench_actions import LabSteps
from tui_cnn.ui.lab.lesson import LessonPanel, Tries
from tui_cnn.ui.messages import OpenLesson


class LabScreen(LabSteps):
    """The benches at the left, a lesson at the right; where there is no room for both, one at a time."""

    MODE = "lab"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "#convolution-bench"
    BINDINGS: ClassVar[list[BindingType]] = [*LAB.bindings()]

    def __init__(self) -> None:
        super().__init__()
        self._lessons: tuple[Lesson, ...] = ()
        self._open = ""

    def body(self) -> Iterator[Widget]:
        """Lay out both."""
        yield Horizontal(self.benches(), LessonPanel(id="lesson"))

    def on_mount(self) -> None:
        """Open the first lesson, once the lessons are read."""
        super().on_mount()
        self._read()

    @on(OpenLesson)
    def _open_lesson(self, event: OpenLesson) -> None:
        """Open a lesson by its name, to be read now."""
        self.open_lesson(event.name)

    def open_lesson(self, name: str) -> None:
        """Open a lesson by its name, to be read now."""
        self._open = name
        self._show()
        self.action_lesson()

    def action_lesson(self) -> None:
        """Go to the lesson."""
        self.add_class("-reading")
        self.query_one(Tries).focus()

    def action_leave_lesson(self) -> None:
        """Go back to the bench."""
        self.remove_class("-reading")
        self.bench.focus()

    def action_next_lesson(self) -> None:
        """Open the next lesson."""
        self._turn(1)

    def action_last_lesson(self) -> None:
        """Open the lesson before."""
        self._turn(-1)

    def action_read_on(self) -> None:
        """Scroll the lesson on."""
        self.query_one(LessonPanel).scroll_text(1)

    def action_read_back(self) -> None:
        """Scroll the lesson back."""
        self.query_one(LessonPanel).scroll_text(-1)

    def action_try_it(self) -> None:
        """Follow the link that is highlighted."""
        self.query_one(LessonPanel).try_selected()

    @work
    async def action_lessons(self) -> None:
        """Choose a lesson from the list."""
        from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick

        read = self.workspace.state.lessons_read
        items = [
            Item(f"{number:2} {lesson.title}", "✓ " + _("read") if lesson.name in read else "", lesson.name)
            for number, lesson in enumerate(self._lessons, start=1)
        ]
        name = await self.app.push_screen_wait(Pick(_("Lessons"), items))
        if name is not None:
            self.open_lesson(name)

    @on(LessonPanel.Follow)
    def _follow(self, event: LessonPanel.Follow) -> None:
        self.workspace.follow_link(event.link)

    @on(LessonPanel.Read)
    def _has_read(self, event: LessonPanel.Read) -> None:
        self.workspace.remember(lessons_read=tuple(sorted({*self.workspace.state.lessons_read, event.name})))

    def _turn(self, by: int) -> None:
        names = [lesson.name for lesson in self._lessons]
        if names:
            at = names.index(self._open) if self._open in names else 0
            self._open = names[max(0, min(at + by, len(names) - 1))]
            self._show()

    @work(exclusive=True, group="show")
    async def _show(self) -> None:
        for number, lesson in enumerate(self._lessons, start=1):
            if lesson.name == self._open:
                await self.query_one(LessonPanel).show(lesson, number, len(self._lessons))

    @work(thread=True, group="read")
    def _read(self) -> None:
        self.app.call_from_thread(self._have, lessons(language()))

    def _have(self, found: tuple[Lesson, ...]) -> None:
        self._lessons = found
        self._open = self._open or found[0].name
        self._show()
