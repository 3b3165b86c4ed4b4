"""The user's settings: what is right counts, and what is wrong is told in a line."""

import pytest

from tests.ui.driving import opened
from tui_cnn.config import config_file
from tui_cnn.ui.application.actions import SCOPES
from tui_cnn.ui.application.settings import read_settings
from tui_cnn.ui.settings import Settings, State, read_state, remember
from tui_cnn.ui.toolkit.actions import read_keys


@pytest.fixture
def config(home):
    """Write the settings."""

    def write(text):
        (home / "config.toml").write_text(text)
        return read_settings(config_file())

    return write


def test_where_the_settings_are(home, monkeypatch):
    assert config_file() == home / "config.toml"
    monkeypatch.delenv("CNN_TUI_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    assert (config_file().parent.name, config_file().name) == ("cnn-tui", "config.toml")


def test_no_settings_are_the_usual_ones(home):
    assert read_settings(config_file()) == (Settings("", "", "2xmacs", "auto"), {}, ())


def test_settings_and_keys(config):
    read = config(
        'theme = "nord"\nflops = "tf"\nsigns = "ascii"\n[keys.stack]\nadd_layer = "o, ?"\n[keys.app]\nhelp = "f1"\n'
    )
    assert read == (Settings("nord", "", "tf", "ascii"), {"stack.add_layer": "o,question_mark", "app.help": "f1"}, ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("theme = 3", "theme must be text, not 3"),
        ('language = "fr"', "language: unknown language “fr”; available: en, ko"),
        ('flops = "3x"', "flops cannot be '3x'; use one of 2xmacs, tf"),
        ('flop = "tf"', "unknown setting “flop”; did you mean “flops”?"),
        ("keys = 1", "keys must contain tables such as [keys.stack]"),
        ('[keys]\nadd_layer = "o"', "keys.add_layer must be in a table such as [keys.stack]"),
        ('[keys.stak]\nadd_layer = "o"', "unknown table “stak” in keys; did you mean “stack”?"),
        ('[keys.stack]\nad_layer = "o"', "unknown action “ad_layer” in keys.stack; did you mean “add_layer”?"),
        ("[keys.stack]\nadd_layer = 3", "keys.stack.add_layer must be text"),
        ('[keys.stack]\nadd_layer = "insrt"', "keys.stack.add_layer: unknown key “insrt”; did you mean “insert”?"),
        ('[keys.stack]\nadd_layer = ""', "keys.stack.add_layer: unknown key “”"),
        ('[keys.stack]\nadd_layer = "d"', "keys.stack.add_layer: d is already used by keys.stack.delete_layer"),
        ('[keys.stack]\nadd_layer = "ctrl+s"', "keys.stack.add_layer: ctrl+s is already used by keys.app.save"),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_counts(config, home, text, problem):
    read = config(f'signs = "ascii"\n{text}\n')
    (line,) = read.problems
    assert line.startswith(f"{home / 'config.toml'}: ")
    assert problem in line
    assert read.settings == Settings(signs="ascii")
    assert read.keys == {}


@pytest.mark.parametrize("data", [b"\xff", b"theme = ", b"a" + b"=[" * 5000])
def test_a_file_that_is_no_toml_is_told(home, data):
    config_file().write_bytes(data)
    read = read_settings(config_file())
    assert read.settings == Settings()
    assert len(read.problems) == 1
    config_file().unlink()
    config_file().mkdir()
    assert "is a directory" in read_settings(config_file()).problems[0]


def test_keys_can_be_exchanged():
    assert read_keys({"stack": {"add_layer": "d", "delete_layer": "a,delete"}}, SCOPES) == (
        {"stack.add_layer": "d", "stack.delete_layer": "a,delete"},
        [],
    )
    keymap, problems = read_keys({"stack": {"add_layer": "d", "delete_layer": "i"}}, SCOPES)
    assert keymap == {}, "delete stays on d where i is taken, so add cannot have d"
    assert len(problems) == 2


async def test_chosen_keys_work_and_are_told_of(config):
    config('[keys.stack]\nadd_layer = "o"\ndelete_layer = "a"\n[keys.app]\nhelp = "f9"\nfoo = "x"\n')
    async with opened() as user:
        await user.told("unknown action “foo” in keys.app")
        assert "o Add" in user.footer
        await user.press("a")
        assert len(user.layers) == 7
        await user.press("d")
        assert len(user.layers) == 7, "d means nothing now"
        await user.press("o")
        await user.sees("Add a layer")
        await user.press("escape", "f9")
        await user.sees("Help", "MaxPooling2D, layer 1")
        assert user.line("Add a layer below").split()[1] == "o"


async def test_a_theme_is_taken_from_the_settings_or_as_it_was_chosen_last(config):
    config('theme = "textual-light"')
    async with opened() as user:
        assert user.app.theme == "textual-light"
        user.app.theme = "nord"
        await user.until(lambda: read_state().theme == "nord")
    async with opened() as user:
        assert user.app.theme == "nord"
    config('theme = "gruvbox"')
    async with opened() as user:
        assert user.app.theme == "gruvbox", "the settings were changed later"
    config('theme = "gruvbax"')
    async with opened() as user:
        await user.told("unknown theme “gruvbax”; did you mean “gruvbox”?")


def test_what_is_remembered_outlives_damage(home):
    remember(hidden_columns=("params", "macs"))
    remember(theme="nord")
    assert read_state() == State(theme="nord", hidden_columns=("params", "macs"))
    (home / "state.json").write_text('{"theme": 3}')
    assert read_state() == State()


async def test_which_screen_is_open_is_only_written_for_a_teacher(home, monkeypatch):
    async with opened() as user:
        await user.press("4")
        await user.until(lambda: read_state().lesson)
        assert read_state().screen == ""
        monkeypatch.setattr("tui_cnn.ui.toolkit.main_screen.is_served", lambda: True)
        await user.press("2")
        await user.until(lambda: read_state().screen == "train")


async def test_a_state_that_cannot_be_written_is_told(home):
    (home / "state.json").mkdir()
    async with opened() as user:
        user.app.theme = "nord"
        await user.told("Cannot save your choices")


async def test_the_settings_are_shown_and_a_first_file_is_written(home, config):
    async with opened() as user:
        await user.press(",")
        await user.sees("Settings", str(home / "config.toml"), '#flops = "2xmacs"', "press w to create this file")
        await user.press("w")
        await user.told("Saved to")
        await user.press(",", "w")
        await user.told("already exists; edit it in any editor")
    written = (home / "config.toml").read_text()
    assert read_settings(config_file()) == (Settings(), {}, ())
    read = config("\n".join(line.removeprefix("#") if line[1:2] != " " else line for line in written.splitlines()))
    assert read.problems == (), "every line that it proposes is sound"
    assert read.keys["stack.add_layer"] == "a"
