"""The Lab: stepping, typing, settings, the calculators, and the lessons, by keys."""

import re

import numpy as np
import pytest
from PIL import Image

from tests.ui.driving import opened
from tui_cnn.lab.lessons import lessons
from tui_cnn.lab.settings import SizesSettings
from tui_cnn.runs import launch
from tui_cnn.ui.lab.stage import NumberView

COUNT = len(lessons("en"))


pytestmark = pytest.mark.usefixtures("coloured")


def numbers(user, title):
    """The rows of numbers under a title of the screen, as far as they are filled in, in its columns."""
    lines = user.text.split("\n")
    y = next(y for y, line in enumerate(lines) if title in line)
    left = lines[y].index(title)
    right = next((left + found.start() for found in re.finditer(r" {2}\S", lines[y][left:])), None)
    rows = []
    for line in lines[y + 1 :]:
        words = re.sub(r"[\[\]┌┐└┘·│]", " ", line[left:right]).replace("−", "-").split()
        if not all(re.fullmatch(r"-?[\d.]+", word) for word in words):
            break
        if words:
            rows.append([float(word) for word in words])
    return rows


async def lab(user, link=""):
    await user.press("4")
    if link:
        user.app.follow_link(link)
    await user.settle()
    await user.until(lambda: user.app.screen.query("LessonPanel").first().lesson is not None)


async def test_the_example_of_the_notes():
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.sees(
            "step 1 of 16: row 1, column 1", "3·1 + 0·0 + 1·(−1) + 1·1 + 5·0 + 8·(−1) + 2·1 + 7·0 + 2·(−1) = −5"
        )
        await user.sees("floor((6 + 2·0 - 3) / 1) + 1 = 4", "(3·3·1 + 1)·1 = 10")
        assert numbers(user, "Output") == [[-5]]
        assert re.search(r"┌ *3 +0 +1 +┐ *2 +7 +4", user.text)
        await user.press("right", "right", "right")
        assert numbers(user, "Output") == [[-5, -4, 0, 8]]
        await user.press("left", "down")
        await user.sees("step 7 of 16: row 2, column 3")
        assert numbers(user, "Output") == [[-5, -4, 0, 8], [-10, -2, 2]]
        await user.press("end")
        assert numbers(user, "Output") == [[-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]]
        await user.press("right", "home", "left", "up")
        await user.sees("step 1 of 16")
        await user.press("g", *"3,2", "enter")
        await user.sees("row 3, column 2", "= −2")
        await user.press("g", *"99", "enter")
        await user.sees("row 4, column 1")


async def test_an_output_cell_is_clicked():
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.press("end")
        await user.click("−16")
        await user.sees("step 16 of 16")
        await user.click("−10")
        await user.sees("step 5 of 16")


