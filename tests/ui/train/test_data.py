"""The Data page of the Train screen: what the data is like, what the network gets of it, and other data."""

import gc
from weakref import WeakSet

import pytest

from tests.data.cifar_files import write_binary_10
from tests.data.image_sets import colours, save_pets
from tests.ui.driving import opened
from tui_cnn.data import examination
from tui_cnn.ui.train import data_reader
from tui_cnn.ui.train.data_page import DataPage
from tui_cnn.ui.train.setup import Setup


@pytest.fixture
def folder(tmp_path):
    return save_pets(tmp_path)


def recipe(user):
    return user.app.screen.query_one(Setup).form.recipe


async def test_the_data_is_shown_from_the_form_and_left_again(folder):
    async with opened(data=str(folder)) as user:
        await user.press("2", "ctrl+d")
        await user.sees("pets", "2 classes", "all classes", "cats", "dogs", "train", "15", "40×48")
        await user.sees("⚠ 1 across splits", "unreadable", "Images · all classes")
        await user.offers("Open data", "View", "Fit", "Adapt network", "Settings")
        await user.press("escape")
        await user.sees("Train fashion-cnn")
        assert user.focused == "field-recipe"
        await user.press("escape", "d")
        await user.sees("Images · all classes")


async def test_classes_and_views(folder):
    async with opened(data=str(folder)) as user:
        await user.press("2", "ctrl+d")
        await user.sees("Images · all classes")
        await user.press("down", "down")
        await user.sees("Images · dogs")
        await user.press("down", "down", "up")
        await user.sees("Images · cats")
        await user.press("v")
        await user.sees("Network input 28×28×1 · pad · cats", "cats 40×48")
        await user.press("v")
        await user.sees("Augmented · none; set augmentation")
        await user.press("v")
        await user.sees("Near-duplicates · 1 pair, 1 across splits", "train · test")
        await user.press("v")
        await user.sees("Unused files · 1", "train/cats/broken.jpg: is not a readable image")
        await user.press("v")
        await user.sees("Images · cats")


async def test_no_images_are_kept_while_another_screen_is_shown(folder, monkeypatch):
    examined = WeakSet()

    def examine(path):
        examined.add(found := examination.examine(path))
        return found

    def held():
        gc.collect()
        return len(examined)

    monkeypatch.setattr(data_reader, "examine", examine)
    async with opened(data=str(folder)) as user:
        await user.press("2", "ctrl+d")
        await user.sees("Images · all classes")
        await user.press("down", "v")
        await user.sees("Network input 28×28×1 · pad · cats")
        assert held() == 1
        await user.press("ctrl+p")  # a dialog over it
        assert held() == 1
        await user.press("escape", "3")
        assert held() == 0
        await user.press("2")
        await user.sees("Network input 28×28×1 · pad · cats", "2 classes")
        await user.press("escape", "ctrl+d")
        await user.sees("Images · all classes")


async def test_an_image_that_is_written_over_is_read_again(folder):
    async with opened(data=str(folder)) as user:
        await user.press("2", "ctrl+d")
        await user.sees("Images · all classes", "40×48")
        await user.press("escape")
        (folder / "train" / "cats" / "2.png").write_bytes(b"rubbish now")
        await user.press("ctrl+d")
        await user.sees("⚠ 2")  # unreadable


async def test_the_fit_is_that_of_the_recipe(folder):
    async with opened(data=str(folder)) as user:
        await user.press("2", "ctrl+d")
        await user.sees("Images · all classes")
        await user.press("f")
        await user.sees("Network input 28×28×1 · crop · all classes")
        assert recipe(user).fit == "crop"
        await user.press("f", "f")
        await user.sees("Network input 28×28×1 · pad · all classes")
        assert recipe(user).fit == "pad"


async def test_the_network_is_adapted_and_that_can_be_undone(folder):
    async with opened(data=str(folder)) as user:
        before = user.network
        await user.press("2", "ctrl+d")
        await user.sees("Images · all classes")
        await user.press("b")
        await user.sees("Network: input 40×48×3, 2 classes")
        assert user.network.input_shape == (40, 48, 3)
        assert user.layers[-1].units == 2
        await user.press("b")
        await user.sees("The network already fits this data")
        await user.press("1", "u")
        assert user.network == before


async def test_other_data_is_chosen_and_the_checks_follow(folder, monkeypatch):
    monkeypatch.chdir(folder)
    async with opened() as user:
        await user.press("2", "ctrl+d")
        await user.sees("Fashion-MNIST", "60,000", "10 classes")
        await user.press("o")
        await user.sees("Open a data set", "use this folder", "Fashion-MNIST")
        await user.press("enter")
        await user.sees("pets", "2 classes")
        await user.settle()
        assert recipe(user).data == str(folder)
        assert user.app.workspace.data == str(folder)
        await user.press("1")
        await user.sees("the output has 10", "the data has 2 classes")
        await user.press("2", "o")
        await user.sees("Open a data set")
        await user.press("down", "enter")
        await user.sees("60,000", "10 classes")
        await user.settle()
        assert recipe(user).data == ""


async def test_what_is_no_data_is_said_in_a_line(tmp_path):
    async with opened(data=str(tmp_path / "nowhere")) as user:
        await user.press("2", "ctrl+d")
        await user.sees("nowhere: directory not found", "o open another data set")
        await user.press("v", "f", "b", "down", "pagedown")
        await user.press("escape")
        await user.sees("Train fashion-cnn")


@pytest.mark.parametrize("size", [(80, 24), (200, 55)])
async def test_at_other_sizes(folder, size):
    async with opened(data=str(folder), size=size) as user:
        await user.press("2", "ctrl+d")
        await user.sees("cats", "dogs", "std. dev.")
        page = user.app.screen.query_one(DataPage)
        assert page.query_one("#sheet").size.height > 8


async def test_from_the_images_enter_leads_on_to_the_settings(folder):
    async with opened(data=str(folder)) as user:
        await user.press("2", "ctrl+d")
        await user.sees("Images · all classes")
        await user.press("b", "enter")
        await user.sees("Train fashion-cnn", "Forecast")
        assert user.focused == "field-recipe"


async def test_classes_without_images_are_counted(tmp_path):
    image = colours(1, 32, 32)[0]
    write_binary_10(tmp_path, [[(0, image), (3, image)]] * 5, [(0, image)])
    async with opened(data=str(tmp_path)) as user:
        await user.press("2", "ctrl+d")
        await user.sees("8 empty classes")
