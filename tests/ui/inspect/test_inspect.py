"""The Inspect screen, with answers that are known beforehand; `test_inspect_real.py` has a real inspector behind it."""

import shutil

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tests.ui import records
from tests.ui.answering import KERNELS, SOBEL_X, Answering, hill, keep, make_run, pixels_of
from tests.ui.driving import opened
from tui_cnn.data.dataset import TestSet
from tui_cnn.data.files import CLASS_NAMES
from tui_cnn.data.rendering import enlarge
from tui_cnn.formats.presets import preset
from tui_cnn.insight.colours import Scale
from tui_cnn.runs.inspection.requests import Activate, GradCam, Open, Predict, Saliency, Transform
from tui_cnn.ui.inspect import screen as inspect
from tui_cnn.ui.inspect import weights
from tui_cnn.ui.toolkit.pictures import drawing
from tui_cnn.ui.toolkit.pictures.gallery import Gallery
from tui_cnn.ui.toolkit.pictures.matrix import Matrix
from tui_cnn.ui.toolkit.pictures.picture import Picture


@pytest.fixture
def answering(monkeypatch):
    found = []

    def make():
        found.append(Answering())
        return found[-1]

    monkeypatch.setattr(inspect, "Inspector", make)
    return found


@pytest.fixture
def run():
    return make_run()


@pytest.fixture
def in_colours(monkeypatch):
    """Draw as on a terminal that has them."""
    monkeypatch.setattr(drawing, "ink", lambda _app: "blocks")


async def to_inspect(user):
    await user.press("3")
    await user.sees("Test image 0 · ", "Prediction", "above zero")


VIEW_WORDS = (
    "norm nan",
    "value nan",
    "(nan)",
    "loss nan",
    "accuracy by shift",
    "Draw with the mouse",
    "Press b",
    "step 2",
)


def value_at(row, column):
    """The first map of what is told, of a wedge from 0: each row and column adds 4 of 255."""
    return max(0, (SOBEL_X * np.add.outer(range(row, row + 3), range(column, column + 3)) * 4 / 255).sum())


def last(answering, kind):
    return [request for request in answering[0].asked if isinstance(request, kind)][-1]


async def test_without_a_run_it_says_what_to_do_and_asks_nobody(answering):
    async with opened() as user:
        await user.press("3")
        await user.sees("Nothing to inspect yet.", "Press 2 to train")
        await user.offers()
        records.make_run()
        await user.press("5")
        await user.sees("interrupted")
        await user.press("i")
        await user.sees("has no weights yet")
        assert user.top.split()[0] == "fashion-cnn"
        assert answering[0].asked == []


async def test_what_there_is_to_inspect_is_told_of_runs_that_train_and_that_are_gone(answering):
    run = records.make_run("20260102-030405-lenet-5-abcd", preset("lenet-5"))
    with records.training(run):
        async with opened() as user:
            await user.press("3")
            await user.sees("Nothing to inspect yet. The weights are saved with the first checkpoint")
            assert "Press 2" not in user.text
            user.app.workspace.inspected_run = run
            await user.sees("has no weights yet")
            assert user.top.split()[0] == "lenet-5", "not what is on the Build screen"
            shutil.rmtree(run.path)
            await user.sees("was deleted", "Press i to inspect another run")


async def test_images_are_walked_through_and_the_prediction_says_whether_it_is_right(answering, run):
    async with opened() as user:
        await user.press("5")
        await user.sees(run.id)
        await user.press("i")
        await user.sees("Test image 0 · Ankle boot", "T-shirt/top", "0.775", "Prediction: wrong", "best weights")
        await user.press("n")
        await user.sees("Test image 1 · Pullover")
        await user.press("n")
        await user.sees("Test image 2 · Trouser")
        await user.press("p", "p", "p")
        await user.sees("Test image 9,999 · Sandal")


