"""The app in a real Chromium, as a learner and a teacher meet it."""

import asyncio
import shutil

import pytest

from tests.serve.browser import CHROMIUM, Browser
from tests.serve.conftest import until
from tests.terminal import Grid
from tui_cnn import landlock
from tui_cnn.formats.toml import read_network
from tui_cnn.lab.lessons import lessons
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.snapshot import Follower
from tui_cnn.serve.classroom import Standing

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock"),
]


@pytest.fixture
async def browser(tmp_path):
    async with Browser(tmp_path / "profile") as opened:
        yield opened


async def sign_in(served, browser, name="Ada", *, teacher=False, **how):
    token = served.roster.teacher if teacher else served.roster.people[name]
    return await browser.open(f"{served.url}/join/{token}", **how)


def terminal(page):
    """Return what stands on the terminal of a page."""
    grid = Grid(200, 80)
    grid.write(page.drawn.decode("utf-8", "replace").replace("\x1b[?2026$p", ""))
    return grid


def screen(page):
    return terminal(page).text


async def shows(page, text, seconds=40):
    try:
        await until(lambda: text in screen(page), seconds)
    except TimeoutError:
        raise AssertionError(f"no “{text}” in:\n{screen(page)}") from None


async def test_a_learner_signs_in_and_types_without_a_click_and_reloads_in_the_middle(serving, browser):
    async with serving(real=True) as served:
        session = served.server.sessions["Ada"]
        page = await sign_in(served, browser)
        await shows(page, "Conv2D")
        assert await page.value("document.activeElement.className") == "xterm-helper-textarea"
        await page.press("4")
        await shows(page, "step 1 of 16")
        await page.press("ArrowRight")
        await shows(page, "step 2 of 16")
        number = session.pid
        await page.reload()
        await page.until("document.body.classList.contains('-first-byte')")
        await shows(page, "step 2 of 16")
        assert session.pid == number
        await page.press("ArrowRight")
        await shows(page, "step 3 of 16")
        picture = await page.picture()
        assert len(picture) > 20_000  # a terminal that is drawn on, not an empty page


async def test_two_people_have_two_apps_and_a_new_window_takes_the_old_ones_place(serving, browser):
    async with serving("Ada", "Grace", real=True) as served:
        ada, grace = await sign_in(served, browser), await sign_in(served, browser, "Grace")
        await shows(ada, "Conv2D")
        await shows(grace, "Conv2D")
        await grace.press("4")
        await shows(grace, "step 1 of 16")
        assert "step 1 of 16" not in screen(ada)
        beside = await browser.open_beside(grace, str(served.url))
        await shows(beside, "step 1 of 16")
        await grace.until("document.getElementById('elsewhere').open")
        await grace.value("document.querySelector('#elsewhere button').click()")
        await beside.until("document.getElementById('elsewhere').open")
        await ada.press("q")
        await ada.until("document.getElementById('ended').open")
        assert served.server.sessions["Grace"].connected


async def test_a_tablet_has_the_keys_that_its_keyboard_lacks(serving, browser):
    async with serving("Ada", "Grace", real=True) as served:
        page = await sign_in(served, browser, width=1024, height=768, touch=True)
        await shows(page, "Conv2D")
        rows = page.size[1]
        await page.press("4")
        await shows(page, "step 1 of 16")
        await page.tap("#keys [data-key=ArrowRight]")
        await shows(page, "step 2 of 16")
        assert await page.value("document.activeElement.className") == "xterm-helper-textarea"
        await page.tap("#keys [data-modifier=Control]")
        await page.until("document.querySelector('[data-modifier=Control]').ariaPressed === 'true'")
        await page.press("p")
        await shows(page, "Search for commands")
        await page.until("document.querySelector('[data-modifier=Control]').ariaPressed === 'false'")
        await page.tap("#keys [data-key=Escape]")
        await shows(page, "step 2 of 16")
        await page.tap("#keys [aria-controls]")
        await until(lambda: page.size[1] < rows)
        await page.tap("#keys [data-key=F1]")
        await shows(page, "Help")
        assert await edge(page, ".xterm-screen", "bottom") <= await edge(page, "#keys", "top")
        await page.turn(768, 1024)
        await until(lambda: page.size[1] > rows)
        assert await edge(page, ".xterm-screen", "bottom") <= await edge(page, "#keys", "top")
        assert await edge(page, "#keys", "bottom") <= 1024
        await page.value(  # as the tablet's own keyboard does, which lies over the page
            "Object.defineProperty(visualViewport, 'height', {value: 600}),"
            "visualViewport.dispatchEvent(new Event('resize'))"
        )
        await until(lambda: page.size[1] < rows)
        assert await edge(page, "#keys", "bottom") <= 600
        mouse = await sign_in(served, browser, "Grace")
        await shows(mouse, "Conv2D")
        assert await mouse.value("document.getElementById('keys').offsetHeight") == 0


