"""A question of a lesson: the prompt, a field or options to answer with, hints, and why the answer is right."""

import re
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_cnn.i18n import _
from tui_cnn.lab.questions.answers import (
    AnswerError,
    ChoiceAnswer,
    MemberAnswer,
    PredictionAnswer,
    TaskAnswer,
    TextAnswer,
)
from tui_cnn.lab.questions.question import LessonQuestion
from tui_cnn.ui.lab.actions import QUESTION

_NUMBERS = r"[0-9.,xX×*()\[\] +\-−–]*"
"""What can be typed where numbers are asked for: letters are keys there."""

_LETTERS = ("hint", "show_answer", "ask_another")


class AnswerField(Input):
    """Where an answer is typed: letters are keys of the question while numbers are asked for."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Tell whether a key goes into the field."""
        takes = self.restrict is None or character is None or re.fullmatch(self.restrict, character) is not None
        return takes and super().check_consume_key(key, character)


class AnswerOptions(OptionList, can_focus=True):
    """The options of a question."""


class QuestionPanel(Vertical):
    """Asks one question at a time; says how it was answered, once."""

    BINDINGS: ClassVar[list[BindingType]] = [*QUESTION.bindings()]

    class Answered(Message):
        """The question is answered: right or wrong, and whether hints helped; `text` is what was answered."""

        def __init__(self, text: str, *, is_right: bool, helped: bool) -> None:
            super().__init__()
            self.text, self.is_right, self.helped = text, is_right, helped

    class Solved(Message):
        """The right answer is shown: nothing needs to be covered any more; `text` is this answer, of a task empty."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Predicted(Message):
        """A prediction is to be kept until there are results."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Another(Message):
        """The same is to be asked with other numbers; a task is to be checked again."""

    class Finished(Message):
        """It is answered, and the user goes on."""

    class Left(Message):
        """The user goes back to the lesson."""

    question: LessonQuestion | None = None
    _counted = _done = False
    _hints = 0

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        yield Static(id="prompt")
        yield AnswerField(compact=True, id="answer")
        yield AnswerOptions(compact=True, id="choices")
        yield Static(id="verdict")

    def ask(self, question: LessonQuestion, *, predicted: str = "") -> None:
        """Ask a question; `predicted` is what was said before there were results."""
        self.question, self._counted, self._done, self._hints = question, False, False, 0
        answer = question.answer
        self.query_one("#prompt", Static).update(Content(question.prompt))
        choices, field = self.query_one(AnswerOptions), self.query_one("#answer", AnswerField)
        has_options = isinstance(answer, ChoiceAnswer | PredictionAnswer)
        choices.display, field.display = has_options, not (has_options or isinstance(answer, TaskAnswer))
        choices.clear_options()
        if isinstance(answer, ChoiceAnswer | PredictionAnswer):
            choices.add_options(Option(Content(option)) for option in answer.options)
            choices.highlighted = answer.options.index(predicted) if predicted in answer.options else 0
        else:
            field.restrict = None if isinstance(answer, TextAnswer) else _NUMBERS
            field.placeholder = "" if isinstance(answer, TaskAnswer) else answer.form
            field.value = ""
        self._say(Content())
        if isinstance(answer, TaskAnswer):
            self._check_task(answer)
        elif predicted and isinstance(answer, ChoiceAnswer):
            self._check(predicted)
        elif predicted:
            self._say(
                Content.styled(_("Your answer: {answer}.").format(answer=predicted), "$text-muted"), question.reason
            )
        self.focus_field()
        self.refresh_bindings()

    def focus_field(self) -> None:
        """Focus where the answer goes; a task has none, so the panel itself takes the keys."""
        fields = [field for field in (self.query_one("#answer"), self.query_one(AnswerOptions)) if field.display]
        self.can_focus = not fields
        (fields[0] if fields else self).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave letters to a field for text; offer hints while there are any left."""
        question = self.question
        if question is None or not self.display:
            return False
        if action in _LETTERS and isinstance(question.answer, TextAnswer) and not self._done:
            return False
        if action == "hint":
            return not self._done and self._hints < len(question.hints)
        if action == "show_answer":
            return not self._done and not isinstance(question.answer, TextAnswer | PredictionAnswer | TaskAnswer)
        return super().check_action(action, parameters)

    def action_answer(self) -> None:
        """Take the answer; once it is there, go on."""
        question = self.question
        if question is None or self._done:
            self.post_message(self.Finished())
            return
        match question.answer:
            case TaskAnswer():
                self.post_message(self.Another())
            case PredictionAnswer(options):
                said = options[self.query_one(AnswerOptions).highlighted or 0]
                self.post_message(self.Predicted(said))
                self._done = True
                self._say(Content.styled(_("Your answer: {answer}.").format(answer=said), "bold"), question.reason)
            case ChoiceAnswer(options, _right):
                self._check(options[self.query_one(AnswerOptions).highlighted or 0])
            case _:
                self._check(self.query_one("#answer", AnswerField).value)
        self.refresh_bindings()

    def action_hint(self) -> None:
        """Show one more hint."""
        if self.question is not None and self._hints < len(self.question.hints):
            self._hints += 1
            self._say(Content())
            self.refresh_bindings()

    def action_show_answer(self) -> None:
        """Show the right answer, which counts as a wrong one."""
        if self.question is not None and not self._done:
            self._count("", is_right=False)
            answer = self.question.answer
            text = str(min(answer.said)) if isinstance(answer, MemberAnswer) else self._written
            self._finish(Content.styled(_("The answer is {answer}.").format(answer=self._written), "bold"), text)

    def action_ask_another(self) -> None:
        """Ask the same with other numbers."""
        self.post_message(self.Another())

    def action_leave_question(self) -> None:
        """Go back to the lesson."""
        self.post_message(self.Left())

    @property
    def _written(self) -> str:
        answer = self.question.answer if self.question else None
        return "" if answer is None or isinstance(answer, PredictionAnswer | TaskAnswer) else answer.written

    def _check(self, typed: str) -> None:
        question = self.question
        if question is None or isinstance(question.answer, PredictionAnswer | TaskAnswer) or not typed.strip():
            return
        try:
            is_right = question.answer.is_right(typed)
        except AnswerError as error:
            self._say(Content.styled(str(error), "$text-warning"))
            return
        if is_right and isinstance(question.answer, MemberAnswer):
            typed = question.answer.plain(typed)
        self._count(typed, is_right=is_right)
        if is_right:
            words = _("✓ Right: {answer}") if self._written else _("✓ Thank you.")
            self._finish(Content.styled(words.format(answer=self._right_answer(typed)), "$text-success"), typed)
        else:
            words = _("✗ {answer} is not right. Try again; h shows a hint, a the solution.")
            self._say(Content.styled(words.format(answer=typed.strip()), "$text-error"))

    def _right_answer(self, typed: str) -> str:
        """Write the right answer; of several, the one that was typed, with what is told of it."""
        answer = self.question.answer if self.question else None
        if isinstance(answer, MemberAnswer):
            return f"{typed}: {answer.said[int(typed)]}"
        return self._written

    def _check_task(self, task: TaskAnswer) -> None:
        if task.is_done:
            self._count(task.said, is_right=True)
            self._finish(Content.styled(_("✓ Done."), "$text-success"))
        else:
            self._say(Content(task.said + " " + _("Enter checks again.")))

    def _count(self, text: str, *, is_right: bool) -> None:
        """Count the first answer only: the second is a correction."""
        if not self._counted:
            self._counted = True
            self.post_message(self.Answered(text, is_right=is_right, helped=self._hints > 0))

    def _finish(self, verdict: Content, text: str = "") -> None:
        self._done = True
        self.post_message(self.Solved(text))
        self._say(verdict, self.question.reason if self.question else "")
        self.refresh_bindings()

    def _say(self, verdict: Content, reason: str = "") -> None:
        """Show the hints so far, the verdict and the reason."""
        hints = self.question.hints[: self._hints] if self.question else ()
        count = len(self.question.hints) if self.question else 0
        lines = [
            Content.styled(_("Hint {n} of {count}: {hint}").format(n=n, count=count, hint=hint), "$text-muted")
            for n, hint in enumerate(hints, start=1)
        ]
        after = [verdict] if verdict else []
        if reason:
            after.append(Content(reason))
        if self._done:
            after.append(Content.styled(_("Enter continue   n another   Esc back"), "$text-muted"))
        self.query_one("#verdict", Static).update(Content("\n").join([*lines, *after]))

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if not self._done:
            self.action_answer()
