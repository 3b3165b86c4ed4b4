"""Whole screens, compared with their pictures."""

import pytest

from tests.ui import answering, records, search_records
from tests.ui.answering import Answering, keep
from tests.ui.driving import opened
from tests.ui.picture import SIZES, at_rest, explain, words
from tests.ui.records import finished_run
from tui_cnn.formats.presets import preset
from tui_cnn.search import launch
from tui_cnn.search.importance import Importance, ImportanceOutcome, Importances
from tui_cnn.search.survey import CandidateCost, Parallel, Survey
from tui_cnn.ui.inspect import screen as inspect
from tui_cnn.ui.search import new_search
from tui_cnn.ui.search.importance_view import ImportanceView
from tui_cnn.ui.toolkit.ascii_fallback import ink
from tui_cnn.ui.toolkit.pictures import drawing

pytestmark = pytest.mark.usefixtures("still")


@pytest.fixture(autouse=True)
def coloured(monkeypatch):
    """The Lab draws in colours."""
    monkeypatch.setattr(drawing, "ink", lambda _app: "blocks")


@pytest.fixture(params=["80x24", "120x40"])
def size(request):
    return request.param


async def test_train_setup(picture, size):
    async with opened(size=SIZES[size]) as user:
        await user.press("2")
        await at_rest(user)
        picture(user.app)


async def test_train_running(picture, size):
    run = records.make_run()
    records.write(run, records.started(), *records.trained(2.4))
    with records.training(run):
        async with opened(size=SIZES[size]) as user:
            user.app.workspace.shown_run = run
            await user.press("2")
            await user.until(lambda: "epoch 3 of 5" in user.text or "of 5 epochs" in user.text)
            await at_rest(user)
            picture(user.app)


async def test_train_finished(picture):
    run = finished_run()
    async with opened(size=(120, 40)) as user:
        user.app.workspace.shown_run = run
        await user.press("2")
        await user.sees("test accuracy")
        await at_rest(user)
        picture(user.app)


async def test_runs(picture, size):
    finished_run()
    other = records.make_run("20260101-120000-lenet-5-0001", preset("lenet-5"))
    records.write(other, records.started(), *records.trained(1.5), records.failed())
    training = records.make_run("20260103-120000-fashion-dnn-0002", preset("fashion-dnn"))
    records.write(training, records.started(), *records.trained(2.4))
    with records.training(training):
        async with opened(size=SIZES[size]) as user:
            await user.press("5")
            await user.sees("finished", "failed", "running")
            await at_rest(user)
            picture(user.app)


async def test_train_classes(picture, size):
    run = records.make_run()
    records.write(run, records.started(), *records.trained(2.4))
    async with opened(size=SIZES[size]) as user:
        user.app.workspace.shown_run = run
        await user.press("2", "v", "v")
        await user.sees("Most confused")
        await at_rest(user)
        picture(user.app)


async def test_compare(picture, size):
    user_runs = (finished_run(), records.make_run("20260101-120000-lenet-5-0001", preset("lenet-5")))
    records.write(user_runs[1], records.started(), *records.trained(3.5), records.failed())
    async with opened(size=SIZES[size]) as user:
        user.app.workspace.marked = user_runs
        await user.press("5")
        await user.sees("finished")
        await user.press("c")
        await user.sees("best validation")
        await user.press("left")
        await at_rest(user)
        picture(user.app)


async def test_scatter(picture, size):
    finished_run()
    for number, name in enumerate(("lenet-5", "fashion-dnn", "small-mobile")):
        run = records.make_run(f"20260101-12000{number}-{name}-000{number}", preset(name))
        records.write(run, records.started(), *records.trained(3 + number), records.finished())
    async with opened(size=SIZES[size]) as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("v", "y")
        await user.sees("Pareto optimal")
        await at_rest(user)
        picture(user.app)


async def test_no_runs(picture):
    async with opened(size=(80, 24)) as user:
        await user.press("5")
        await user.sees("No runs yet")
        await at_rest(user)
        picture(user.app)


SURVEY = Survey(
    candidates=15,
    examined=5,
    sampled=False,
    fitting=4,
    excluded={"params <= 200k": 1},
    example="",
    seconds=31.0,
    memory=9e8,
    costs=tuple(CandidateCost(20_000 * 2**step, 900_000 * 3**step, step < 4) for step in range(5)),
)
OUTCOME = ImportanceOutcome(
    Importances(
        (
            Importance("recipe.learning_rate", 0.62, 0.55),
            Importance("conv2d.filters", 0.3, 0.41),
            Importance("max_pooling2d_1.present", 0.08, 0.37),
        ),
        "fANOVA",
        6,
    )
)