async def edge(page, selector, side):
    return await page.value(f"document.querySelector('{selector}').getBoundingClientRect().{side}")


async def test_the_mouse_clicks_and_draws(serving, browser, trained):
    async with serving(real=True) as served:
        runs = served.server.sessions["Ada"].home / "runs"
        shutil.copytree(trained.path, runs / trained.id)
        page = await sign_in(served, browser)
        await shows(page, "Conv2D")
        await click(page, *place(screen(page), "3 Inspect"))
        await shows(page, "above zero")
        await page.press("d")
        await shows(page, "Draw with the mouse")
        row, column = place(screen(page), "Draw with the mouse")

        def greys():
            pad = terminal(page).cells[row + 2 : row + 16]
            return {style for line in pad for _sign, _half, style in line[column : column + 28]}

        assert len(greys()) < 4  # an empty pad
        await drag(page, (row + 6, column + 6), (row + 12, column + 20))
        await until(lambda: len(greys()) > 6, 40)
        await shows(page, "Your drawing")


def place(text, words):
    row = next(number for number, line in enumerate(text.split("\n")) if words in line)
    return row, text.split("\n")[row].index(words)


async def click(page, row, column):
    x, y = await cell(page, row, column)
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        await page.mouse(kind, x, y, button="left", clickCount=1)


async def drag(page, start, end):
    x, y = await cell(page, *start)
    to_x, to_y = await cell(page, *end)
    await page.mouse("mouseMoved", x, y)
    await page.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
    for step in range(1, 11):
        part = step / 10
        await page.mouse("mouseMoved", x + part * (to_x - x), y + part * (to_y - y), button="left", buttons=1)
    await page.mouse("mouseReleased", to_x, to_y, button="left", clickCount=1)


async def cell(page, row, column):
    """Return where the middle of a cell is on the page."""
    box = await page.value(
        "(() => { const box = document.querySelector('.xterm-screen').getBoundingClientRect();"
        " return [box.left, box.top, box.width, box.height]; })()"
    )
    columns, rows = page.size
    left, top, width, height = box
    return left + (column + 0.5) * width / columns, top + (row + 0.5) * height / rows


async def test_a_wrong_link_and_a_foreign_page_get_nothing(serving, browser):
    async with serving(real=True) as served:
        page = await browser.open(f"{served.url}/join/{'x' * 32}")
        await page.until("document.body?.innerText.includes('not valid')")
        foreign = await browser.open_beside(await sign_in(served, browser), "data:text/html,<p>elsewhere")
        await foreign.until("document.body?.innerText === 'elsewhere'")
        refused = await foreign.value(
            "new Promise((done) => { const socket = new WebSocket('ws://" + served.url.authority + "/ws');"
            " socket.onopen = () => done('open'); socket.onerror = () => done('refused'); })"
        )
        assert refused == "refused"
        framed = await foreign.value(
            "fetch('" + str(served.url) + "/files', {credentials: 'include'}).then(() => 'read', () => 'refused')"
        )
        assert framed == "refused"


