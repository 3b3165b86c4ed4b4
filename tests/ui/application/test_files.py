"""Opening and saving: what the user made is never lost."""

import pytest

from tests.ui.driving import opened
from tui_cnn.core import edits
from tui_cnn.core.layers import Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import loads_network, read_network, save_network
from tui_cnn.ui.app import begin_network


@pytest.fixture
def mine(here):
    """A network of the user's own, in a file."""
    path = here / "mine.toml"
    save_network(path, preset("lenet-5"))
    return path


@pytest.fixture
def own(here):
    """The file of the network that the app opens on."""
    path = here / "own.toml"
    save_network(path, preset("fashion-cnn"))
    return path


async def test_a_preset_is_opened():
    async with opened() as user:
        await user.press("ctrl+o")
        await user.sees("Open a network", "lenet-5", "preset", "another file …")
        await user.choose("lenet")
        await user.until(lambda: user.network == preset("lenet-5"))
        assert "61,706" in user.top
        assert user.cursor == (0,)
        await user.press("u")
        assert user.network == preset("lenet-5"), "it is another network, not an edit of the last"


async def test_a_file_of_this_directory_is_opened_changed_and_saved(mine):
    async with opened() as user:
        await user.press("ctrl+o")
        await user.sees("mine.toml", "in this directory")
        await user.choose("mine")
        await user.until(lambda: user.network == preset("lenet-5"))
        await user.press("d", "ctrl+s")
        await user.told("Saved to mine.toml")
        assert read_network(mine) == user.network
        assert len(user.layers) == len(preset("lenet-5").layers) - 1
        assert "●" not in user.top
        await user.press("u")
        assert "●" in user.top, "what undo brings back differs from what was saved"
        assert len(user.layers) == len(preset("lenet-5").layers)


async def browse(user):
    await user.press("ctrl+o")
    await user.choose("another")
    await user.until(lambda: type(user.app.screen).__name__ == "FilePicker")


async def test_any_file_can_be_looked_for(mine):
    async with opened() as user:
        await browse(user)
        await user.sees("mine.toml", str(mine.parent), "../")
        await user.click("mine.toml")
        await user.until(lambda: user.network == preset("lenet-5"))


async def test_files_are_found_directory_by_directory(mine):
    below = mine.parent / "below"
    below.mkdir()
    for name in ("read.me", ".hidden.toml"):
        (below / name).write_text("")
    async with opened(size=(80, 24)) as user:
        await browse(user)
        await user.choose("below")
        await user.sees("Open a network · ", "/below")
        assert "read.me" not in user.text
        await user.type("d")
        await user.sees("read.me", ".hidden.toml")
        await user.type("ddd")
        await user.sees("no matches")
        await user.press("ctrl+u", "backspace")
        await user.sees("below/", "mine.toml")
        await user.type(f"{below}/")
        await user.sees("/below")
        assert "mine.toml" not in user.text
        await user.type("nowhere/x")
        await user.sees("✗ No such file or directory")
        await user.press("ctrl+u", "up", "enter")
        await user.choose("../")
        await user.type(str(mine))
        await user.press("enter")
        await user.until(lambda: user.network == preset("lenet-5"))


async def test_looking_for_a_file_can_be_given_up():
    async with opened() as user:
        await user.press("ctrl+o", "escape")
        await browse(user)
        await user.press("escape")
        await user.until(lambda: type(user.app.screen).__name__ == "BuildScreen")
        assert user.network == preset("fashion-cnn")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[layers", "not valid TOML"),
        ('name = "x"\ninput_shape = [1]\n[[layers]]\ntype = "[/Conv]"\n', "unknown layer “[/Conv]”"),
        (
            'name = "x"\ninput_shape = [1]\n[[layers]]\ntype = "Dense"\nunits = "[bold]"\n',
            "units must be a whole number",
        ),
    ],
)
async def test_a_broken_file_is_told_and_nothing_is_lost(here, text, problem):
    (here / "[b]roken.toml").write_text(text)
    async with opened() as user:
        await user.press("d", "ctrl+o")
        await user.choose("roken")
        await user.told(problem)
        await user.sees("[b]roken.toml")
        assert len(user.layers) == 7
        assert user.app.current_mode == "build"
        await user.press("u")
        assert user.network == preset("fashion-cnn")