@pytest.fixture(autouse=True)
def known_importance(monkeypatch):
    """No process works it out."""
    monkeypatch.setattr(ImportanceView, "_work_out", lambda self, search: self._take(search, OUTCOME))


async def test_search(picture, size):
    search_records.finished_search(8)
    async with opened(size=SIZES[size]) as user:
        await user.press("6")
        await user.sees("8 trials", "▁▅▇██")
        await at_rest(user)
        picture(user.app)


@pytest.mark.parametrize("view", [1, 2, 3])
async def test_search_views(picture, size, view):
    search_records.finished_search(8, plan=search_records.several_seeds(0, 1))
    async with opened(size=SIZES[size]) as user:
        await user.press("6")
        await user.sees("8 trials")
        await user.press("down", *["v"] * (view + (size == "80x24")))
        await user.sees({1: "Accuracy against", 2: "in colour", 3: "Importance"}[view])
        await at_rest(user)
        picture(user.app)


async def test_no_searches(picture):
    async with opened(size=(80, 24)) as user:
        await user.press("6")
        await user.sees("No searches yet")
        await at_rest(user)
        picture(user.app)


async def test_new_search(picture, size, monkeypatch):
    monkeypatch.setattr(launch, "examine", lambda *_, **__: SURVEY)
    monkeypatch.setattr(new_search, "parallel", lambda *_: Parallel(2, 4))
    async with opened(size=SIZES[size]) as user:
        await user.press("asterisk", "enter", "2")
        await user.until(lambda: user.focused == "field-recipe")
        await user.press(*["down"] * 4, "f6", "enter", "escape", "6", "n")
        await user.sees("candidates: 15")
        await at_rest(user)
        picture(user.app)


async def test_vary(picture, size):
    async with opened(size=SIZES[size]) as user:
        await user.press("asterisk", "enter", "down", "down", "asterisk")
        await user.type("16..64 step 16")
        await user.sees("4 values")
        await at_rest(user)
        picture(user.app)


async def in_the_lab(user, link):
    await user.press("4")
    user.app.follow_link(link)
    await user.settle()
    await user.until(lambda: user.app.screen.query_one("LessonPanel").lesson is not None)
    await at_rest(user)


