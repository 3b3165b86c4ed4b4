"""Lists to pick from: the whole sentence about what is chosen, and what picking it would do."""

import pytest
from textual.widgets import Input

from tests.ui.driving import opened
from tests.ui.records import BROKEN
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Flatten, GlobalAveragePooling2D, MaxPooling2D, Opaque
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.ui.build.adding import insertion

CONV = Conv2D(filters=32, kernel_size=(3, 3))


def told(network, path, layer):
    return insertion(analyze(network), analyze(edits.insert(network, path, layer)), path)


@pytest.mark.parametrize(
    ("layer", "path", "expected"),
    [  # (3·3·32 + 1)·32 = 9,248; then 24, 12, 10, 5, 3 rows and columns: every later kernel works on fewer cells
        (
            Conv2D(filters=32, kernel_size=(3, 3)),
            (1,),
            "26×26×32 → 24×24×32 · total: +9.25 k parameters, +4.92 M MACs",
        ),
        # 64 numbers instead of 576 go into the 64 units of Dense: 512·64 = 32,768 fewer
        (GlobalAveragePooling2D(), (5,), "3×3×64 → 64 · total: −32.8 k parameters, −32.8 k MACs"),
        (GlobalAveragePooling2D(), (6,), "✗ layer 7: GlobalAveragePooling2D"),
        (MaxPooling2D(pool_size=(3, 3)), (5,), "3×3×64 → 1×1×64 · total: −32.8 k parameters, −32.8 k MACs"),
    ],
)
def test_what_an_added_layer_would_do(layer, path, expected):
    assert told(preset("fashion-cnn"), path, layer).startswith(expected)


def test_what_was_broken_before_is_not_laid_at_the_door_of_a_layer():
    assert told(BROKEN, (0,), Conv2D(filters=8, kernel_size=(1, 1))).startswith("28×28×1 → 28×28×8 · total: +")
    assert told(BROKEN, (7,), Flatten()) == ""


def test_behind_what_is_not_known_nothing_is_said():
    network = Network("n", (8, 8, 1), (Opaque(kind="Lambda", config="{}"),))
    assert told(network, (1,), Flatten()) == ""


async def test_the_list_of_layers_tells_all_of_the_chosen_one():
    async with opened(size=(80, 24)) as user:
        await user.press("a")
        await user.sees("gives one feature map.", "26×26×32 → 24×24×32 · total: +9.25 k parameters")
        await user.type("flatten")
        await user.sees("classifier begins.", "✗ layer 3: MaxPooling2D: needs height × width × channels")
        lines = len(user.text.split("╭")[1].split("╰")[0].split("\n"))
        await user.type("zzz")
        await user.sees("no matches")
        assert "classifier begins" not in user.text
        assert len(user.text.split("╭")[1].split("╰")[0].split("\n")) == lines, "the dialog keeps its height"


async def test_a_page_of_no_lines_is_no_harm():
    async with opened(size=(120, 40)) as user:
        await user.press("ctrl+o")
        await user.choose("another")
        await user.until(lambda: type(user.app.screen).__name__ == "FilePicker")
        await user.press("pagedown", "pageup")
        await user.resize(61, 5)
        await user.press("pagedown", "pageup", "escape")
        await user.resize(120, 40)
        await user.press("ctrl+o", "pagedown")
        assert user.app.screen.query_one("#options").highlighted > 3
        await user.press("pageup")
        assert user.app.screen.query_one("#options").highlighted == 0
        await user.resize(61, 3)
        await user.press("pagedown", "escape")
        assert user.app.is_running


async def test_a_typed_path_begins_in_the_home_of_a_user(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.toml").write_text('name = "mine"\ninput_shape = [8, 8, 1]\n')
    async with opened(size=(120, 40)) as user:
        await user.press("ctrl+o")
        await user.choose("another")
        await user.until(lambda: type(user.app.screen).__name__ == "FilePicker")
        await user.type("~/")
        await user.sees("mine.toml", str(tmp_path)[-20:])


async def test_layers_stand_below_headings_that_cannot_be_picked():
    async with opened(size=(120, 60)) as user:
        await user.press("a")
        lines = [line.strip(" │") for line in user.text.split("\n")]
        heads = [line for line in lines if line.startswith("── ")]
        assert heads[:3] == ["── Most used ──", "── Building blocks ──", "── Convolution ──"]
        assert lines.index(heads[1]) == lines.index(heads[0]) + 11, "ten layers are below the first"
        assert lines.index(heads[2]) == lines.index(heads[1]) + 11, "and ten building blocks below the second"
        await user.press(*["down"] * 20)
        await user.sees("Convolves each channel separately, with its own filters")
        await user.click("── Convolution ──")
        await user.sees("Add a layer")
        await user.press("enter")
        assert user.kinds[1] == "DepthwiseConv2D"
        await user.press("a")
        await user.type("pooling")
        await user.until(lambda: "──" not in user.text.split("Add a layer")[1].split("╰")[0].split("\n", 1)[1])


async def test_a_path_typed_faster_than_directories_are_shown_stays_as_it_is(tmp_path, monkeypatch):
    """Each sign's message may come when more has been typed: what it says is old by then."""
    inner = tmp_path / "one" / "two"
    inner.mkdir(parents=True)
    (inner / "image.png").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    async with opened(size=(100, 30)) as user:
        await user.press("4", "o")
        await user.sees("Open an image")
        field = user.app.screen.query_one(Input)
        for sign in f"{inner}/ima":
            field.insert_text_at_cursor(sign)
        await user.settle()
        assert field.value == "ima"
        await user.sees("image.png", str(inner)[-30:])