async def click_cell(user, role, row, column):
    """Click a number of the image, of the kernel or of the output."""
    view = next(view for view in user.app.screen.bench.query(NumberView) if view.part.role == role)
    laid = view.layout_of_cells
    await user.pilot.click(view, offset=(column * laid.cell + laid.cell // 2, row * laid.lines))
    await user.settle()
    return view


async def test_the_window_goes_to_a_pixel_and_a_weight_is_edited_where_it_is_clicked():
    async with opened(size=(120, 40)) as user:
        await lab(user)
        view = await click_cell(user, "image", 3, 4)
        await user.sees("step 12 of 16: row 3, column 4")
        assert view.describe((3, 4)) == "row 4, column 5: 7"
        await click_cell(user, "kernel", 0, 2)
        await user.press("2", "escape")
        assert user.app.screen.bench.convolution.kernels[0, :, 0, 0].tolist() == [1, 0, 2]
        await user.press("i")
        await click_cell(user, "image", 5, 0)
        await user.press("8", "escape")
        assert user.app.screen.bench.convolution.image[5, 0, 0] == 8
        await user.sees("step 12 of 16")


async def test_it_runs_by_itself_and_stops():
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.press("plus", "plus", "plus", "plus", "space")
        await user.sees("32 steps per second")
        await user.sees("step 16 of 16")
        await user.until(lambda: "steps per second" not in user.text)
        await user.press("minus", "minus", "minus", "minus", "minus", "space")
        await user.sees("1 steps per second", "step 1 of 16")
        await user.press("right")
        await user.sees("step 2 of 16")
        assert "steps per second" not in user.text


async def test_colours_and_two_filters():
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:convolution?image=colours&side=7&filters=2&place=2")
        await user.sees("red 7×7", "green 7×7", "blue 7×7", "Map 1 of 5×5×2", "Map 2 of 5×5×2", "(3·3·3 + 1)·2 = 56")
        await user.sees("sum", " + bias 0 = ")
        red = user.line("red  ").partition("= ")[2]
        await user.press("f")
        await user.sees("2 of 2")
        assert user.line("red  ").partition("= ")[2] != red
        await user.press("enter")
        for _ in range(5):
            await user.press("down")
        assert user.focused == "field-filters"
        await user.type("10")
        await user.press("escape")
        await user.sees("of 5×5×10", "(3·3·3 + 1)·10 = 280")


async def test_settings_count_at_once():
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.press("enter")
        assert user.focused == "field-image"
        await user.press("right")
        await user.press(*["down"] * 6)
        assert user.focused == "field-padding"
        await user.press("right")
        await user.sees("Image 6×6, padded 8×8", "Output 6×6")
        await user.press(*["down"] * 5, "right")
        await user.press("escape", "end")
        assert min(min(row) for row in numbers(user, "Output")) == 0  # ReLU, or −20 at the left
        assert "max(0, 0) = 0" in user.text


async def test_what_does_not_fit_is_said():
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:convolution?side=3&image=white-left&kernel=long-vertical-line")
        await user.sees("✗ a window of 7 does not fit into 3 pixels with 0 zeros on each side")
        await user.press("right", "end", "space", "g", "1", "enter", "up")
        await user.press("enter", "down")
        await user.type("9")
        await user.press("escape")
        await user.sees("Output 3×3")


async def test_numbers_are_typed_into_image_and_kernel():
    async with opened(size=(120, 40)) as user:
        await lab(user)
        await user.press("i", "8")
        await user.sees("8·1 + 0·0 + 1·(−1)", "own 6×6")
        await user.press("right", "minus", "2", "backspace", "backspace", "5", "escape")
        await user.sees("8·1 + 5·0")
        await user.press("i", "right", "down", "down")
        await user.sees("row 3, column 2: 7", "Arrows move")
        await user.press("escape")
        await user.press("1")
        assert user.app.current_mode == "build"
        await user.press("4", "k", "2", "down", "delete", "enter")
        await user.sees("8·2 + 5·0 + 1·(−1)", "+ 1·0 + 5·0 + 8·(−1)", "own 3×3", "best cosine 0.87, chance 0.87")
        assert user.app.screen.bench.form.value.kernel == "own"
        await user.press("right")
        await user.sees("step 2 of 16")


@pytest.mark.parametrize(("key", "labels"), [("i", ("Done", "Back", "Zero")), ("g", ("Done", "Back"))])
async def test_the_footer_offers_no_key_of_the_lab_while_numbers_are_typed(key, labels):
    async with opened(size=(120, 40)) as user:
        await lab(user)
        before = user.footer
        assert "Step" in before
        await user.press(key)
        await user.offers(*labels)
        await user.press("l", "q", "home", "escape")
        assert user.app.current_mode == "lab"
        await user.until(lambda: user.footer == before)


async def test_a_picture_of_clothes():
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:convolution?image=fashion&index=0&kernel=identity&place=300")
        await user.sees("fashion 0 28×28", "Output 26×26", "Window", "▀")
        await user.until(lambda: any(value > 100 for value in numbers(user, "Window")[0]))
        middle = numbers(user, "Window")[1][1]
        assert f"= {middle:.0f}" in user.text


async def test_a_picture_file(here):
    """Of red, green and blue; each has its window and its kernel, and all are one picture."""
    picture = np.zeros((22, 22, 3), np.uint8)
    picture[:, 11:] = (200, 100, 50)
    Image.fromarray(picture).save(here / "mine.png")
    (here / "no.png").write_text("none")
    async with opened(size=(120, 40)) as user:
        await lab(user, "lab:convolution?image=file&kernel=vertical-edge")
        await user.sees("no image yet: press o")
        for name in ("no.png", "mine.png"):
            await user.press("o")
            await user.sees(name)
            user.app.screen.dismiss(here / name)
            await user.settle()
        await user.told("no.png: is not a readable image")
        await user.sees("file 22×22×3", "mine.png", "Output 20×20", "(3·3·3 + 1)·1 = 28")
        await user.press("g", *"1,10", "enter")
        await user.sees("−600", "−300", "−150", "−600 + (−300) + (−150)")
        assert numbers(user, "green")[0] == [0, 0, 100]
        await user.press("p", "enter", *["right"] * 9, "escape")
        await user.sees("red 22×22", "Pooled 11×11")
        await user.press("c", "i", "5", "escape")
        await user.sees("own 22×22×3")
        assert user.app.screen.bench.convolution.image[0, 0].tolist() == [5, 0, 0]


async def test_the_form_shows_the_size_of_the_kernel_and_says_what_it_cannot_be():
    async with opened(size=(120, 40)) as user:
        await lab(user, "lab:convolution?image=street&kernel=long-vertical-line")
        bench = user.app.screen.bench
        assert bench.form.query_one("#field-kernel_size").value == "7×7"
        await user.press("enter")
        bench.form.query_one("#field-kernel_size").focus()
        await user.press("home", "delete", "5")
        await user.sees("✗ long-vertical-line is 7×7; choose random or own for 5×7")
        bench.form.query_one("#field-kernel").value = "sobel-x"
        await user.sees("Kernel 3×3")
        assert bench.form.query_one("#field-kernel_size").value == "3×3"
        bench.form.query_one("#field-kernel").value = "random"
        bench.form.query_one("#field-kernel_size").value = "5x5"
        await user.sees("Kernel random 5×5")


async def test_channels_that_make_no_whole_groups_are_refused():
    async with opened(size=(120, 40)) as user:
        await lab(user, "lab:pooling?image=colours&side=7&kind=depth-max&depth=2")
        await user.sees("✗ 3 channels cannot be pooled in groups of 2")


async def test_pooling_and_a_move():
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:pooling?image=numbers")
        await user.sees("maximum of 3, 0, 1, 5 = 5", "9 of 36 values (25%)")
        await user.sees("values changed by: pooling 0%; strides only 0%")
        await user.press("end")
        assert numbers(user, "Pooled") == [[5, 9, 7], [7, 5, 8], [4, 6, 9]]
        assert numbers(user, "Strides only") == [[3, 1, 7], [2, 2, 1], [4, 1, 2]]
        await user.press("shift+right")
        await user.sees("values changed by: pooling 34%; strides only 113%")
        await user.press("shift+left", "home", "enter", "down", "down", "down", "right", "escape")
        await user.sees("average of 3, 0, 1, 5 = 2.25")


async def test_the_worked_example_of_pooling_is_one_key_away():
    """29, 15, 0 and 100 give 100, and on average 36."""
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:pooling")
        await user.press("n")
        await user.sees("maximum of 29, 15, 0, 100 = 100")
        assert (numbers(user, "Image"), numbers(user, "Pooled")) == ([[29, 15], [0, 100]], [[100]])
        await user.press("n")
        await user.sees("average of 29, 15, 0, 100 = 36")
        assert numbers(user, "Pooled") == [[36]]
        await user.press("n")
        await user.sees("maximum of 3, 0, 1, 5 = 5", "step 1 of 9")


async def test_numbers_are_typed_into_what_is_pooled():
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:pooling?image=four-numbers&kind=average&right=1")
        assert numbers(user, "Image") == [[0, 29], [0, 0]]
        await user.press("i")
        await user.sees("average of 29, 15, 0, 100 = 36", "row 1, column 1: 29   Arrows move, digits − . Del edit")
        await user.press("9", "right", "-", "3", "down", "left", "2", "backspace", "2", "escape")
        await user.sees("average of 9, −3, 2, 100 = 27")
        assert numbers(user, "Image") == [[9, -3], [2, 100]]
        assert user.app.screen.bench.settings.image == "own"
        await user.press("i", "right", "down", "delete", "enter")
        await user.sees("average of 9, −3, 2, 0 = 2")
        await user.press("k")
        assert not user.app.screen.bench.typing, "there is no kernel"
        await user.press("i")
        await user.click("−3")
        await user.sees("row 1, column 2: −3")


async def test_the_chain_of_sizes():
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.press("s")
        await user.sees("39×39×1 → 37×37×1 → 17×17×1 → 7×7×1", "floor((39 + 2·0 − 3) / 1) + 1")
        await user.press("5")
        await user.sees("39×39×1 → 35×35×1 → 16×16×1 → 6×6×1")
        assert user.app.current_mode == "lab"
        await user.press("minus", "minus", "right", "plus")
        await user.sees("39×39×1 → 39×39×1 → 18×18×1 → 7×7×1", "does not cover all rows")
        await user.press("down", "a", "d", "up", "up", "up", "7")
        await user.sees("7×7×1 → 7×7×1 → 2×2×1 → ✗", "a window of 5 does not fit into 2 pixels")
        await user.press("backspace", *"39")
        await user.sees("39×39×1 → 39×39×1 → 18×18×1 → 7×7×1")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)])
