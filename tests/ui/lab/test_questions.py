"""Questions of the lessons, as a learner meets them: asked, covered, hinted at, answered, kept, and repeated."""

import time
from contextlib import asynccontextmanager

import msgspec
import pytest

from tests.ui.driving import opened
from tui_cnn.lab.lessons import lessons
from tui_cnn.lab.progress import LearnerProgress, QuestionResult, progress_file, read_progress, write_progress
from tui_cnn.lab.questions.answers import PredictionAnswer, TaskAnswer
from tui_cnn.ui.lab import screen
from tui_cnn.ui.lab.lesson import LessonPanel, Tries
from tui_cnn.ui.lab.question import QuestionPanel
from tui_cnn.ui.settings import read_state, remember


async def asked(user, lesson, place):
    """Open the question of a thing to try, by the line of its lesson."""
    user.app.follow_link(f"lesson:{lesson}")
    await user.until(lambda: _shown(user) == lesson)
    user.app.focused.highlighted = place
    await user.press("enter")
    panel = user.app.screen.query_one(QuestionPanel)
    await user.until(lambda: panel.question is not None and panel.display and panel.has_focus_within)
    return panel


def _shown(user):
    lesson = user.app.screen.query_one(LessonPanel).lesson if isinstance(user.app.focused, Tries) else None
    return lesson.name if lesson else None


def result(lesson, place):
    found = next(each for each in lessons() if each.name == lesson)
    return read_progress().of(found, place)


async def test_a_wrong_answer_a_hint_and_a_right_one():
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        await asked(user, "filters", 0)
        assert "Which number comes at row 1, column 1" in " ".join(user.text.split())
        await user.until(lambda: "−5" not in user.text)  # the answer is covered: in the output and in the sums
        assert "what is said" not in user.text
        assert "the first row is" not in user.text, "nor does the lesson tell it"
        await user.press("7", "enter")
        await user.sees("✗ 7 is not right")
        await user.press("h")
        await user.sees("Hint 1 of 2")
        await user.press("ctrl+u", "-", "5", "enter")
        await user.sees("✓ Right: −5", "3·1 + 0·0 + 1·(−1)")
        await user.until(lambda: result("filters", 0).asked == 1)
        assert result("filters", 0).last == "wrong", "the first answer counts"
        await user.sees("similarity")
        await user.press("enter")
        await user.sees("✗ The example of the course: press →;", "the first row is −5 −4 0 8")
        assert user.app.focused.highlighted == 1


async def test_another_has_other_numbers_and_two_right_ones_are_mastery():
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        panel = await asked(user, "padding", 0)
        prompts = set()
        for _round in range(2):
            await user.type(panel.question.answer.written)
            await user.press("enter")
            await user.sees("✓ Right")
            prompts.add(panel.question.prompt)
            before = panel.question
            await user.press("n")
            await user.until(lambda before=before: panel.question is not before)
        await user.until(lambda: result("padding", 0).streak == 2)
        assert result("padding", 0).state == "mastered"
        await user.press("escape")
        await user.sees("★ Without zeros")


async def test_the_solution_counts_as_wrong_and_is_repeated():
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        panel = await asked(user, "stride", 2)
        assert panel.question.link is None
        await user.press("a")
        await user.sees("The answer is 7", "39 → 37 → 17 → 7")
        await user.press("enter")  # shows what was asked about
        await user.until(lambda: user.app.screen.page == "sizes")
        await user.sees("39×39×1 → 37×37×1 → 17×17×1 → 7×7×1")
        await user.press("r")
        await user.until(lambda: panel.question is not None and panel.display and panel.has_focus_within)
        assert user.app.screen.query_one(LessonPanel).lesson.name == "stride"
        assert panel.question.prompt[:2] != "39", "with other numbers"


async def test_changing_what_is_asked_about_drops_the_question():
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        panel = await asked(user, "filters", 0)
        await user.click("Image numbers")
        user.app.screen.bench.focus()
        await user.press("k", "9")
        await user.until(lambda: not panel.display)
        assert "similarity" in user.text