async def test_a_new_network_is_saved_under_a_name(here):
    async with opened() as user:
        await user.press("d", "ctrl+s")
        await user.sees("Save the network as", "fashion-cnn.toml")
        await user.type("new")
        await user.press("enter")
        await user.told("Saved to new.toml")
        assert read_network(here / "new.toml") == user.network
        assert "●" not in user.top
        await user.press("end", "d", "ctrl+s")
        await user.until(lambda: read_network(here / "new.toml") == user.network)


TEXT = """\
# Mine, of March.
input_shape = [8, 8, 1]
name = 'mine'  # as the file

# the stem
[[layers]]
kernel_size = 3
filters = 4  # few
type = "Conv2D"
"""


async def test_one_edit_changes_one_line_of_the_file(here):
    path = here / "mine.toml"
    path.write_text(TEXT)
    async with opened(loads_network(TEXT, path), file=path) as user:
        await user.press("]", "ctrl+s")
        await user.told("Saved to")
        assert path.read_text() == TEXT.replace("filters = 4", "filters = 8")


async def test_another_file_gives_the_network_its_name_if_that_was_the_files(here):
    path = here / "mine.toml"
    path.write_text(TEXT)
    async with opened(loads_network(TEXT, path), file=path) as user:
        await user.press("S", "ctrl+u")
        await user.type("second")
        await user.press("enter")
        await user.told("Saved to second.toml")
        assert (here / "second.toml").read_text() == TEXT.replace("'mine'", '"second"')
        assert user.network.name == "second"
        assert "●" not in user.top
    assert path.read_text() == TEXT
    async with opened(edits.rename(loads_network(TEXT, path), "chosen"), file=path) as user:
        await user.press("S", "ctrl+u")
        await user.type("third")
        await user.press("enter")
        await user.told("Saved to third.toml")
        assert read_network(here / "third.toml").name == "chosen"


async def test_a_path_that_cannot_be_written_stays_to_be_corrected(here):
    async with opened() as user:
        await user.press("d", "S")
        await user.type("nowhere/net")
        await user.press("enter")
        await user.sees("Save the network as", "nowhere/net", "directory nowhere not found")
        (here / "nowhere").mkdir()
        await user.press("enter")
        await user.told("Saved to nowhere/net.toml")


async def test_an_empty_network_is_begun(here):
    async with opened() as user:
        await user.press("d", "2", "ctrl+n")
        await user.sees("Unsaved changes")
        await user.press("d")
        await user.sees("New network")
        await user.choose("empty")
        await user.press("enter")
        await user.until(lambda: user.network == Network("untitled", (28, 28, 1)))
        await user.until(lambda: user.app.current_mode == "build")
        await user.press("ctrl+s")
        await user.type("mine")
        await user.press("enter")
        await user.told("Saved to mine.toml")
        assert read_network(here / "mine.toml") == Network("mine", (28, 28, 1))


async def test_a_file_that_does_not_exist_yet_is_begun(here):
    network, path = begin_network("new.toml", "")
    assert (network, str(path)) == (Network("new", (28, 28, 1)), "new.toml")
    for model in ("nowhere/new.toml", "new.json", "fashion-cnn", "~nosuchuser/new.toml", ""):
        assert begin_network(model, "") is None
    async with opened(network, file=path) as user:
        await user.told("new.toml does not exist yet")
        await user.press("a")
        await user.choose("Flatten")
        await user.press("ctrl+s")
        await user.told("Saved to new.toml")
        assert read_network(here / "new.toml") == Network("new", (28, 28, 1), (Flatten(),))
    assert begin_network("new.toml", "") is None


async def test_saving_can_be_given_up(here):
    async with opened() as user:
        await user.press("d", "ctrl+s", "escape", "S")
        await user.type("  ")
        await user.press("enter")
        await user.sees("Save the network as")
        await user.press("escape")
        assert list(here.iterdir()) == []
        assert "●" in user.top


@pytest.mark.parametrize("name", ["mine.toml", "mine", "fashion-cnn.toml"])
async def test_a_file_that_exists_is_replaced_only_when_asked_twice(here, mine, name):
    mine.rename(here / ("fashion-cnn.toml" if name.startswith("fashion") else "mine.toml"))
    path = next(here.iterdir())
    before = path.read_bytes()
    async with opened() as user:
        await user.press("S")
        await user.type(name)
        await user.press("enter")
        await user.sees(f"{path.name} already exists; press Enter again to replace it")
        assert path.read_bytes() == before
        await user.press("enter")
        await user.told("Saved to")
        assert read_network(path) == edits.rename(preset("fashion-cnn"), path.stem)