async def test_images_are_found_by_number_class_and_mistake(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("slash")
        await user.choose("4021")
        await user.sees("─ Image 4,021 · Pullover")
        await user.press("slash")
        await user.choose("sandal")
        await user.sees("Test image 8 · Sandal")
        await user.press("n")
        await user.sees("Test image 11 · Sandal")
        await user.press("slash")
        await user.choose("shirt predicted as bag")  # by what is told of the test set: every seventh, two classes on
        await user.sees("Test image 56")
        await user.press("n")
        await user.sees("Test image 126")


async def test_mistakes_can_be_chosen_before_they_are_known(answering, run):
    async with opened() as user:
        await to_inspect(user)
        answering[0].hold.clear()
        await user.press("slash")
        await user.choose("most confident")
        await user.told("once the test set has been evaluated")
        await user.sees("Test image 0 ")
        answering[0].hold.set()
        await user.sees("Test image 49 ")  # the first that is both wrong, as every seventh, and as sure as any


async def test_layers_and_maps_are_walked_by_arrows_and_one_is_made_large(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.sees("1 Conv2D · 26×26×4", "1 dead in 1,000 images", "map 0", "3 dead")
        await user.press_at_once("right", "right")
        await user.sees("map 2")
        await user.press("end")
        await user.sees("map 3  dead")
        await user.press("s", "home")
        await user.sees("strongest first", "map 2")  # the sum of nine pixels is larger than any edge of the wedge
        await user.press("enter", "right", "down", "down")
        await user.sees("row 15, column 14")  # from the middle
        assert f"{(np.add.outer(range(15, 18), range(14, 17)) * 4 / 255).sum():.2f}" in user.text
        await user.press("escape", "z")
        await user.sees("scale per map")
        await user.press("down", "down", "down")
        await user.sees("4 Dense · 10", "Trouser")
        await user.press("down", "left_square_bracket")
        await user.sees("3 Flatten · 676", "unit 2")
        await user.press("greater_than_sign")
        await user.sees("unit 3")


async def test_kernels_are_named_by_the_classical_filter_they_are_most_like(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("k")
        await user.sees("filter 0", "norm 3.464", "most similar: Sobel x inverted, cosine −1.00, chance 0.8", "−2.00")
        await user.sees("▐−Sobel x", "−Sobel y", "blur", "3  1.00")
        await user.press("right")
        await user.sees("most similar: Sobel y inverted, cosine −1.00")
        await user.press("right", "right")
        await user.sees("most similar: Sobel x, cosine 1.00", "scale per filter", "−1.00", "1.00")
        await user.press("z")
        await user.sees("scale per layer", "−2.00", "2.00")
        await user.press("space")
        await user.sees("3×3")
        await user.press("down")
        await user.sees("4 Dense · 10", "13×13 · sum over 4 inputs")
        await user.press("space")
        await user.sees("input 0 of 4")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60)])
async def test_the_chance_level_stands_beside_the_likeness_in_every_size(answering, run, size):
    async with opened(size=size) as user:
        await user.press("3")
        await user.sees("Prediction", "map 0")
        await user.press("k")
        await user.sees("Sobel x", "−1.00, chance 0.8")


