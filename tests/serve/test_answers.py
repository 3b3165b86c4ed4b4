"""What a class has answered, as a teacher downloads it."""

import csv
import io

import msgspec

from tui_cnn.i18n import language
from tui_cnn.lab.lessons import lessons, parse_lesson
from tui_cnn.lab.progress import LearnerProgress, QuestionResult, progress_file

OWN = """# Ours

Words.

## Try it

- [How large?](lab:convolution?side=6): its size.
  ? size
"""


def first_question():
    lesson = lessons(language())[0]
    return lesson, next(place for place, step in enumerate(lesson.tries) if step.question)


async def test_the_teacher_downloads_what_all_have_answered(serving):
    lesson, place = first_question()
    written = QuestionResult(asked=1, written='=HYPERLINK("http://elsewhere")').answered(False).answered(True)
    async with serving("Ada", "Grace") as served:
        homes = {name: session.home for name, session in served.server.sessions.items()}
        for home in homes.values():
            home.mkdir(parents=True, exist_ok=True)
        progress = LearnerProgress().put(lesson, place, written)
        progress_file(homes["Ada"]).write_bytes(msgspec.json.encode(progress))
        progress_file(homes["Grace"]).write_bytes(b"{ torn")
        (homes["Grace"] / "lessons").mkdir()
        (homes["Grace"] / "lessons" / "20-ours.md").write_text(OWN)
        (homes["Grace"] / "lessons" / "21-torn.md").write_bytes(b"\xff\xfe")
        teacher = await served.browser(teacher=True)
        async with teacher.get("/class/results.csv") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/csv"
            rows = list(csv.DictReader(io.StringIO(await answer.text())))
    asked = [(each.name, step.title) for each in lessons(language()) for step in each.tries if step.question]
    ours = [("ours", step.title) for step in parse_lesson(OWN, "20-ours.md").tries]
    listed = {name: [(row["lesson"], row["question"]) for row in rows if row["name"] == name] for name in homes}
    assert listed == {"Ada": asked, "Grace": [*asked, *ours]}
    answered = [row for row in rows if row["asked"] != "0"]
    assert [(row["name"], row["asked"], row["right"], row["state"]) for row in answered] == [("Ada", "3", "1", "right")]
    assert answered[0]["last"].endswith("+00:00")
    assert answered[0]["written"] == '\'=HYPERLINK("http://elsewhere")', "a spreadsheet must not calculate it"
