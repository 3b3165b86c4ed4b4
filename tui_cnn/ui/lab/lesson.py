"""A lesson to read, and under it the list of things to try."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Markdown, OptionList, Static
from textual.widgets.option_list import Option

from tui_cnn.i18n import _
from tui_cnn.lab.lessons import Lesson
from tui_cnn.ui.lab.actions import LESSON
from tui_cnn.ui.workspace import workspace_of


class Tries(OptionList, can_focus=True):
    """The things to try."""


class LessonPanel(Vertical):
    """One lesson, with its place among all; Page Up and Page Down read the text, also from the list below it."""

    DEFAULT_CLASSES = "panel"
    BINDINGS: ClassVar[list[BindingType]] = [*LESSON.bindings()]

    class Left(Message):
        """The user goes back to the bench."""

    lesson: Lesson | None = None

    def compose(self) -> ComposeResult:
        """Lay out the text, and what to try."""
        with VerticalScroll(id="text", can_focus=False) as scroll:
            self._scroll = scroll
            yield Markdown(open_links=False)
        yield Static(_("Try it: press Enter to set it up"), id="try")
        yield Tries(id="tries")

    def on_mount(self) -> None:
        """Notice when the end has been read."""
        self.watch(self._scroll, "scroll_y", self._check_end, init=False)

    async def show(self, lesson: Lesson, number: int, count: int) -> None:
        """Show a lesson from its beginning."""
        self.lesson = lesson
        self.border_title = Content.assemble((f"{number}/{count} ", "$foreground 70%"), lesson.title)
        await self.query_one(Markdown).update(lesson.text)
        self._scroll.scroll_home(animate=False)
        tries = self.query_one(Tries)
        tries.clear_options()
        tries.add_options(Option(Content.assemble(("▸ ", "$text-accent"), step.words)) for step in lesson.tries)
        tries.highlighted = 0 if lesson.tries else None
        self.call_after_refresh(self._check_end)

    def action_scroll_text(self, pages: int) -> None:
        """Read on, or back."""
        (self._scroll.scroll_page_down if pages > 0 else self._scroll.scroll_page_up)(animate=False)

    @on(Markdown.LinkClicked)
    def _clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        workspace_of(self).follow_link(event.href)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.lesson is not None:
            workspace_of(self).follow_link(self.lesson.tries[event.option_index].link)

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