async def test_the_field_of_a_cell_is_framed_and_told(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("f", "right", "right", "down")
        await user.sees("row 14, column 15", "rows 14 to 16", "columns 15 to 17", "3×3 pixels", "the same region")
        await user.sees("9.00 Ankle boot", f"value {value_at(14, 15):.3f}".replace("-", "−"))
        await user.press("right_square_bracket")
        await user.sees("2 MaxPooling2D", "row 7, column 7", "value "), "the same place of the image"
        await user.press("left_square_bracket")
        await user.sees("row 15, column 15")


async def test_why_asks_for_the_class_and_the_layer(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("w")
        await user.sees(
            "Why the prediction is T-shirt/top (0.775)", "Saliency", "Grad-CAM of 1 Conv2D", "0.750 to 0.295"
        )
        assert last(answering, Saliency).target is None
        await user.press("right", "right", "down")
        await user.sees("Why Trouser: probability 0.025", "Grad-CAM of 2 MaxPooling2D")
        assert last(answering, GradCam).target == 1
        await user.resize(80, 24)
        await user.sees("Grad-CAM of 2 MaxPooling2D")
        assert "Saliency" not in user.text
        await user.press("space")
        await user.sees("Occlusion")


async def test_the_layers_of_grad_cam_have_one_scale_or_one_each(answering, run, in_colours):
    """The heat of the first layer is 0.48 at most, that of the second 1."""
    async with opened(size=(140, 50)) as user:
        await to_inspect(user)
        await user.press("w")
        await user.sees("Grad-CAM by layer", "one scale for all layers", "max 0.48", "max 1.00")
        gallery, legend = user.app.screen.query_one("WhyView > Gallery"), user.app.screen.query_one("#layers-scale")
        shared = legend.scale
        assert (shared.low, shared.high) == (0, 1)
        image = pixels_of(0)
        first = enlarge(hill(26) / 2, (28, 28))
        assert (gallery.tiles.tile(0, 40).pixels == shared.lay(first, image)).all()
        await user.press("z")
        await user.sees("scale per layer")
        own = Scale(0, float(hill(26).max()) / 2, "sequential", shared.strength)
        assert np.abs(gallery.tiles.tile(0, 40).pixels.astype(int) - own.lay(first, image)).max() <= 1
        assert legend.scale is None


async def test_heat_that_can_be_below_zero_goes_around_it_and_all_else_up_from_it(answering, run, in_colours):
    async with opened(size=(140, 50)) as user:
        await to_inspect(user)
        await user.press("w")
        await user.sees("Grad-CAM by layer", "one scale")
        scales = [each.scale for each in user.app.screen.query("ExplanationColumn Legend")]
        assert [scale.palette for scale in scales] == ["sequential", "sequential", "diverging"]
        assert all(scale.strength < 1 for scale in scales), "the scale has the colours as they lie over the image"
        await user.press("f")
        await user.sees("gradient, absolute", "0.50")


async def test_a_map_of_a_layer_that_goes_below_zero_is_around_zero_whatever_is_in_it(
    answering, run, in_colours, monkeypatch
):
    monkeypatch.setattr(Answering, "below_zero", True)
    for step in (100, 2000):
        keep(run, step)
    async with opened(size=(140, 50)) as user:
        await user.press("3")
        await user.sees("map 0", "0.13 to 0.13")
        for view, legend in (("m", ".caption Legend"), ("f", "#map-scale Legend"), ("h", "#maps-caption Legend")):
            await user.press(view)
            shown = user.app.screen.current_view.query_one(legend)
            await user.until(lambda shown=shown: shown.scale is not None)
            assert shown.scale.palette == "diverging"


async def test_the_square_of_the_occlusion_is_chosen_and_told(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("w")
        await user.sees("grey 0 (background)", "6×6, step")
        await user.press("s", "t", "b", "b")
        await user.sees("8×8, step 3,", "grey 128")


async def test_the_evaluation_opens_the_images_of_a_cell(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("e")
        await user.sees("10,000 images · accuracy 0.8571", "precision", "most confident mistakes", "calibration error")
        await user.press("right", "right")
        await user.sees("143 T-shirt/top predicted as Pullover: 14.3%")
        await user.press("enter")
        await user.sees("Test image 0")
        await user.press("n")
        await user.sees("Test image 70 ·")
        await user.press("s")
        assert " 14 " in user.line("T-shirt/top  ")


async def test_where_one_table_has_room_at_a_time_a_key_turns_the_page(answering, run):
    async with opened(size=(80, 24)) as user:
        await to_inspect(user)
        await user.press("e")
        await user.sees("rows: true class", "Space: table 1 of 4", "space Tables")
        await user.press("space", "space")
        await user.sees("calibration error", "Space: table 3 of 4")
        await user.press("space", "enter")
        await user.sees("most confident mistakes", "Test image 49 ")  # the first of those as sure as any
        await user.resize(120, 40)
        await user.sees("rows: true class", "precision", "calibration error")
        assert "Tables" not in user.footer
        await user.press("enter")
        await user.sees("Test image 10 ·")  # here Enter is about the matrix: the first T-shirt that is recognised


async def test_a_large_screen_shows_the_settings_and_the_parameters_of_each_layer(answering, run):
    async with opened(size=(160, 55)) as user:
        await user.press("3")
        await user.sees("4 · 3×3 · relu", f"{(3 * 3 + 1) * 4} parameters", f"{(13 * 13 * 4 + 1) * 10:,} parameters")
        await user.click("10 · softmax")
        await user.sees("4 Dense · 10")


async def test_a_layer_is_chosen_by_a_click(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.sees("Feature extractor", "── classifier ──")
        await user.click("3 Flatten")
        await user.sees("3 Flatten · 676", "─ Classifier ─")
        await user.offers("Sort", "Lab", "Trace", "Next", "Find", "File", "Export")
        await user.click("── classifier")
        await user.sees("3 Flatten · 676")
        await user.click("1 Conv2D")
        await user.sees("1 Conv2D · 26×26×4")
        await user.offers("Zoom", "Sort", "Scale", "Lab", "Trace", "Next", "Find", "File", "Export")


async def test_a_moved_image_is_what_is_looked_at(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("v")
        await user.sees("here 0.90", "in place 0.90", "worst 0.20")
        await user.press("right", "right", "up")
        await user.sees("Test image 0, modified", "2 px right · 1 px up", "here 0.69")
        base = user.app.screen.scene.test.images[0]
        expected = np.zeros_like(base)
        expected[:-1, 2:] = base[1:, :-2]
        assert np.array_equal(last(answering, Activate).image.numpy(), expected)
        await user.press("a", "plus", "l", "asterisk")
        await user.sees("rotated 5°", "zoom 1.10", "flipped", "noise 20")
        await user.press("backspace")
        await user.sees("Original: arrows shift the image")
        assert "modified" not in user.line("Test image")


async def test_the_prediction_over_the_angle_the_scale_and_shifts(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("v", "t")
        await user.sees("probability over angle", "−180°", "180°", "━ Ankle boot", "at 0°: Ankle boot 0.77")
        await user.sees("Bag −180° to −95°  Ankle boot −90° to 90°  Bag 95° to 180°")
        asked = last(answering, Transform)
        assert [each.degrees for each in asked.transforms] == list(range(-180, 181, 5))
        await user.press(*["a"] * 20)
        await user.sees("rotated 100°", "at 100°: Bag 0.77  true class Ankle boot 0.03")
        shown, base = user.app.screen.scene.subject, user.app.screen.scene.test.images[0]
        expected = ndimage.rotate(base[..., 0].astype(float), 100, reshape=False, order=1)
        assert np.abs(shown.pixels[8:20, 8:20, 0] - expected[8:20, 8:20]).max() < 3, "the image at the cursor's angle"
        assert last(answering, Transform) is asked, "the same curve; nothing is asked again"
        await user.press("t")
        await user.sees("probability over scale", "0.5", "Bag 0.5 to 2")
        assert {each.degrees for each in last(answering, Transform).transforms} == {100}, "what else is done stays"
        factors = [each.factor for each in last(answering, Transform).transforms]
        assert (factors[0], factors[7], factors[-1]) == (0.5, 1, 2)
        await user.press("backspace", "t")
        await user.sees("probability over shift to the right", "Ankle boot −14 to +14")
        plot = user.app.screen.current_view.query_one("#own-curve CurvePlot")
        await user.pilot.click(plot, offset=(plot.size.width - 1, 3))
        await user.sees("14 px right", "at +14: Ankle boot 0.40")
        await user.press("t", "t")
        await user.sees("accuracy by shift", "worst 0.20")


async def test_what_is_drawn_is_predicted_with_each_stroke(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("d", "space")
        await user.sees("Your drawing", "row 14, column 14: drawing")
        await user.press("right", "right")
        drawn = last(answering, Activate).image.numpy()
        assert drawn[14, 14:17, 0].tolist() == [255, 255, 255]
        assert drawn[13, 14:17].min() > 0
        await user.press("space", "z", "left", "space")
        erased = last(answering, Activate).image.numpy()
        assert not erased[13:16, 14:17].any()
        await user.press("backspace")
        assert not last(answering, Activate).image.numpy().any()
        pad = user.app.screen.current_view.query_one(Picture)
        await user.pilot.mouse_down(pad, offset=(20, 10))
        await user.pilot.hover(pad, offset=(26, 10))
        await user.pilot.mouse_up(pad, offset=(26, 10))
        await user.settle()
        drawn = last(answering, Activate).image.numpy()
        assert drawn[10, 10, 0] == 255, "two cells a pixel"
        assert drawn[10, 10:14, 0].tolist() == [255] * 4, "and on to where the mouse was moved to, without a gap"
        await user.press("u")
        assert not user.app.screen.scene.subject.pixels.any(), "a stroke of the mouse is taken back as a whole"
        await user.press("u")
        assert np.array_equal(user.app.screen.scene.subject.pixels, erased), "and so is the clearing"
        await user.press("backspace", "b", "space")
        broad = last(answering, Activate).image.numpy()
        assert (broad > 0).sum() > 9, "the pen is broader"
        await user.press("n")
        await user.sees("Test image")
        await user.press("y")
        assert np.array_equal(last(answering, Activate).image.numpy(), user.app.screen.scene.test.images[1])


async def test_a_second_run_is_put_beside(answering, run):
    other = make_run("20260101-000000-other-0001")
    async with opened() as user:
        await to_inspect(user)
        await user.press("c")
        await user.sees("Press b to choose a run to compare with")
        await user.press("b")
        await user.sees("Select a run to compare with")
        await user.choose("other")
        await user.sees("told and other", "accuracy 0.8571 and 0.6666")
        await user.sees("952  only other is correct", "2,857  only told is correct")
        await user.press("down", "right")
        await user.sees("image ", "probability distance")
        await user.press("enter")
        await user.sees("Test image")
        await user.press("v")
        await user.sees("told: accuracy by shift", "other: accuracy by shift", "in other")
        assert last(answering, Predict).source.path == str(other.path)


async def test_runs_that_were_tested_on_other_images_are_not_compared(answering, run):
    make_run("20260101-000000-elsewhere-0001")
    async with opened() as user:
        await to_inspect(user)
        await user.press("c", "b")
        await user.sees("Select a run to compare with")
        await user.choose("elsewhere")
        await user.sees("The two runs were tested on different images. Press b to choose another run.")


async def test_history_is_a_film_strip_where_weights_are_kept(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("h")
        await user.sees("This run has no saved weights of earlier steps.")
        for step in (100, 2000):
            keep(run, step)
        run.best_file.write_bytes(b"new")
        await user.sees("step 100", "step 2,000", "norm 3.46", "mean ", "one scale for all steps")
        await user.press("z", "down")
        await user.sees("kernel 0 of 1 Conv2D", "scale per step")
        await user.press("down", "down")
        await user.sees("4 Dense · 10 · unit 0 during training", "value 0.77")


async def test_a_picture_file_is_fitted_and_looked_at(answering, run, here):
    picture = np.full((60, 40), 255, np.uint8)
    picture[20:40, 10:30] = 0
    Image.fromarray(picture).save(here / "mine.png")
    (here / "no.png").write_text("none")
    async with opened() as user:
        await to_inspect(user)
        await user.press("n", "n", "o")
        await user.sees("no.png")
        await user.press("tab", "tab")
        user.app.screen.dismiss(here / "no.png")
        await user.told("is not a readable image")
        await user.press("o")
        await user.sees("mine.png")
        user.app.screen.dismiss(here / "mine.png")
        await user.sees("60×40 → 28×28, inverted")
        await user.press("i")
        await user.until(lambda: "inverted" not in user.line("→ 28×28"))
        await user.press("i", "enter")
        await user.sees("mine.png", "Prediction")
        given = last(answering, Activate).image.numpy()
        assert given[14, 14] == 255
        assert given[0, 14] == 0
        await user.press("n")
        await user.sees("Test image 3 ·")


async def test_without_its_data_a_run_still_looks_at_picture_files(answering, run, here, monkeypatch):
    line = "/gone: directory not found; check the path"
    gone = TestSet("gone", np.zeros((0, 28, 28, 1), np.uint8), np.zeros(0, np.int32), CLASS_NAMES, missing=line)
    monkeypatch.setattr(weights, "load_test_of", lambda run: gone)
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(here / "mine.png")
    async with opened() as user:
        await user.press("5", "3")
        await user.sees("No image", "Prediction")
        for key in ("n", "slash"):
            user.app.clear_notifications()
            await user.press(key)
            await user.told(f"{line} · o opens an image file instead")
        await user.press("o")
        await user.sees("mine.png")
        user.app.screen.dismiss(here / "mine.png")
        await user.sees("28×28 → 28×28")
        await user.press("enter")
        await user.sees("─ mine.png", "Prediction")


@pytest.mark.parametrize("suffix", [".csv", ".npz", ".png", ".svg"])
async def test_what_is_shown_is_written(answering, run, here, suffix):
    async with opened() as user:
        await to_inspect(user)
        await user.press("k", "x")
        await user.sees("Export as .svg, .png, .csv, .npz")
        await user.type(f"out{suffix}")
        await user.press("enter")
        await user.told("Exported to")
    data = (here / f"out{suffix}").read_bytes()
    if suffix == ".csv":
        lines = data.decode().split("\n")
        assert lines[0].endswith("most like,cosine,chance level")
        assert ",Sobel x,-1.0,0.8" in lines[1]
    elif suffix == ".npz":
        assert np.array_equal(np.load(here / "out.npz")["conv2d"], KERNELS)
    else:
        assert data.startswith(b"\x89PNG" if suffix == ".png" else b"<svg")
    if suffix == ".svg":
        svg = data.decode()
        assert all(part in svg for part in ("1 Conv2D · 26×26×4 (conv2d)", "scale per filter", run.id, "best weights"))
        assert all(part in svg for part in (">row ↓<", ">column →<", ">−2.00<", ">2.00<"))


async def test_maps_are_written_in_full(answering, run, here):
    """Float32, as the network computes; the values of float16 have three digits."""
    async with opened() as user:
        await to_inspect(user)
        await user.press("x")
        await user.sees("Export as .svg, .png, .csv, .npz")
        await user.type("out.npz")
        await user.press("enter")
        await user.told("Exported to")
    maps = np.load(here / "out.npz")["conv2d"]
    assert maps[0, 0, 2] == pytest.approx(np.add.outer(range(3), range(3)).sum() * 4 / 255, rel=1e-6)


@pytest.mark.filterwarnings("error::RuntimeWarning")
async def test_a_network_that_diverged_is_shown_for_what_it_is(answering, run):
    for step in (1, 2):
        keep(run, step)
    async with opened() as user:
        await to_inspect(user)
        answering[0].diverged = True
        run.best_file.write_bytes(b"new")
        await user.sees("No prediction", "The output is not a number", "nan to nan")
        for size in ((120, 40), (80, 24)):
            await user.resize(*size)
            for view, word in zip("kfwevdch", VIEW_WORDS, strict=True):
                await user.press(view)
                await user.sees(word)
                await user.until(lambda: "working …" not in user.text)
        await user.press("m", "down", "down", "down")
        await user.sees("4 Dense · 10", "nan")


async def test_what_cannot_be_answered_is_told_and_asked_again(answering, run):
    async with opened() as user:
        await to_inspect(user)
        answering[0].refuse = "the inspector ended (SIGKILL)"
        await user.press("n")
        await user.sees("SIGKILL", "(r to retry)")
        answering[0].refuse = ""
        await user.press("r")
        await user.sees("0.775")
        answering[0].refuse = "holds the weights of another network"
        run.best_file.write_bytes(b"changed")
        await user.sees("another network", "r retry · i inspect another run")
        answering[0].refuse = ""
        await user.press("r")
        await user.sees("Test image 1 · ", "0.775")
        assert len([request for request in answering[0].asked if isinstance(request, Open)]) == 3


async def test_the_screen_does_not_wait_and_the_newest_request_wins(answering, run):
    async with opened() as user:
        await to_inspect(user)
        answering[0].hold.clear()
        await user.press("n", "n", "n", "right", "k", "m")
        await user.sees("Test image 3 · Trouser", "map 1")
        assert "✓" not in user.text, "what is shown is still that of the image before"
        answering[0].hold.set()
        await user.sees("Dress       █", "✓ Trouser")


async def test_a_run_that_trains_is_followed_at_its_last_checkpoint(answering):
    run = records.make_run()
    records.write(run, records.started(), *records.trained(1.5))
    run.checkpoint_file.write_bytes(b"1")
    run.best_file.write_bytes(b"1")
    with records.training(run):
        async with opened() as user:
            user.app.workspace.shown_run = run
            await user.press("2")
            await user.sees("of 5 epochs")
            await user.press("i")
            await user.sees("last weights", "Test image 0")
            assert last(answering, Open).source.which == "last"
            await user.press("n", "down")
            asked = len(answering[0].asked)
            run.checkpoint_file.write_bytes(b"22")
            await user.until(lambda: any(isinstance(each, Open) for each in answering[0].asked[asked:]))
            await user.sees("Test image 1", "2 MaxPooling2D")


async def test_the_inspector_ends_with_the_app(answering, run):
    async with opened() as user:
        await to_inspect(user)
    assert answering[0].closed


async def test_the_palette_and_the_tabs_reach_every_view(answering, run):
    async with opened(size=(120, 60)) as user:
        await to_inspect(user)
        await user.click("Kernels")
        await user.sees("filter 0")
        await user.press("tab")
        await user.sees("computed")
        await user.press("shift+tab", "shift+tab", "ctrl+p")
        await user.until(lambda: type(user.app.screen).__name__ == "Palette" and user.app.focused is not None)
        await user.press_at_once(*"enlarge the selected")
        await user.sees("with a cell cursor")
        await user.press("enter")
        await user.sees("row 13, column 13")


async def test_a_click_on_a_map_selects_it_and_a_second_one_makes_it_large(answering, run):
    async with opened() as user:
        await to_inspect(user)
        gallery = user.app.screen.current_view.query_one(Gallery)
        grid = gallery.grid
        await user.pilot.hover(gallery, offset=(grid.width + 5, 2))
        await user.settle()
        assert "above zero" in str(gallery.tooltip)
        for _click in range(2):
            await user.pilot.click(gallery, offset=(grid.width + 5, 2))
            await user.settle()
        await user.sees("map 1", "row 13, column 13")
        picture = user.app.screen.current_view.query_one(Picture)
        await user.pilot.click(picture, offset=(0, 0))
        await user.sees("row 0, column 0")


async def test_a_click_in_the_confusion_matrix_opens_the_images_of_the_cell(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.press("e")
        await user.sees("10,000 images", "rows: true class")
        matrix = user.app.screen.current_view.query_one(Matrix)
        laid = matrix.layout_of_cells
        await user.pilot.click(matrix, offset=(laid.names + 2 * laid.cell + 1, laid.top + laid.lines * 6))
        await user.sees("0 Shirt predicted as Pullover")
        await user.pilot.click(matrix, offset=(laid.names + 8 * laid.cell + 1, laid.top + laid.lines * 6))
        await user.sees("Shirt predicted as Bag", "Test image 56")


async def test_a_click_on_a_class_asks_why(answering, run):
    async with opened() as user:
        await to_inspect(user)
        await user.click("Pullover")
        await user.sees("Why Pullover: probability 0.025")
        assert last(answering, Saliency).target == 2


@pytest.mark.parametrize(("view", "picture"), [("w", "ExplanationColumn Picture"), ("f", "#image")])
async def test_a_click_on_the_image_changes_neither_the_layer_nor_the_image(answering, run, view, picture):
    async with opened() as user:
        await to_inspect(user)
        await user.press(view)
        await user.sees("Grad-CAM by layer" if view == "w" else "strongest activations")
        for offset in ((9, 3), (12, 1)):
            await user.pilot.click(user.app.screen.current_view.query(picture).first(), offset=offset)
            await user.settle()
        assert (user.app.screen.scene.layer, user.app.screen.scene.subject.number) == (0, 0)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_without_classes_maps_and_kernels_are_shown_and_nothing_is_predicted(answering, run, monkeypatch, size):
    monkeypatch.setattr(Answering, "predicts", False)
    for step in (200, 400):
        keep(run, step)
    said = "not a list of classes"
    async with opened(size=size) as user:
        await user.press("3")
        await user.sees("Test image 0 · Ankle boot", "Prediction", "above zero", "list of")
        for view, words in (
            *(("w", said), ("e", said), ("v", said), ("c", said)),
            *(("k", "norm"), ("f", "computed"), ("h", "step 400"), ("m", "dead")),
        ):
            await user.press(view)
            await user.sees(words)
            await user.press("enter", "right", "down", "space", "left", "up", "enter")
            assert user.app.is_running
        await user.press("slash")
        await user.sees("all images")
        assert "mistakes" not in user.text
    asked = {type(request).__name__ for request in answering[0].asked}
    assert not asked & {"Predict", "Transform", "Saliency", "GradCam", "Occlude", "Shift"}