async def test_a_path_outside_the_home_is_refused_in_the_app(serving, browser, tmp_path):
    async with serving(real=True) as served:
        page = await sign_in(served, browser)
        await shows(page, "Conv2D")
        await page.press("ctrl+s")
        await shows(page, ".toml")
        while ".toml" in screen(page):  # the field takes keys once it has the focus
            await page.press("Backspace")
            await asyncio.sleep(0.02)
        for _letter in range(40):
            await page.press("Backspace")
        await page.ask("Input.insertText", text=f"{tmp_path}/stolen.toml")
        await page.press("Enter")
        await shows(page, "outside your files; use a path")
        assert not (tmp_path / "stolen.toml").exists()


async def test_the_teacher_sees_looks_on_and_sends(serving, browser, tmp_path, trained):
    lesson = tmp_path / "hello.md"
    lesson.write_text("# Hello\n\nWords.\n\n## Try it\n\n- [Sizes](lab:sizes)\n  ? number x Six?\n")
    tested = 100 * Follower(trained).poll().finished.test_accuracy
    async with serving("Ada", "Grace", real=True) as served:
        shutil.copytree(trained.path, served.server.sessions["Grace"].home / "runs" / trained.id)
        ada = await sign_in(served, browser)
        await shows(ada, "Conv2D")
        teacher = await sign_in(served, browser, teacher=True)
        await teacher.until(f"{wall('Ada', 'state')} === 'here' && {wall('Ada', 'screen')} === 'Build'")
        await teacher.until(f"{wall('Grace', 'state')} === 'away' && {wall('Grace', 'screen')} === ''")
        await teacher.until(f"{wall('Grace', 'runs')} === '1' && {wall('Grace', 'test')} === ' {tested:.1f} %'")
        watching = await browser.open_beside(teacher, f"{served.url}/watch?name=Ada")
        await shows(watching, "Conv2D")
        await watching.press("4")
        await ada.press("2")
        await shows(watching, "batch_size")
        assert "step 1 of 16" not in screen(ada)
        await ada.press("4")
        await shows(ada, f"1/{len(lessons('en'))} ")
        await choose_file(teacher, "#send", lesson)
        await teacher.until("document.getElementById('sent').textContent === '✗ hello.md: not sent to all'")
        await teacher.until("document.getElementById('report').innerText.includes('“x” is not a number')")
        lesson.write_text(lesson.read_text().replace("number x", "number 6"))
        await choose_file(teacher, "#send", lesson)
        await teacher.until("document.getElementById('sent').textContent === '✓ hello.md: sent to all'")
        await teacher.until("document.getElementById('report').innerText.includes('Six?  →  6')")
        await shows(ada, "The teacher has sent a lesson: hello.md.")
        await shows(ada, f"1/{len(lessons('en')) + 1} ")  # the open Lab has it
        await ada.press("L")
        await shows(ada, "Lessons")
        await ada.ask("Input.insertText", text="Hello")
        await ada.press("Enter")
        await shows(ada, "Words.")
        await teacher.until(f"{wall('Ada', 'screen')} === 'Lab' && {wall('Ada', 'lesson')} === 'Hello  0 %'")
        await ada.press("Enter")
        await shows(ada, "Six?")
        await ada.press("6")
        await ada.press("Enter")
        await teacher.until(f"{wall('Ada', 'lesson')} === 'Hello  50 %'")
        of_all = await teacher.value(f"parseInt({wall('Ada', 'mastered')})")
        assert of_all == round(100 * Standing(served.server.sessions["Ada"].home).lessons().mastered)
        assert (served.server.sessions["Grace"].home / "lessons" / "hello.md").exists()


def wall(name, column):
    """The text of a cell of the teacher's page, as the page has it."""
    return f"document.querySelector('[data-name={name}] .{column}')?.textContent"


async def choose_file(page, selector, path):
    """Choose a file as a person does who clicks on the field of a page."""
    await page.until(f"!!document.querySelector('{selector}') && document.readyState === 'complete'")
    document = await page.ask("DOM.getDocument")
    chosen = await page.ask("DOM.querySelector", nodeId=document["root"]["nodeId"], selector=selector)
    await page.ask("DOM.setFileInputFiles", files=[str(path)], nodeId=chosen["nodeId"])


