"""A lesson to read, under it the list of things to try, and the question of one of these."""

from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Markdown, OptionList, Static
from textual.widgets.option_list import Option

from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.lab.lessons import Lesson
from tui_cnn.lab.progress import QuestionResult, State
from tui_cnn.lab.questions.question import LessonQuestion
from tui_cnn.ui.lab.actions import LESSON
from tui_cnn.ui.lab.learner import Learner
from tui_cnn.ui.lab.question import QuestionPanel
from tui_cnn.ui.toolkit.numbers import bar
from tui_cnn.ui.toolkit.textual_adapter import after_layout
from tui_cnn.ui.workspace import workspace_of

_SIGNS: dict[State, tuple[str, str]] = {
    "open": ("?", "$text-accent"),
    "waiting": ("…", "$text-accent"),
    "wrong": ("✗", "$text-error"),
    "helped": ("~", "$text-warning"),
    "right": ("✓", "$text-success"),
    "mastered": ("★", "$text-success"),
}
"""How far the question of a thing to try is."""

_BAR = 8


class Tries(OptionList, can_focus=True):
    """The things to try."""


class LessonPanel(Vertical):
    """One lesson, with its place among all; Page Up and Page Down read the text, also from the list below it."""

    DEFAULT_CLASSES = "panel"
    BINDINGS: ClassVar[list[BindingType]] = [*LESSON.bindings()]

    class Left(Message):
        """The user goes back to the bench."""

    class Asked(Message):
        """A question is asked: what it is about is to be shown, but not the answer."""

        def __init__(self, question: LessonQuestion) -> None:
            super().__init__()
            self.question = question

    class Revealed(Message):
        """The question is answered or left: nothing is covered any more."""

    lesson: Lesson | None = None

    def __init__(self, learner: Learner) -> None:
        super().__init__(id="lesson")
        self._learner = learner
        self._place = 0

    def compose(self) -> ComposeResult:
        """Lay out the text, and what to try."""
        with VerticalScroll(id="text", can_focus=False) as scroll:
            self._scroll = scroll
            yield Markdown(open_links=False)
        yield Static(_("Try it: press Enter"), id="try")
        yield Tries(id="tries")
        yield QuestionPanel()

    def on_mount(self) -> None:
        """Notice when the end has been read."""
        self.watch(self._scroll, "scroll_y", self._check_end, init=False)

    @property
    def place(self) -> int:
        """Which of the things to try is highlighted."""
        return self.query_one(Tries).highlighted or 0

    async def show(self, lesson: Lesson, number: int, count: int, place: int = 0) -> None:
        """Show a lesson from its beginning, with one of the things to try highlighted."""
        self._leave_question()
        self.lesson = lesson
        self.show_place(number, count)
        self._list_tries(min(place, len(lesson.tries) - 1))
        await self.query_one(Markdown).update(lesson.text)
        self._scroll.scroll_home(animate=False)
        workspace_of(self).remember(lesson=lesson.name)
        after_layout(self, self._check_end)

    def show_place(self, number: int, count: int) -> None:
        """Show which of all lessons this one is."""
        title = self.lesson.title if self.lesson else ""
        self.border_title = Content.assemble((f"{number}/{count} ", "$foreground 70%"), title)

    def _list_tries(self, highlighted: int) -> None:
        """List what to try, with how far its questions are; what is said of one comes after the answer."""
        lesson, tries = self.lesson, self.query_one(Tries)
        if lesson is None:
            return
        tries.clear_options()
        for place, step in enumerate(lesson.tries):
            result = self._learner.progress.of(lesson, place)
            sign, style = _SIGNS[result.state] if step.question else ("▸", "$text-accent")
            words = step.title if step.question and not result.asked else step.words
            tries.add_option(Option(Content.assemble((f"{sign} ", style), words)))
        tries.highlighted = highlighted if lesson.tries else None
        share = self._learner.progress.share(lesson)
        self.border_subtitle = None if share is None else Content(share_text(share))

    def action_scroll_text(self, pages: int) -> None:
        """Read on, or back."""
        (self._scroll.scroll_page_down if pages > 0 else self._scroll.scroll_page_up)(animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys to a question while one is asked, but for those that read the text."""
        asking = self.has_class("-asking")
        return not (asking and action in ("try_it", "leave_lesson")) and super().check_action(action, parameters)

    @on(Markdown.LinkClicked)
    def _clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        workspace_of(self).follow_link(event.href)

    @on(OptionList.OptionSelected, "#tries")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.open_try(event.option_index)

    def open_try(self, place: int) -> None:
        """Ask the question of a thing to try, or where it has none, follow its link."""
        if self.lesson is None:
            return
        if self.lesson.tries[place].question is None:
            workspace_of(self).follow_link(self.lesson.tries[place].link)
            return
        self._place = place
        self._ask()

    @work(exclusive=True, group="ask")
    async def _ask(self, *, again: bool = False) -> None:
        lesson, place = self.lesson, self._place
        if lesson is None:
            return
        try:
            question = await self._learner.ask(lesson, place, again=again)
        except (UserError, OSError) as error:
            workspace_of(self).report(error)
            return
        self.set_class(True, "-asking")
        panel = self.query_one(QuestionPanel)
        panel.border_title = Content(lesson.tries[place].title)
        self.post_message(self.Asked(question))
        predicted = self._learner.progress.of(lesson, place).predicted
        after_layout(panel, lambda: panel.ask(question, predicted=predicted))

    @on(QuestionPanel.Another)
    def _ask_another(self, event: QuestionPanel.Another) -> None:
        event.stop()
        self._ask(again=True)

    @on(QuestionPanel.Answered)
    async def _answered(self, event: QuestionPanel.Answered) -> None:
        event.stop()
        if self.lesson is not None:
            result = self._learner.progress.of(self.lesson, self._place)
            result = result.answered(event.is_right, helped=event.helped)
            await self._keep(result)

    @on(QuestionPanel.Solved)
    async def _solved(self, event: QuestionPanel.Solved) -> None:
        """Uncover all; the image of a mistake is kept for the question about it, and so is what is written there."""
        event.stop()
        self.post_message(self.Revealed())
        spec = self.lesson.tries[self._place].question if self.lesson else None
        if self.lesson and spec and spec.kind in ("own-mistake", "explain"):
            result = self._learner.progress.of(self.lesson, self._place)
            await self._keep(replace(result, written=event.text))

    @on(QuestionPanel.Predicted)
    async def _predicted(self, event: QuestionPanel.Predicted) -> None:
        event.stop()
        if self.lesson is not None:
            await self._keep(replace(self._learner.progress.of(self.lesson, self._place), predicted=event.text))

    async def _keep(self, result: QuestionResult) -> None:
        if self.lesson is not None and (problem := await self._learner.keep(self.lesson, self._place, result)):
            workspace_of(self).report(_("your progress is not kept: {problem}").format(problem=problem))

    @on(QuestionPanel.Finished)
    def _finished(self, event: QuestionPanel.Finished) -> None:
        """Show what was asked about, where it has not been seen yet, or go to the next thing to try."""
        event.stop()
        question, lesson, place = self.query_one(QuestionPanel).question, self.lesson, self._place
        self._leave_question()
        if lesson is None or question is None:
            return
        if question.link is None:
            workspace_of(self).follow_link(lesson.tries[place].link)
        else:
            self.query_one(Tries).highlighted = min(place + 1, len(lesson.tries) - 1)
            self.query_one(Tries).focus()

    @on(QuestionPanel.Left)
    def leave_question(self) -> None:
        """Go back to the list."""
        self._leave_question()
        self.query_one(Tries).focus()

    def _leave_question(self) -> None:
        if self.has_class("-asking"):
            self.set_class(False, "-asking")
            self._list_tries(self._place)
            self.post_message(self.Revealed())

    def action_try_it(self) -> None:
        """Do what is highlighted."""
        self.query_one(Tries).action_select()

    def action_leave_lesson(self) -> None:
        """Go back to the bench."""
        self.post_message(self.Left())

    def _check_end(self) -> None:
        scroll = self._scroll
        if self.lesson is not None and scroll.size.height and scroll.scroll_y >= scroll.max_scroll_y - 1:
            workspace = workspace_of(self)
            workspace.remember(lessons_read=tuple(sorted({*workspace.state.lessons_read, self.lesson.name})))


def share_text(share: float) -> str:
    """Write how far a lesson is mastered: a bar and its per cent."""
    return f"{bar(share, _BAR).ljust(_BAR, '░')} {share:.0%}"