async def test_lab_convolution(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:convolution?place=7")
        picture(user.app)


async def test_lab_channels(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:convolution?image=colours&side=7&filters=2&place=7")
        picture(user.app)


async def test_lab_light(picture):
    async with opened(size=(120, 40)) as user:
        user.app.theme = "textual-light"
        await in_the_lab(user, "lab:convolution?image=white-left&padding=same&place=9")
        picture(user.app)


async def test_lab_settings(picture):
    async with opened(size=(80, 24)) as user:
        await in_the_lab(user, "lab:pooling?right=1&place=5")
        await user.press("enter")
        await at_rest(user)
        picture(user.app)


async def test_lab_clothes(picture):
    async with opened(size=(80, 24)) as user:
        await in_the_lab(user, "lab:convolution?image=fashion&index=4&kernel=sobel-x&place=300")
        await user.until(lambda: "103  108  122" in user.text)
        await at_rest(user)
        picture(user.app)


async def test_lab_street(picture):
    async with opened(size=(120, 40)) as user:
        await in_the_lab(user, "lab:convolution?image=street&kernel=long-vertical-line&kernel_size=7x7&place=260")
        picture(user.app)


async def test_lab_move(picture):
    async with opened(size=(120, 40)) as user:
        await in_the_lab(user, "lab:pooling?image=fashion&index=8&right=1&place=100")
        await user.until(lambda: "strides only" in user.text)
        await at_rest(user)
        picture(user.app)


async def test_lab_sizes(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:sizes")
        picture(user.app)


async def test_lab_weights(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:weights")
        picture(user.app)


async def test_lab_transposed(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:transposed?place=3&kernel=bilinear&padding=same")
        await user.sees("step 3 of 4")
        picture(user.app)


async def test_lab_softmax(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:softmax?logits=100,99,97&shifted=no")
        await user.sees("f subtracts it")
        picture(user.app)


@pytest.mark.parametrize("size", ["80x24", "120x40"])
async def test_lab_photo(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:photo?first=canny-thresholds")
        await user.sees("strong (white)")
        await at_rest(user)
        picture(user.app)


async def test_lab_pairs(picture):
    async with opened(size=(80, 24)) as user:
        await in_the_lab(user, "lab:pairs")
        picture(user.app)


async def test_lab_lesson(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lesson:filters")
        picture(user.app)


@pytest.mark.parametrize("screen", ["train", "runs"])
async def test_light(picture, screen):
    finished_run()
    keys, words = {"train": ("2", "Forecast"), "runs": ("5", "finished")}[screen]
    async with opened(size=(120, 40)) as user:
        user.app.theme = "textual-light"
        await user.press(keys)
        await user.sees(words)
        await at_rest(user)
        picture(user.app)


async def test_too_small(picture):
    async with opened(size=(40, 10)) as user:
        await at_rest(user)
        picture(user.app)


def test_a_picture_that_differs_says_how_to_look_at_it_and_how_to_accept_it():
    line = '<text class="terminal-r1" x="0" y="{y}" textLength="9" clip-path="url(#l)">{text}</text>'
    before = line.format(y=20, text="loss&#160;0.3") + line.format(y=44.4, text="same")
    after = line.format(y=20, text="loss&#160;0.2") + line.format(y=44.4, text="same")
    assert words(before) == ["loss 0.3", "same"]
    told = explain("tests/snapshots/train.svg", before, after, "/tmp/actual.svg")
    for part in ("-loss 0.3", "+loss 0.2", "tests/snapshots/train.svg", "/tmp/actual.svg", "pytest --snapshot-update"):
        assert part in told
    assert "same" not in told
    assert "colours or places differ" in explain("train.svg", before, before, "x")
    assert "no such picture yet" in explain("train.svg", None, after, "x")


VIEWS = {
    "maps": "m",
    "kernels": "k",
    "field": "f",
    "why": "w",
    "evaluation": "e",
    "moves": "v",
    "draw": "d",
    "history": "h",
}


@pytest.fixture
def inspected(monkeypatch):
    """A run to look into; in 80 columns its pictures are in colours, in more as a terminal without any has them."""
    monkeypatch.setattr(inspect, "Inspector", Answering)
    monkeypatch.setattr(drawing, "ink", lambda app: "blocks" if app.size.width == SIZES["80x24"][0] else ink(app))
    return answering.make_run()


@pytest.mark.parametrize("view", VIEWS)
async def test_inspect(picture, size, inspected, view):
    async with opened(size=SIZES[size]) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press(VIEWS[view])
        await at_rest(user)
        picture(user.app)


async def beside_another(user):
    """Look at a run, and at another one beside it."""
    answering.make_run("20260101-000000-other-0001")
    await user.press("3")
    await user.sees("Test image 0", "above zero")
    await user.press("c", "b")
    await user.sees("Select a run to compare with")
    await user.choose("other")
    await user.sees("only other is correct")


async def test_inspect_curve_beside_another(picture, size, inspected):
    """The prediction over the angle, of two runs."""
    async with opened(size=SIZES[size]) as user:
        await beside_another(user)
        await user.press("v", "t", "a", "a")
        await user.until(lambda: user.text.count("at 10°: Ankle boot") == 2)
        await at_rest(user)
        picture(user.app)


async def test_inspect_large_map(picture, size, inspected):
    async with opened(size=SIZES[size]) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press("right", "enter", "down", "right")
        await at_rest(user)
        picture(user.app)


async def test_inspect_beside_another(picture, size, inspected):
    async with opened(size=SIZES[size]) as user:
        await beside_another(user)
        await user.press("right")
        await user.until(lambda: "working" not in user.text and "Images" in user.footer and "✓" in user.text)
        await at_rest(user)
        picture(user.app)


@pytest.mark.parametrize("view", ["moves", "evaluation", "why"])
async def test_inspect_on_a_large_screen(picture, inspected, view):
    async with opened(size=(200, 60)) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press(VIEWS[view])
        await at_rest(user)
        picture(user.app)


async def test_inspect_through_time(picture, inspected):
    for step in (0, 20, 150, 600, 2000):
        keep(inspected, step)
    async with opened(size=(120, 40)) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press("h")
        await user.sees("step 2,000", "one scale for all steps")
        await at_rest(user)
        picture(user.app)


async def test_inspect_light_and_grey(picture, inspected):
    async with opened(size=(120, 40)) as user:
        user.app.theme = "textual-light"
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press("g", "k")
        await at_rest(user)
        picture(user.app)


async def test_nothing_to_inspect(picture):
    async with opened(size=(80, 24)) as user:
        await user.press("3")
        await user.sees("Nothing to inspect yet")
        await at_rest(user)
        picture(user.app)
