"""The main screens in Korean, drawn by a process that speaks it from its beginning: `python -m tests.ui.korean DIR`.

It follows the links of the lessons, too: `python -m tests.ui.korean DIR links`.
"""

import asyncio
import gettext
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tui_cnn import i18n

UNTRANSLATED = set()


class Untranslated(gettext.NullTranslations):
    """Notes what the catalogue does not have."""

    def gettext(self, message):
        UNTRANSLATED.add(message)
        return message

    def ngettext(self, msgid1, msgid2, n):
        UNTRANSLATED.add(msgid1)
        return msgid1


i18n.use_language("ko")  # the keys of the screens get their names when they are loaded
i18n._translations.add_fallback(Untranslated())

from tests.data.image_sets import save_pets  # noqa: E402
from tests.ui import records, search_records  # noqa: E402
from tests.ui.answering import Answering, make_run  # noqa: E402
from tests.ui.conftest import start_no_process  # noqa: E402
from tests.ui.driving import opened  # noqa: E402
from tests.ui.lab.following import LINK_SIZES, follow_all  # noqa: E402
from tests.ui.picture import SIZES, at_rest, hold_still, take  # noqa: E402
from tests.ui.records import BROKEN, finished_run  # noqa: E402
from tests.ui.train.test_find_rate import FakeSearch  # noqa: E402
from tui_cnn.formats.presets import preset  # noqa: E402
from tui_cnn.search.survey import Parallel  # noqa: E402
from tui_cnn.ui.inspect import screen as inspect  # noqa: E402
from tui_cnn.ui.lab.lesson import LessonPanel  # noqa: E402
from tui_cnn.ui.search import new_search  # noqa: E402
from tui_cnn.ui.settings import state_file  # noqa: E402
from tui_cnn.ui.toolkit.pictures import drawing as picture_widgets  # noqa: E402
from tui_cnn.ui.train.rate_dialog import RateDialog  # noqa: E402

LINKS = "links"
SCENES = {
    "build": ("fashion-cnn", ["down", "down"]),
    "editing": ("fashion-cnn", ["down", "down", "enter", "delete", "4"]),
    "broken": (BROKEN, ["down"] * 4),
    "add": ("fashion-cnn", ["a"]),
    "open": ("fashion-cnn", ["ctrl+o"]),
    "new": ("fashion-cnn", ["ctrl+n"]),
    "unsaved": ("fashion-cnn", ["d", "q"]),
    "setup": ("fashion-cnn", ["2"]),
    "data": ("fashion-cnn", ["2", "ctrl+d"]),
    "duplicates": ("fashion-cnn", ["2", "ctrl+d", *"vvv"]),
    "rate": ("fashion-cnn", ["2", "f2"]),
    "finished": ("fashion-cnn", ["5", "enter"]),
    "runs": ("fashion-cnn", ["5"]),
    "help": ("fashion-cnn", ["question_mark"]),
    "lab": ("fashion-cnn", ["4", *["right"] * 6]),
    "pooling": ("fashion-cnn", ["4", "p", "shift+right", *["right"] * 4]),
    "sizes": ("fashion-cnn", ["4", "s"]),
    "weights": ("fashion-cnn", ["4", "w"]),
    "transposed": ("fashion-cnn", ["4", "u", "right"]),
    "softmax": ("fashion-cnn", ["4", "m", "down", "right_square_bracket"]),
    "photo": ("fashion-cnn", ["4", "P", "right"]),
    "lesson": ("fashion-cnn", ["4", "l", "greater_than_sign", "greater_than_sign"]),
    "inspect": ("fashion-cnn", ["3", "right", "right"]),
    "kernels": ("fashion-cnn", ["3", "k"]),
    "search": ("fashion-cnn", ["6"]),
    "vary": ("fashion-cnn", ["asterisk"]),
    "space": ("fashion-cnn", ["asterisk", "enter", "6", "n"]),
    "evaluation": ("fashion-cnn", ["3", "e"]),
    "palette": ("fashion-cnn", ["ctrl+p"]),
}


@cache
def run_with_weights():
    """Make it when it is first looked into; the scenes before do without it."""
    return make_run()


async def draw(scene, size, target, data):
    """Draw one screen to a file."""
    network, keys = SCENES[scene]
    if keys[0] == "3":
        run_with_weights()
    state_file().unlink(missing_ok=True)  # the Lab opens at its beginning, not where the scene before has left it
    async with opened(network, size=SIZES[size], data=data if "ctrl+d" in keys else "") as user:
        for key in keys:
            await user.press(key)
            if key == "ctrl+d":
                await user.sees("전체 클래스")
            if key == "f2":
                await user.sees("추천 학습률")
            if key == "6":
                await user.sees("시도 8개")
            if key == "n":
                await user.sees("후보: 5")
            if key == "5":
                await user.sees("완료", "실패")
            if key == "h":
                await user.sees("Sobel 크기")
            if scene == "finished" and key == "enter":
                await user.sees("테스트 이미지 10,000장")
            if key == "3":
                await user.sees("0.775")
            if key == keys[0] == "4":
                await user.until(lambda: user.app.screen.query_one(LessonPanel).lesson is not None)
        await at_rest(user)
        (target / f"{scene}-{size}.svg").write_text(take(user.app), "utf-8")


async def followed():
    """Follow all links of the lessons; return what went wrong, nothing if they all lead where they say."""
    try:
        await follow_all(LINK_SIZES)
    except AssertionError as error:
        return str(error) or repr(error)
    return ""


async def main(target, wanted):
    hold_still(setattr)
    start_no_process(setattr)
    picture_widgets.ink = lambda _app: "blocks"
    inspect.Inspector = Answering
    RateDialog.__init__.__defaults__ = (FakeSearch,)
    new_search.parallel = lambda *_: Parallel(2, 4)
    finished_run()
    search_records.finished_search(8, with_runs=False)
    stopped = records.make_run("20260101-120000-lenet-5-0001", preset("lenet-5"))
    records.write(stopped, records.started(), *records.trained(1.5), records.failed())
    with TemporaryDirectory() as directory:
        pets = save_pets(Path(directory))
        for drawing in [drawing for drawing in wanted if drawing != LINKS]:
            await draw(*drawing.split("-"), target, str(pets))
    if LINKS in wanted:
        (target / f"{LINKS}.txt").write_text(await followed(), "utf-8")
    (target / "untranslated.txt").write_text("\n".join(sorted(UNTRANSLATED)), "utf-8")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:] or [f"{scene}-{size}" for scene in SCENES for size in SIZES]))
