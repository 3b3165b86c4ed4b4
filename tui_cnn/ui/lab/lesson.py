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


class Tries(OptionList, can_focus=True):
    """The things to try; Page Up and Page Down read the text above."""

    BINDINGS: ClassVar[list[BindingType]] = [*LESSON.bindings()]


class LessonPanel(Vertical):
    """One lesson, with its place among all."""

    DEFAULT_CSS = """
    LessonPanel {
        border-left: solid $foreground 20%;
        & #title { height: 1; padding: 0 1; color: $text-muted; background: $panel; }
        & #text { height: 1fr; padding: 0 0 0 1; scrollbar-size-vertical: 1; }
        & Markdown { padding: 1 1 0 1; margin: 0; background: $background; }
        & MarkdownParagraph { margin: 0 0 1 0; }
        & #try { height: 1; padding: 0 2; margin-top: 1; color: $text-muted; }
        & Tries {
            height: auto; max-height: 40%; padding: 0 1; border: none; background: $background;
            scrollbar-size-vertical: 1;
            &:focus { border: none; background-tint: $background 0%; }
            & > .option-list--option-highlighted { background: $foreground 8%; color: $foreground; text-style: none; }
            &:focus > .option-list--option-highlighted {
                background: $primary 35%; color: $foreground; text-style: bold;
            }
        }
    }
    """

    class Follow(Message):
        """A link is to be followed."""

        def __init__(self, link: str) -> None:
            super().__init__()
            self.link = link

    class Read(Message):
        """The end of a lesson was seen."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    lesson: Lesson | None = None

    def compose(self) -> ComposeResult:
        """Lay out the title, the text, and what to try."""
        yield Static(id="title")
        with VerticalScroll(id="text", can_focus=False) as scroll:
            self._scroll = scroll
            yield Markdown(open_links=False)
        yield Static(_("Try it: press Enter to set it up"), id="try")
        yield Tries(id="tries")

    def on_mount(self) -> None:
        """Notice when the end has been read."""
        self.watch(self._scroll, "scroll_y", self._look_for_end, init=False)

    async def show(self, lesson: Lesson, number: int, count: int) -> None:
        """Show a lesson from its beginning."""
        self.lesson = lesson
        title = Content.assemble((lesson.title, "bold $text"), f"  {number} / {count}")
        self.query_one("#title", Static).update(title)
        await self.query_one(Markdown).update(lesson.text)
        self._scroll.scroll_home(animate=False)
        tries = self.query_one(Tries)
        tries.clear_options()
        tries.add_options(Option(Content.assemble(("▸ ", "$accent"), step.words)) for step in lesson.tries)
        tries.highlighted = 0 if lesson.tries else None
        self.call_after_refresh(self._look_for_end)

    def scroll_text(self, pages: int) -> None:
        """Read on, or back."""
        (self._scroll.scroll_page_down if pages > 0 else self._scroll.scroll_page_up)(animate=False)

    @on(Markdown.LinkClicked)
    def _clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        self.post_message(self.Follow(event.href))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.lesson is not None:
            self.post_message(self.Follow(self.lesson.tries[event.option_index].link))

    def try_selected(self) -> None:
        """Do what is highlighted."""
        self.query_one(Tries).action_select()

    def _look_for_end(self) -> None:
        scroll = self._scroll
        if self.lesson is not None and scroll.size.height and scroll.scroll_y >= scroll.max_scroll_y - 1:
            self.post_message(self.Read(self.lesson.name))