async def test_a_letter_is_text_where_an_explanation_is_asked_for():
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        panel = await asked(user, "filters", 0)
        await user.press("h")
        assert panel.query_one("#answer").value == "", "a key, not text"
        await user.press("x")
        assert panel.query_one("#answer").value == "x", "as in 4x4"


async def test_the_lab_goes_on_where_one_left_off():
    """The lesson, the place in its list, the page and its settings; typed numbers are left out."""
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        await asked(user, "pooling", 0)
        await user.press("escape", "down", "down", "escape", "s", "5", "p", "n", "n", "n", "right")
        await user.until(lambda: read_state().lab == "lab:pooling?place=2")
        await user.press("home", "i", "9", "escape")
        await user.sees("maximum of 9, 0, 1, 5 = 9")
        await user.press("1")
        await user.until(lambda: read_state().lab == "lab:pooling")
        await user.press("4", "n", "n", "1")
        await user.until(lambda: read_state().lab == "lab:pooling?image=four-numbers")
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        await user.sees(f"9/{len(lessons())} Pooling", "maximum of 29, 15, 0, 100 = 100")
        assert user.app.screen.bench.has_focus
        assert user.app.screen.query_one(Tries).highlighted == 2
        await user.press("greater_than_sign")
        await user.sees(f"10/{len(lessons())}")
        assert user.app.screen.query_one(Tries).highlighted == 0


async def test_a_link_comes_before_where_one_left_off():
    remember(lab="lab:softmax", lesson="pooling", lesson_place=3)
    async with opened(size=(120, 40)) as user:
        user.app.follow_link("lab:sizes?n=41&windows=3")
        await user.until(lambda: user.app.current_mode == "lab" and user.app.screen.page == "sizes")
        await user.until(lambda: read_state().lab == "lab:sizes?n=41&windows=3")
        await user.until(lambda: user.app.screen.bench.has_focus)
        user.app.follow_link("lesson:padding")
        await user.until(lambda: _shown(user) == "padding")
        assert user.app.focused.highlighted == 0
        await user.until(lambda: read_state().lesson_place == 0)


@pytest.mark.parametrize("lab", ["", "lab:gone", "lab:sizes?windows=none", "nothing"])
async def test_a_place_of_another_version_is_none(lab):
    remember(lab=lab, lesson="gone", lesson_place=99)
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        await user.sees(f"1/{len(lessons())}", "step 1 of 16")
        await user.until(lambda: read_state().lab == "lab:convolution")
        assert user.notices == []


@asynccontextmanager
async def lab_with(folder):
    """The Lab of someone who has a folder with lessons."""
    async with opened(size=(120, 40)) as user:
        settings = msgspec.structs.replace(user.app.workspace.configuration.settings, lessons=str(folder))
        user.app.workspace.configuration = user.app.workspace.configuration._replace(settings=settings)
        await user.press("4")
        yield user


async def test_own_lessons(tmp_path):
    (tmp_path / "20-mine.md").write_text(
        "# My own\n\nText.\n\n## Try\n\n- [One](lab:sizes)\n  ? choice Which?\n  - (x) this one\n  - ( ) that one\n"
        "- [Two](lab:weights): nothing is asked.\n"
    )
    (tmp_path / "21-bad.md").write_text("nothing")
    async with lab_with(tmp_path) as user:
        await user.told("21-bad.md: line 1")
        await asked(user, "mine", 0)
        await user.press("enter")
        await user.sees("✓ Right: this one")
        await user.press("escape", "down", "enter")
        await user.until(lambda: user.app.screen.page == "weights" and user.app.screen.bench.has_focus)


def write(file, title):
    file.write_text(f"# {title}\n\nText of {title}.\n\n## Try\n\n- [One](lab:sizes)\n  ? number 6 Six?\n")