async def test_the_chain_of_a_network(size):
    """LeNet-5, by keys: 32×32, 6 filters of 5×5, pooling, 16 of 5×5, pooling: 400 numbers; then same and dilation."""
    async with opened(size=size) as user:
        await lab(user, "lab:sizes?n=32&windows=5,5")
        await user.press(*["right"] * 4, "6", "down", *"16", "up", "a", "t", "left", "left", "2", "left", "left", "2")
        await user.press("down", "a", "t", "2", "right", "right", "2")
        assert user.app.screen.bench.settings == SizesSettings(n=32, windows="5c6,pool2s2,5c16,pool2s2")
        await user.sees("32×32×1 → 28×28×6 → 14×14×6 → 10×10×16 → 5×5×16")
        await user.press("up", "left", "minus", "left")
        await user.sees("14×14×16", "2 zeros before the first pixel, 2 after the last", "ceil(")
        await user.press("equals_sign", "right", "right", "right", "2")
        await user.sees("with dilation 2 reaches over 2·(5 − 1) + 1 = 9 pixels", "6×6×16")
        await user.press("left", "2")
        await user.sees("Window 3: Keras has no stride together with dilation.")
        await user.press(*["up"] * 4, "right", "right", "3")
        await user.sees("32×32×3")
        await user.click("pool")
        assert user.app.screen.bench.settings.windows.startswith("5c6,2s2c6,")