async def test_the_networks_own_file_is_saved_to_at_once(mine):
    async with opened("lenet-5", file=mine) as user:
        await user.press("d", "S", "enter")
        await user.told("Saved to")
        assert read_network(mine) == user.network


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nowhere/net.toml", "directory nowhere not found"),
        ("file/net.toml", "cannot be written"),
        ("x" * 300, "invalid file name"),
        (".", "is a directory"),
        ("/", "is a directory"),
        ("~nosuchuser/net", "directory ~nosuchuser not found"),
        ("[/x].toml/[b]", "directory [/x].toml not found"),
    ],
)
async def test_a_place_that_cannot_be_written_is_told_and_the_network_stays_unsaved(here, name, problem):
    (here / "file").touch()
    async with opened(size=(160, 40)) as user:
        await user.press("d", "S")
        await user.type(name)
        await user.press("enter")
        await user.until(lambda: problem in user.text or any(problem in notice for notice in user.notices))
        assert "●" in user.app.screen_stack[0].query_one("#network").render().plain
        assert [path.name for path in here.iterdir()] == ["file"]
        assert len(user.layers) == 7


async def test_what_stands_in_a_form_is_saved_too(own):
    async with opened("fashion-cnn", file=own) as user:
        await user.press("enter")
        await user.type("48")
        await user.press("ctrl+s")
        await user.told("Saved to")
        assert user.layers[0].filters == 48
        assert read_network(own) == user.network
        assert "●" not in user.top


async def test_saving_leaves_the_cursor_and_a_form_with_an_error_alone(own):
    async with opened("fashion-cnn", file=own) as user:
        await user.press("d", "down", "down", "ctrl+s")
        await user.told("Saved to")
        assert user.cursor == (2,)
        await user.press("down", "enter")
        await user.type("x")
        await user.press("ctrl+s")
        assert user.app.focused.value == "x"


DOINGS = {
    "quit": ("q",),
    "open": ("ctrl+o", *"lenet", "enter"),
}


@pytest.mark.parametrize("doing", DOINGS)
async def test_unsaved_changes_are_asked_about(own, doing):
    async with opened(file=own) as user:
        await user.press("d", *DOINGS[doing])
        await user.sees("Unsaved changes", "“fashion-cnn” has unsaved changes.")
        await user.press("escape")
        assert len(user.layers) == 7
        await user.press(*DOINGS[doing])
        await user.sees("Unsaved changes")
        await user.click("Back (Esc)")
        assert len(user.layers) == 7
        assert user.app.is_running
        await user.press(*DOINGS[doing])
        await user.sees("Unsaved changes")
        unsaved = user.network
        await user.press("s")
        await user.until(lambda: read_network(own) == unsaved)
        await user.until(lambda: user.network == preset("lenet-5") if doing == "open" else not user.app.is_running)


@pytest.mark.parametrize("doing", DOINGS)
async def test_unsaved_changes_can_be_discarded(own, doing):
    async with opened(file=own) as user:
        await user.press("d", *DOINGS[doing])
        await user.sees("Unsaved changes")
        await user.press("d")
        await user.until(lambda: user.network == preset("lenet-5") if doing == "open" else not user.app.is_running)
        assert read_network(own) == preset("fashion-cnn"), "the file is as it was"


async def test_saving_that_fails_stops_the_leaving(here):
    async with opened(file=here / "nowhere" / "net.toml") as user:
        await user.press("d", "q", "s")
        await user.told("nowhere not found")
        assert user.app.is_running
        assert "●" in user.top


async def test_what_stands_in_a_form_is_asked_about_too():
    async with opened() as user:
        await user.press("enter")
        await user.type("48")
        await user.press("ctrl+q")
        await user.sees("Unsaved changes")
        assert user.layers[0].filters == 48


async def test_nothing_is_asked_where_nothing_was_changed():
    async with opened() as user:
        await user.press("d", "u", "q")
        await user.until(lambda: not user.app.is_running)