async def test_own_lessons_that_come_and_change_while_the_lab_is_open(tmp_path):
    count = len(lessons())
    write(tmp_path / "20-mine.md", "First")
    async with lab_with(tmp_path) as user:
        user.app.follow_link("lesson:mine")
        await user.sees(f"{count + 1}/{count + 1} First", "Text of First.")
        write(tmp_path / "20-mine.md", "Second")
        await user.sees("Text of Second.")
        write(tmp_path / "21-new.md", "Third")
        await user.sees(f"{count + 1}/{count + 2} Second")
        (tmp_path / "22-bad.md").write_text("nothing")
        await user.told("22-bad.md: line 1")
        await asked(user, "mine", 0)
        write(tmp_path / "20-mine.md", "Fourth")
        write(tmp_path / "23-newest.md", "Fifth")
        await user.sees(f"{count + 1}/{count + 3} Second", "Six?")  # the question stays while it is answered
        await user.press("escape")
        await user.sees("Text of Fourth.")
        assert sum("22-bad.md" in notice for notice in user.notices) == 1


async def test_the_list_of_lessons_has_one_that_has_just_come(tmp_path, monkeypatch):
    monkeypatch.setattr(screen, "_EVERY", 10_000.0)
    async with lab_with(tmp_path) as user:
        await user.sees(f"/{len(lessons())} ")
        write(tmp_path / "20-new.md", "Sixth")
        await user.press("L", *"Sixth")
        await user.sees(f"{len(lessons()) + 1} Sixth")


async def test_a_prediction_waits():
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        await asked(user, "training", 1)
        await user.press("down", "enter")
        await user.sees("Your answer: fashion-dnn", "Train fashion-cnn and fashion-dnn")
        await user.until(lambda: result("training", 1).predicted == "fashion-dnn")
        assert result("training", 1).asked == 0


EACH_KIND = {
    step.question.kind: (lesson.name, place)
    for lesson in lessons()
    for place, step in enumerate(lesson.tries)
    if step.question and step.question.kind not in ("own-mistake", "explain")
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)], ids=lambda size: "x".join(map(str, size)))
async def test_each_kind_is_asked_and_shown_whole(size):
    """The prompt and the field can be seen; and, where the bench shows what it is about, the bench, too."""
    async with opened(size=size) as user:
        await user.press("4")
        for lesson, place in EACH_KIND.values():
            panel = await asked(user, lesson, place)
            question = panel.question
            fields = [panel.query_one("#prompt"), user.app.focused]
            await user.until(lambda fields=fields: all(field.region.area for field in fields))
            prompt = fields[0].region
            assert max(prompt.bottom, user.app.focused.region.bottom) < size[1], "above the footer"
            if question.link is not None:
                await user.until(lambda: user.app.screen.bench.region.height >= 6)
            if not isinstance(question.answer, PredictionAnswer | TaskAnswer):
                await user.press("a")
                await user.until(lambda panel=panel: "The answer is" in str(panel.query_one("#verdict").render()))
            await user.press("escape")
        assert user.notices == []


def test_what_is_due():
    (lesson, *_others) = lessons()
    now = time.time()
    progress = LearnerProgress()
    assert progress.due([lesson], now) == []
    progress = progress.put(lesson, 0, QuestionResult().answered(False)).put(lesson, 1, QuestionResult().answered(True))
    assert progress.due([lesson], now) == [(lesson, 0)]
    assert progress.due([lesson], now + 3 * 86_400) == [(lesson, 0), (lesson, 1)]
    helped = QuestionResult().answered(True, helped=True)
    assert (helped.state, helped.streak, helped.points) == ("helped", 0, 1)
    assert progress.put(lesson, 0, helped).due([lesson], now) == [(lesson, 0)]
    assert progress.share(lesson) == 1 / 8


@pytest.mark.parametrize("damage", [b"", b"{", b'{"results": 3}', b"\xff\xfe", b"[" * 100_000])
def test_damaged_progress_is_none(damage):
    write_progress(LearnerProgress())
    progress_file().write_bytes(damage)
    assert read_progress() == LearnerProgress()