async def test_the_parameters_of_kinds_of_layers():
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.press("w")
        await user.sees("34,944", "105,705,600", "(11·11·3 + 1)·55·55·96", "2 of 3×3", "3 of 3×3")
        await user.press("n")
        await user.sees("12,288,000", "64×64×3 → 1,000")
        await user.press("n")
        await user.sees("3,000,000,000")
        await user.press("enter", "down", "down", "down")
        await user.type("2000")
        await user.press("escape")
        assert user.app.screen.bench.form.value is None
        await user.press("enter")
        assert user.focused == "field-height"
        await user.press("down", "down", "down")
        await user.type("99")
        await user.sees("custom", "(99·99·3 + 1)·10")


async def test_pairs_go_to_build_and_to_train():
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.press("v")
        await user.sees("Dense vs. convolutional", "fashion-cnn-strides", "113,898", "101,770")
        await user.press("enter")
        await user.until(lambda: user.app.current_mode == "build")
        assert user.network.name == "fashion-dnn"
        await user.press("4")
        await user.click("fashion-classical")
        assert user.app.screen.bench.name_selected == "fashion-classical"
        await user.sees("kernels: what has been learned?")
        await user.press("up", "t")
        await user.until(lambda: user.app.current_mode == "train")
        await user.sees("Train fashion-cnn-strides")


async def test_both_of_a_pair_are_trained(monkeypatch):
    started = []
    monkeypatch.setattr(launch, "start", lambda network, recipe: started.append((network.name, recipe.epochs)))
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.press("v", *["down"] * 5, "T")
        await user.sees("Train fashion-classical and fashion-learned", "5 epochs each")
        await user.press("escape")
        assert started == []
        await user.press("T", "t")
        await user.until(lambda: user.app.current_mode == "runs")
        assert started == [("fashion-classical", 5), ("fashion-learned", 5)]


async def test_both_cannot_be_trained_without_data(tmp_path):
    async with opened(size=(80, 24), data=str(tmp_path / "none")) as user:
        await lab(user)
        await user.press("v", "T", "t")
        await user.told("none")
        assert user.app.current_mode == "lab"


