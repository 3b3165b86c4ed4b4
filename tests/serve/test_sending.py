"""What a teacher sends to all: it is checked before, and nothing of a person's is lost."""

import aiohttp
import pytest

from tui_cnn.assets import ROOT
from tui_cnn.serve import sending as sent

LESSON = "# Hello\n\nWords.\n\n## Try it\n\n- [Six](lab:sizes)\n  ? number {answer} How many are two times three?\n"
NETWORK = (ROOT / "presets" / "lenet-5.toml").read_bytes()


@pytest.fixture
def sending(serving):
    async def send(served, name, data, **more):
        teacher = await served.browser(teacher=True)
        form = aiohttp.FormData()
        for each, content in {name: data, **{f"{other}.md": text for other, text in more.items()}}.items():
            form.add_field("files", content.encode() if isinstance(content, str) else content, filename=each)
        async with teacher.post("/class", data=form, headers={"Origin": served.origin}) as answer:
            return answer.status, await answer.text()

    return send


async def test_a_lesson_comes_with_its_check_and_a_later_one_takes_its_place(serving, sending):
    async with serving("Ada", "Grace") as served:
        status, lines = await sending(served, "hello.md", LESSON.format(answer=6))
        assert (status, lines.splitlines()) == (
            200,
            [
                "hello.md: Hello",
                "  How many are two times three?  →  6",
                "1 thing to try, 1 question, 0 problems",
            ],
        )
        assert (await sending(served, "hello.md", LESSON.format(answer=7)))[0] == 200
        for session in served.server.sessions.values():
            (file,) = (session.home / "lessons").iterdir()
            assert (file.name, file.read_text()) == ("hello.md", LESSON.format(answer=7))


async def test_lessons_that_link_to_each_other_are_sent_together(serving, sending):
    link = "# {title}\n\nWords.\n\n## Try it\n\n- [The other](lesson:{other})\n"
    first, second = (link.format(title=title, other=other) for title, other in (("A", "b"), ("B", "a")))
    async with serving() as served:
        lessons = served.server.sessions["Ada"].home / "lessons"
        assert (await sending(served, "a.md", first))[0] == 400
        assert (await sending(served, "a.md", first, b=second, c="nothing"))[0] == 400
        assert not lessons.exists() or not list(lessons.iterdir()), "all or none"
        status, lines = await sending(served, "a.md", first, b=second)
        assert (status, lines.splitlines()[::2]) == (200, ["a.md: A", "b.md: B"])
        assert sorted(path.name for path in lessons.iterdir()) == ["a.md", "b.md"]


async def test_a_lesson_may_lead_to_one_that_was_sent_before(serving, sending):
    second = "# Second\n\nWords.\n\n## Try it\n\n- [The first](lesson:hello)\n"
    async with serving() as served:
        assert (await sending(served, "hello.md", LESSON.format(answer=6)))[0] == 200
        assert (await sending(served, "second.md", second))[0] == 200, "its name is known"


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.md", LESSON.format(answer="six"), "a.md:7: “six” is not a number"),
        ("a.md", LESSON.format(answer=6).replace("lab:sizes", "lab:sezes"), "a.md:7: lab:sezes: unknown page"),
        ("a.md", "nothing", "a.md: line 1: a lesson must start with its title"),
        ("a.md", b"\xff\xfe\x00", "a.md: "),
        ("a.toml", "name = ", "a.toml: "),
        ("a.toml", b"\xff", "codec can't decode"),
        ("a.txt", "x", "send networks (.toml) or lessons (.md)"),
        (".a.toml", NETWORK, "send networks (.toml) or lessons (.md)"),
        ("../a.toml", NETWORK, "send networks (.toml) or lessons (.md)"),
    ],
)
async def test_what_is_wrong_is_sent_to_nobody(serving, sending, name, data, problem):
    async with serving() as served:
        status, lines = await sending(served, name, data)
        assert (status, problem in lines) == (400, True), lines
        home = served.server.sessions["Ada"].home
        assert [path for path in home.rglob("*") if path.is_file()] == []


async def test_a_check_without_end_is_ended(serving, sending, monkeypatch):
    monkeypatch.setattr(sent, "_PATIENCE", 0.05)
    async with serving() as served:
        status, line = await sending(served, "hello.md", LESSON.format(answer=6))
    assert (status, line) == (400, "hello.md: the check takes too long; send shorter lessons, or fewer\n")


async def test_a_network_overwrites_no_file(serving, sending):
    async with serving("Ada", "Grace") as served:
        files = {name: session.home / "files" for name, session in served.server.sessions.items()}
        for folder in files.values():
            folder.mkdir(parents=True)
        (files["Ada"] / "net.toml").write_text("my own")
        (files["Ada"] / "net (2).toml").symlink_to(files["Grace"] / "elsewhere.toml")
        for _time in range(2):  # the very same again makes no other file
            assert await sending(served, "net.toml", NETWORK) == (200, "")
        assert sorted(path.name for path in files["Ada"].iterdir()) == ["net (2).toml", "net (3).toml", "net.toml"]
        assert (files["Ada"] / "net.toml").read_text() == "my own"
        assert (files["Ada"] / "net (3).toml").read_bytes() == NETWORK
        assert [(path.name, path.read_bytes()) for path in files["Grace"].iterdir()] == [("net.toml", NETWORK)]


async def test_whom_it_does_not_reach_is_named_and_a_link_leads_nowhere_else(serving, sending, tmp_path):
    async with serving("Ada", "Grace") as served:
        ada, grace = (session.home for session in served.server.sessions.values())
        for home in (ada, grace):
            home.mkdir(parents=True)
        (ada / "lessons").symlink_to(tmp_path)
        (grace / "lessons").mkdir()
        (tmp_path / "kept.md").write_text("kept")
        (grace / "lessons" / "hello.md").symlink_to(tmp_path / "kept.md")
        status, lines = await sending(served, "hello.md", LESSON.format(answer=6))
        assert (status, lines.splitlines()[-1]) == (507, "Ada: not sent: Invalid cross-device link")
        assert not (tmp_path / "hello.md").exists()
        assert (tmp_path / "kept.md").read_text() == "kept"
        assert (grace / "lessons" / "hello.md").read_text() == LESSON.format(answer=6)


def test_many_lessons_are_one_notice():
    network = "The teacher has sent a network: n.toml. It is among your files."
    several = "The teacher has sent 3 lessons. They are in the Lab, in the list of lessons."
    assert sent.notices_of(["c.md", "n.toml", "a.md", "b.md"]) == [network, several]
    (one,) = sent.notices_of(["a.md"])
    assert "a lesson: a.md" in one