async def test_a_network_is_built_saved_and_downloaded_and_the_end_of_the_server_is_shown(serving, browser, tmp_path):
    (tmp_path / "up.txt").write_text("hello")
    async with serving(real=True) as served:
        page = await sign_in(served, browser)
        await shows(page, "Conv2D")
        await page.press("Enter")  # the first layer's form, at its filters
        await shows(page, "Number of filters")
        await page.press("ctrl+u")
        await page.ask("Input.insertText", text="48")
        await page.press("Enter")
        await page.press("Escape")
        await shows(page, "26×26×48")
        await page.press("a")
        await shows(page, "Add a layer")
        await page.ask("Input.insertText", text="BatchNormalization")
        await page.press("Enter")
        await shows(page, "9 layers")
        await page.press("ctrl+s")
        await shows(page, "fashion-cnn.toml")
        await page.press("Enter")
        saved = served.server.sessions["Ada"].home / "files" / "fashion-cnn.toml"
        await until(saved.exists)
        files = await browser.open_beside(page, f"{served.url}/files")
        await choose_file(files, "#chosen", tmp_path / "up.txt")
        await files.until("!!document.querySelector('table a[href=\"files/up.txt\"]')")
        assert (served.server.sessions["Ada"].home / "files" / "up.txt").read_text() == "hello"
        await files.download_to(tmp_path / "down")
        await files.click("a[href='files/fashion-cnn.toml']")
        await until((tmp_path / "down" / "fashion-cnn.toml").exists)
        network = read_network(tmp_path / "down" / "fashion-cnn.toml")
        assert [type(layer).__name__ for layer in network.layers[:2]] == ["Conv2D", "BatchNormalization"]
        assert network.layers[0].filters == 48
    await page.until("document.querySelector('dialog[open]') !== null")


async def test_a_learner_trains_on_a_slice_and_looks_inside(serving, browser):
    async with serving(real=True) as served:
        home = served.server.sessions["Ada"].home
        page = await sign_in(served, browser, height=800)
        await shows(page, "Conv2D")
        await page.press("2")
        await shows(page, "Start from a named recipe")
        await set_field(page, "epochs", "Number of passes over the training images", "1")
        await go_to_field(page, "Data set: a folder")
        await page.press("ArrowDown")
        await page.press("ArrowRight")
        await shows(page, "limit")
        await set_field(page, "limit", "Use only this many training images", "1500")
        await page.press("Enter")
        await until(lambda: any((home / "runs").glob("*/events.jsonl")))
        await shows(page, "finished", 240)
        (run,) = (home / "runs").iterdir()
        tested = Follower(RunDirectory(run)).poll().finished.test_accuracy
        assert 0.3 < tested < 0.95, "one epoch on 1,500 images"
        await shows(page, f"{tested:.4f}")
        await page.press("3")
        await shows(page, "above zero", 120)


async def set_field(page, name, about, value):
    """Go to the field of a form that says this about itself, and type a number."""
    await go_to_field(page, about)
    await page.press("ctrl+u")
    for digit in value:
        await page.press(digit)
    try:
        await until(lambda: f" {name} {value} " in form(page), 10)
    except TimeoutError:
        raise AssertionError(screen(page)) from None


async def go_to_field(page, about):
    for _field in range(60):
        shown = ""
        while shown != (shown := form(page)):  # one key may be drawn in several parts
            await asyncio.sleep(0.2)
        if about in shown:
            return
        await page.press("ArrowDown")
        await until(lambda before=shown: form(page) != before)
    raise AssertionError(f"no field says “{about}”:\n{screen(page)}")


def form(page):
    """Return what stands in the first panel, which only keys change, in one line."""
    lines = screen(page).split("\n")[1:]
    width = lines[0].index("╮")
    end = next(number for number, line in enumerate(lines) if line.startswith("╰"))
    return " ".join(" ".join(line[1:width] for line in lines[1:end]).split())