async def test_a_lesson_is_read_and_tried():
    async with opened(size=(80, 24)) as user:
        await lab(user)
        await user.press("l")
        await user.sees("What a CNN is, why not dense", f"1/{COUNT}", "Try it")
        assert "Convolution" not in user.text.split("\n")[1]
        await user.press("greater_than_sign", "greater_than_sign")
        await user.sees("Filters and edges", f"3/{COUNT}")
        await user.press("less_than_sign")
        await user.sees("Images, channels and tensors")
        assert user.app.workspace.state.lessons_read == ()
        await user.press("pagedown", "pagedown", "pagedown", "pagedown")
        await user.until(lambda: user.app.workspace.state.lessons_read == ("images",))
        await user.press("L")
        await user.sees("✓ read", "Padding")
        await user.choose("filters and edges")
        await user.sees(f"3/{COUNT}")
        await user.press("down", "enter")
        await user.sees("white-left 6×6", "is the sum at row 1, column 2 positive")
        await user.press("enter", "escape", "escape", "end")
        await user.sees("white-left 6×6", "step 16 of 16")
        assert numbers(user, "Output") == [[0, 30, 30, 0]] * 4
        await user.press("l", "escape", "right")
        await user.sees("step 16 of 16")


async def test_the_question_mark_leads_to_the_lesson():
    async with opened(size=(80, 24)) as user:
        await user.press("down", "question_mark")
        await user.sees("Lessons", "Pooling", "Stride and output size", "Parameters: sparse and shared")
        await user.press("l")
        await user.sees("Pooling", f"9/{COUNT}")
        await user.press("1", "question_mark", "3")
        await user.sees("The receptive field", f"11/{COUNT}")
        await user.press("escape", "s", "question_mark", "7", "l")
        await user.sees(f"6/{COUNT}")
        await user.press("escape", "c", "enter", *["down"] * 6, "f1")
        await user.sees("Padding", "Convolution, cross-correlation")
        await user.press("escape", "escape", "3", "f1")
        await user.sees("Channels and several filters")


async def test_a_link_that_leads_nowhere_is_told():
    async with opened(size=(80, 24)) as user:
        user.app.follow_link("lab:convolution?kernel=sobelx")
        await user.told("did you mean “sobel-x”?")
        assert user.app.current_mode == "build"


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (99, 31), (100, 32), (200, 60)])
async def test_the_lab_at_any_size(size):
    async with opened(size=size) as user:
        await lab(user)
        await user.sees("Image", "Kernel", "Output", "= −5", "→ Step")
        assert all(len(line) <= size[0] for line in user.text.split("\n"))
        beside = lessons()[0].title in user.text
        assert beside == (size[0] >= 100)
        await user.press("l")
        await user.sees(lessons()[0].title, "Try it")
        await user.press("escape")
        user.app.follow_link("lab:convolution?image=white-left")
        await user.until(lambda: user.app.screen.bench.settings.image == "white-left")


async def test_a_bench_as_a_program():
    """It is read in three libraries, and copied; what is copied gives the numbers of the bench."""
    async with opened(size=(120, 40)) as user:
        await lab(user)
        await user.press("x")
        await user.sees("import numpy as np", "[3, 0, 1, 2, 7, 4]", "NumPy   TensorFlow   Keras")
        await user.press("right")
        await user.sees("tf.nn.conv2d")
        await user.press("right", "left", "left", "y")
        await user.told("Copied")
        names = {}
        exec(user.app.clipboard.replace("print(", "shown = ("), names)
        assert names["output"][0, :, 0].tolist() == [-5, -4, 0, 8]
        await user.press("escape", "p", "x", "left")
        await user.sees("keras.layers.MaxPooling2D((2, 2)")
        await user.press("escape", "s", "x")
        await user.sees("Python   TensorFlow   Keras", "from math import ceil, floor", "(5, 0, 2, 1, 1)")
        await user.press("escape", "w", "x", "left")
        await user.sees("keras.layers.Conv2D(filters, f, strides=s)", "f, s, p, filters = 11, 4, 0, 96")
        await user.press("escape")
        user.app.follow_link("lab:convolution?kernel=random&kernel_size=7x7")
        await user.press("x")
        await user.told("does not fit into 6 pixels")
