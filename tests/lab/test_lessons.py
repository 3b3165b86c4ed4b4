"""The lessons: in order, readable, each with things to try, and all that can be asked about leads to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.lab.lessons import LessonError, lessons, lessons_of, parse_lesson, read_lesson
from tui_cnn.lab.questions.spec import OWN_KINDS, QuestionSpec
from tui_cnn.lab.settings import ConvolutionSettings, LearningSettings, PhotoSettings, PoolingSettings, SoftmaxSettings
from tui_cnn.runs.recipe import Recipe

TOPICS = [*LAYER_TYPES, "Input", "output", "parameters", "MACs", "FLOPs", "memory", "field", "accuracy", "loss", ""]
PAGES = ["convolution", "pooling", "sizes", "weights", "transposed", "learning", "softmax", "photo", "pairs"]


def test_korean_lessons_lead_where_the_english_ones_do():
    """The same lessons in the same order, with the same links; their words are other ones."""
    for english, korean in zip(lessons("en"), lessons("ko"), strict=True):
        assert korean.name == english.name
        assert [one.link for one in korean.tries] == [one.link for one in english.tries]
        questions = [[one.question and asked_by(one.question) for one in each.tries] for each in (english, korean)]
        assert questions[0] == questions[1]
        assert korean.title != english.title
        assert korean.text.count("\n\n") == english.text.count("\n\n")


def asked_by(question):
    """What is the same in all languages: the kind, its options, and how many options and hints an own one has."""
    own = question.kind in OWN_KINDS
    right = [is_right for is_right, _text in question.choices]
    return question.kind, None if own else question.words, right, len(question.hints), bool(question.reason)


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_a_lesson(lesson):
    assert lesson.title
    assert "#" not in lesson.title
    assert 120 <= len(lesson.text.split()) <= 280, "a few paragraphs"
    assert 3 <= len(lesson.tries) <= 9
    assert "](" not in lesson.text, "what leads elsewhere stands in the list"
    assert all(step.words and "](" not in step.words for step in lesson.tries), "one link a line"


def test_every_thing_to_try_asks_a_question():
    silent = [f"{lesson.name}: {step.title}" for lesson in lessons() for step in lesson.tries if step.question is None]
    assert not silent


def test_our_own_questions_have_hints_by_steps():
    asked = [step.question for lesson in lessons() for step in lesson.tries if step.question]
    assert all(len(question.hints) >= 2 for question in asked if question.kind in OWN_KINDS)


@pytest.mark.parametrize("code", ["en", "ko"])
def test_titles_fit_their_line(code):
    """At 120 columns the panel has 39 cells, with ` 15 / 15` at the end; a Korean letter takes two."""
    assert max(cell_len(f"{lesson.title}  15 / 15") for lesson in lessons(code)) <= 39


def test_there_is_one_for_each_thing_that_the_course_explains():
    assert [lesson.name for lesson in lessons()] == [
        "why-not-dense", "images", "filters", "convolution", "padding", "stride", "channels", "layer", "pooling",
        "parameters", "receptive-field", "shape-of-a-cnn", "training", "project", "learning", "softmax", "transposed",
        "overfitting", "invariance", "local-global", "arrays-tensors",
    ]  # fmt: skip


def test_whatever_is_looked_at_has_its_lesson():
    names = {lesson.name for lesson in lessons()}
    assert {name for topic in TOPICS + PAGES for name in lessons_of([topic])} <= names
    assert lessons_of(["MaxPooling2D", "field", "", "pool_size", "no such thing"]) == ("pooling", "receptive-field")
    assert lessons_of(["no such thing"]) == lessons_of([]) == ("shape-of-a-cnn",)


def test_every_lesson_can_be_asked_for():
    fields = {field for layer in LAYER_TYPES.values() for field in layer.__struct_fields__}
    settings = {
        *ConvolutionSettings.__struct_fields__,
        *PoolingSettings.__struct_fields__,
        *LearningSettings.__struct_fields__,
        *SoftmaxSettings.__struct_fields__,
        *Recipe.__struct_fields__,
        *PhotoSettings.__struct_fields__,
    }
    found = {name for topic in [*TOPICS, *PAGES, *fields, *settings] for name in lessons_of([topic])}
    assert found == {lesson.name for lesson in lessons()} - {"project", "local-global"}


def test_how_a_lesson_is_written(tmp_path):
    path = tmp_path / "07-name.md"
    path.write_text("# Title\n\nOne.\n\n## Two\n\nThree.\n\n## Try\n\n- [a b](lab:sizes): c\n  d.\n- [e](build:x)\n")
    lesson = read_lesson(path)
    assert (lesson.name, lesson.title, lesson.text) == ("name", "Title", "One.\n\n## Two\n\nThree.")
    assert [(step.words, step.link, step.question) for step in lesson.tries] == [
        ("a b: c d.", "lab:sizes", None),
        ("e", "build:x", None),
    ]


ASKING = """# Title

Text.

## Try

- [a](lab:sizes): behind
  it
  ? choice Which
  of them?
  - (x) this
  one
  - ( ) that
  > look
  > look closer
  ! because
  of it
- [b](lab:sizes)
  ? chain-size
"""


def test_how_a_question_is_written():
    first, second = parse_lesson(ASKING, "name").tries
    choices = ((True, "this one"), (False, "that"))
    assert first.question == QuestionSpec("choice", "Which of them?", choices, ("look", "look closer"), "because of it")
    assert (first.rest, first.line, second.line) == ("behind it", 7, 18)
    assert second.question == QuestionSpec("chain-size")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: a lesson must start with its title"),
        ("Title\n", "line 1"),
        ("# \n", "line 1"),
        ("# T\n\ntext", "the list of things to try is missing"),
        ("# T\n\n## Try\n", "line 3: the list of things to try is empty"),
        ("# T\n\n## Try\n\nnone", "line 5: expected - [Title](lab:sizes)"),
        ("# T\n\n## Try\n- a", "line 4: expected - [Title](lab:sizes)"),
        ("# T\n\n## Try\n- [a](b)\n  - (x) option", "line 4: options, hints and reasons need a question"),
    ],
)
def test_what_is_wrong_with_a_lesson(text, told):
    with pytest.raises(LessonError) as refused:
        parse_lesson(text, "name")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.text(alphabet=st.sampled_from("#- [](x)?>!\n ab:\x1b\u202e"), max_size=80))
def test_any_text_is_a_lesson_or_refused(text):
    try:
        lesson = parse_lesson(text, "name")
    except LessonError:
        return
    assert "\x1b" not in lesson.title + lesson.text
