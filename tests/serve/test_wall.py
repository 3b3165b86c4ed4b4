"""What the teacher's page knows of each person: where, how far in the lessons, and with the runs."""

import msgspec

from tests.serve.test_sending import LESSON
from tests.ui import records
from tui_cnn.i18n import language
from tui_cnn.lab.lessons import lessons
from tui_cnn.lab.progress import LearnerProgress, QuestionResult, progress_file
from tui_cnn.runs.snapshot import Follower
from tui_cnn.serve.classroom import LessonStanding, RunStanding, Standing
from tui_cnn.ui.settings import State, state_file

QUESTIONS = sum(step.question is not None for lesson in lessons("en") for step in lesson.tries)


def remember(home, **values):
    home.mkdir(parents=True, exist_ok=True)
    state_file(home).write_bytes(msgspec.json.encode(State(**values)))


def test_who_has_done_nothing_is_nowhere(tmp_path):
    standing = Standing(tmp_path / "nobody")
    assert (standing.lessons(), standing.runs()) == (LessonStanding(), RunStanding())


def test_where_a_person_is_and_how_far_in_the_lessons(tmp_path):
    first = lessons(language())[0]
    asked = [place for place, step in enumerate(first.tries) if step.question]
    standing = Standing(tmp_path)
    remember(tmp_path, screen="lab", lesson=first.name)
    assert standing.lessons() == LessonStanding("lab", first.title, 0.0, 0.0)
    progress = LearnerProgress().put(first, asked[0], QuestionResult().answered(True))
    progress = progress.put(first, asked[1], QuestionResult().answered(True).answered(True))
    progress_file(tmp_path).write_bytes(msgspec.json.encode(progress))
    assert standing.lessons() == LessonStanding("lab", first.title, 3 / (2 * len(asked)), 3 / (2 * QUESTIONS))
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "hello.md").write_text(LESSON.format(answer=6))
    remember(tmp_path, screen="train", lesson="hello")
    assert standing.lessons() == LessonStanding("train", "Hello", 0.0, 3 / (2 * (QUESTIONS + 1)))


def test_what_a_person_may_write_there_shows_nothing_else(tmp_path):
    remember(tmp_path, screen="<b>", lesson="../../etc/passwd")
    assert Standing(tmp_path).lessons() == LessonStanding()
    state_file(tmp_path).write_bytes(b"{ torn")
    progress_file(tmp_path).write_bytes(b"[]")
    assert Standing(tmp_path).lessons() == LessonStanding()


def test_runs_and_their_best_accuracies(home):
    standing = Standing(home)
    finished, running = records.finished_run(), records.make_run("20260103-000000-mine-0001")
    records.write(running, records.started(), *records.trained(2))
    (home / "runs" / "20260104-000000-empty-0002").mkdir()
    ended, later = Follower(finished).poll(), Follower(running).poll()
    assert later.best_accuracy < ended.best_accuracy
    with records.training(running):
        assert standing.runs() == RunStanding(3, "mine", 2, ended.best_accuracy, ended.finished.test_accuracy)
    records.write(running, *records.trained(1, first=2))
    assert standing.runs() == RunStanding(3, "", 0, ended.best_accuracy, ended.finished.test_accuracy)
    assert Standing(home / "elsewhere").runs() == RunStanding()


async def test_the_wall_is_all_of_it_and_the_failure_of_an_app_is_text(serving):
    async with serving("Ada", "Grace") as served:
        remember(served.server.sessions["Ada"].home, screen="lab", lesson=lessons(language())[0].name)
        served.server.sessions["Grace"].state, served.server.sessions["Grace"].error = "failed", "\x1b[31mred"
        teacher = await served.browser(teacher=True)
        async with teacher.get("/class/wall") as answer:
            ada, grace = await answer.json()
    assert ada == {
        "name": "Ada", "state": "away", "connected": False, "error": "", "turn": False, "screen": "lab",
        "lesson": lessons(language())[0].title, "lesson_mastered": 0.0, "mastered": 0.0,
        "runs": 0, "training": "", "epoch": 0, "validation": None, "test": None,
    }  # fmt: skip
    assert (grace["name"], grace["state"], "\x1b" in grace["error"]) == ("Grace", "failed", False)
