"""Uploads and downloads: whole, within limits, and nowhere but in the person's folder."""

import asyncio

import pytest

from tui_cnn.serve.files import Files, RefusedError

OUTSIDE = [
    "../x.txt", "..", "a/../../x.txt", "/etc/passwd", "~/x", ".hidden", "a/.b", "a//b", "a/", "", "a\\b", "a\0b",
    "a\nb", "C:x", "x" * 201, "/".join("abcdefghi"), "\u202ex.txt",
]  # fmt: skip


@pytest.fixture
def files(tmp_path):
    (tmp_path / "home" / "files").mkdir(parents=True)
    (tmp_path / "home" / "people.json").write_text("secret")
    return Files(tmp_path / "home", tmp_path / "home" / "files", 100, 1000)


async def chunks(*parts):
    for part in parts:
        yield part


@pytest.mark.parametrize("path", OUTSIDE)
async def test_a_name_leads_nowhere_else(files, tmp_path, path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RefusedError, match="cannot be the name"):
        await files.take(path, chunks(b"x"), 1)
    with pytest.raises(RefusedError, match="cannot be the name"):
        files.find(path)
    assert sorted(tmp_path.rglob("*")) == before


async def test_a_link_leads_nowhere_else(files, tmp_path):
    folder = tmp_path / "home" / "files"
    (folder / "out").symlink_to(tmp_path)
    (folder / "file").symlink_to(tmp_path / "home" / "people.json")
    for path in ("out/x.txt", "file"):
        with pytest.raises(RefusedError):
            await files.take(path, chunks(b"x"), 1)
        with pytest.raises(RefusedError):
            files.find(path)
    assert files.list() == []
    assert (tmp_path / "home" / "people.json").read_text() == "secret"


async def test_an_upload_is_written_whole_or_not_at_all(files):
    assert await files.take("shoes/a.png", chunks(b"one", b"two"), 6) == 6
    assert files.find("shoes/a.png").read_bytes() == b"onetwo"
    for most in (chunks(b"x" * 101), chunks(*[b"x" * 30] * 4)):
        with pytest.raises(RefusedError, match="too large"):
            await files.take("shoes/a.png", most, 0)
    with pytest.raises(RefusedError, match="too large"):
        await files.take("b.png", chunks(), 101)
    assert [file[:2] for file in files.list()] == [("shoes/a.png", 6)]
    assert files.find("shoes/a.png").read_bytes() == b"onetwo"


async def test_a_home_has_room_for_so_much(files):
    for number in range(9):
        await files.take(f"{number}.bin", chunks(b"x" * 100), 100)
    with pytest.raises(RefusedError, match="not enough space"):
        await files.take("last.bin", chunks(b"x" * 100), 0)
    await files.take("small.bin", chunks(b"x" * 50), 50)


async def test_one_upload_at_a_time(files, monkeypatch):
    """Two at once would each find the room that is left."""
    await files.take("0.bin", chunks(b"x" * 100), 100)
    more = asyncio.Event()

    async def slow():
        yield b"x" * 50
        await more.wait()
        yield b"x" * 50

    first = asyncio.create_task(files.take("1.bin", slow(), 100))
    await asyncio.sleep(0)
    with pytest.raises(RefusedError, match="another upload is in progress"):
        await files.take("2.bin", chunks(b"x"), 1)
    more.set()
    assert await first == 100
    assert await files.take("2.bin", chunks(b"x"), 1) == 1
    monkeypatch.setattr("tui_cnn.serve.files._PATIENCE", 0.01)
    more.clear()
    with pytest.raises(RefusedError, match="the upload has stopped"):
        await files.take("3.bin", slow(), 100)
    assert sorted(file.path for file in files.list()) == ["0.bin", "1.bin", "2.bin"]
    assert await files.take("3.bin", chunks(b"x"), 1) == 1, "one that has failed is none in progress"


async def test_what_is_uploaded_is_saved_by_the_browser_never_shown(serving):
    async with serving() as served:
        ada = await served.browser("Ada")
        page = b"<script>alert(1)</script>"
        async with ada.put("/files/a b/é.html", data=page, headers={"Origin": served.origin}) as answer:
            assert await answer.json() == {"size": len(page)}
        async with ada.get("/files/a b/é.html") as answer:
            assert await answer.read() == page
            assert answer.content_type == "application/octet-stream"
            assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%A9.html"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
        async with ada.get("/files") as answer:
            assert "a b/é.html" in await answer.text()


async def test_an_upload_that_is_too_large_is_refused(serving):
    async with serving(file=1000) as served:
        ada = await served.browser("Ada")
        async with ada.put("/files/x", data=b"x" * 1001, headers={"Origin": served.origin}) as answer:
            assert (answer.status, await answer.text()) == (400, "the file is too large; at most 0 MB\n")
        assert not list((served.server.sessions["Ada"].home / "files").glob("*"))
