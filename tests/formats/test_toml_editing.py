"""What a person wrote in a network's file stays: comments, order and style, whatever is edited and saved."""

import random
import re
from difflib import ndiff
from textwrap import dedent

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.strategies import any_layers, layers_of, names, names_of, networks, stacks
from tui_cnn.core import edits
from tui_cnn.core.layers import Branches, Dense, Flatten, ReLU
from tui_cnn.core.network import Network, walk
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.formats.toml import dumps_inline, dumps_network, loads_network, save_network
from tui_cnn.formats.toml_editing import rewrite, save_edited

TEXT = dedent(
    """\
    # Mine, of March.

    input_shape = [28,28,1]   # height first
    name = 'mine'

    # the stem
    [[layers]]
    kernel_size = 3 # small
    filters = 3_2
    type = "Conv2D"

    [[layers]]
    type = "Branches"  # a residual
    branches = [
        # what is learned
        [
            { type = "Conv2D", filters = 32, kernel_size = 3, padding = "same" },  # first
            {type = "ReLU"},
            # to be tried: another one
        ],
        [],  # the shortcut
    ]

    # the head
    [[layers]]
    type = "Flatten"
    [[layers]]
    type = "Dense"
    units = 10
    # the end
    """
)
MINE = loads_network(TEXT, "TEXT")


def lines_changed(before, after):
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def saved(network, text=TEXT):
    after = rewrite(text, loads_network(text, "before"), network)
    assert loads_network(after, "after") == network
    return after


def test_nothing_changed_changes_nothing():
    assert saved(MINE) == TEXT


@pytest.mark.parametrize(
    ("path", "fields", "lines"),
    [
        ((0,), {"filters": 64}, ["- filters = 3_2", "+ filters = 64"]),
        ((0,), {"kernel_size": (5, 5)}, ["- kernel_size = 3 # small", "+ kernel_size = 5 # small"]),
        ((0,), {"kernel_size": (5, 3)}, ["- kernel_size = 3 # small", "+ kernel_size = [5, 3] # small"]),
        ((0,), {"activation": "relu"}, ['+ activation = "relu"']),
        ((3,), {"units": 11, "name": "out"}, ["- units = 10", "+ units = 11", '+ name = "out"']),
        (
            (1, 0, 0),
            {"padding": "valid"},
            [
                '-         { type = "Conv2D", filters = 32, kernel_size = 3, padding = "same" },  # first',
                '+         { type = "Conv2D", filters = 32, kernel_size = 3 },  # first',
            ],
        ),
    ],
)
def test_one_edit_is_one_line(path, fields, lines):
    assert sorted(lines_changed(TEXT, saved(edits.change(MINE, path, **fields)))) == sorted(lines)


def test_the_name_and_the_input_keep_their_comments():
    after = saved(edits.rename(edits.set_input_shape(MINE, (32, 32, 3)), "other"))
    assert after.splitlines()[2:4] == ["input_shape = [32, 32, 3]   # height first", 'name = "other"']


def test_a_layer_takes_its_comments_with_it():
    after = saved(edits.move(MINE, (0,), 2))
    assert re.findall("#.*", after) == [
        "# Mine, of March.",
        "# height first",
        "# a residual",
        "# what is learned",
        "# first",
        "# to be tried: another one",
        "# the shortcut",
        "# the head",
        "# the stem",
        "# small",
        "# the end",
    ]
    gone = saved(edits.delete(MINE, (0,)))
    assert "the stem" not in gone
    assert "# Mine, of March." in gone
    inner = saved(edits.move(MINE, (1, 0, 0), 1))
    assert '            {type = "ReLU"},\n        { type = "Conv2D"' in inner.replace("    {type", "        {type")
    assert '"same" },  # first\n' in inner


def test_a_new_layer_is_written_as_those_around_it():
    assert lines_changed(TEXT, saved(edits.insert(MINE, (1, 0, 1), ReLU(name="r")))) == [
        '+         { type = "ReLU", name = "r" },'
    ]
    added = lines_changed(TEXT, saved(edits.insert(MINE, (1,), Dense(units=3))))
    assert [line for line in added if line.strip("+ ")] == ["+ [[layers]]", '+ type = "Dense"', "+ units = 3"]
    assert lines_changed(TEXT, saved(edits.add_branch(MINE, (1, 2), (Flatten(),)))) == [
        "+     [",
        '+         { type = "Flatten" },',
        "+     ],",
    ]


def test_the_style_of_other_systems_stays(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    save_edited(path, edits.change(MINE, (3,), units=11), path)
    expected = TEXT.replace("units = 10", "units = 11").replace("\n", "\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected.encode()


@pytest.mark.parametrize("head", ["[['layers']]", "[['layers']]  # one"])
def test_a_way_of_writing_that_is_not_known_is_written_plainly(tmp_path, head):
    path = tmp_path / "mine.toml"
    path.write_text(f'name = "n"\ninput_shape = [3]\n{head}\ntype = "Dense"\nunits = 3\n')
    network = Network("n", (3,), (Dense(units=4), Flatten()))
    save_edited(path, network, path)
    assert path.read_text() == dumps_network(network)


def test_without_a_file_to_follow_it_is_written_plainly(tmp_path):
    for like in (None, tmp_path / "none.toml"):
        save_edited(tmp_path / "new.toml", MINE, like)
        assert (tmp_path / "new.toml").read_text() == dumps_network(MINE)


@pytest.mark.parametrize("name", preset_names())
def test_presets_are_rewritten_line_by_line(name, tmp_path):
    network = preset(name)
    path = tmp_path / "net.toml"
    save_network(path, network)
    text = path.read_text()
    place = next(path for path, layer in walk(network.layers) if hasattr(layer, "filters") or hasattr(layer, "units"))
    field = "filters" if hasattr(edits.layer_at(network, place), "filters") else "units"
    save_edited(path, edits.change(network, place, **{field: 7}), path)
    assert len(lines_changed(text, path.read_text())) == 2


def commented(text, seed):
    """The text with a comment of its own above some lines and after others."""
    chance = random.Random(seed)
    lines = []
    for number, line in enumerate(text.split("\n")[:-1]):
        if chance.random() < 0.3:
            lines.append(f"# above {number}")
        lines.append(line + (f"  # at {number}" if line and chance.random() < 0.3 else ""))
        if not line and chance.random() < 0.3:
            lines.append("")
    return "\n".join([*lines, "# end", ""])


def inline(network):
    """The network with all its layers in one array."""
    return dumps_network(msgspec.structs.replace(network, layers=())) + f"layers = {dumps_inline(network.layers)}\n"


def named(draw, network):
    for path, layer in walk(network.layers):
        if draw(st.booleans()):
            network = edits.change(network, path, name=draw(names_of(type(layer))))
    return network


@st.composite
def edited(draw):
    """A network, its text in some style, and what a few edits at any depth make of it."""
    before = named(draw, draw(networks()))
    after = before
    for _edit in range(draw(st.integers(1, 4))):
        paths = [path for path, _layer in walk(after.layers)] or [(0,)]
        path = draw(st.sampled_from(paths))
        there = bool(after.layers)
        match draw(
            st.sampled_from(["insert", "delete", "move", "replace", "all", "wrap", "branch", "rename", "stack"])
        ):
            case "insert":
                after = edits.insert(after, path, draw(any_layers()))
            case "delete" if there:
                after = edits.delete(after, path)
            case "move" if there:
                after = edits.move(after, path, draw(st.integers(0, len(edits.stack_at(after, path)) - 1)))
            case "replace" if there:
                alike = layers_of(type(edits.layer_at(after, path)))
                after = edits.replace(after, path, draw(alike | any_layers()))
            case "wrap" if there:
                after = draw(st.sampled_from([edits.wrap_in_block, edits.wrap_in_branches]))(after, path, 1)
            case "branch" if there and isinstance(edits.layer_at(after, path), Branches):
                after = edits.add_branch(after, (*path, draw(st.integers(0, 2))), draw(stacks(most=2, depth=1)))
            case "rename":
                after = edits.rename(after, draw(names))
            case "all":
                after = draw(networks())
            case "stack":
                after = msgspec.structs.replace(after, layers=draw(stacks(most=3, depth=2)))
    text = draw(st.sampled_from([dumps_network, inline]))(before)
    return before, commented(text, draw(st.integers())) if draw(st.booleans()) else text, after


@given(edited())
@settings(max_examples=200, deadline=None)
def test_what_is_saved_reads_back_equal(case):
    before, text, after = case
    assert loads_network(text, "before") == before
    assert loads_network(rewrite(text, before, after), "after") == after


@given(networks(), st.integers(), st.data())
@settings(deadline=None)
def test_moves_lose_no_comment(network, seed, data):
    text = commented(data.draw(st.sampled_from([dumps_network, inline]))(network), seed)
    layers = data.draw(st.permutations(network.layers))
    after = rewrite(text, network, msgspec.structs.replace(network, layers=tuple(layers)))
    assert sorted(re.findall("# .*", after)) == sorted(re.findall("# .*", text))


@given(networks(), st.integers(), st.data())
@settings(max_examples=50)
def test_wrapping_loses_no_comment(network, seed, data):
    text = commented(data.draw(st.sampled_from([dumps_network, inline]))(network), seed)
    for path in [path for path, _layer in walk(network.layers)]:
        wrap = data.draw(st.sampled_from([edits.wrap_in_block, edits.wrap_in_branches]))
        after = rewrite(text, network, wrap(network, path, 1))
        assert loads_network(after, "after") == wrap(network, path, 1)
        assert sorted(re.findall("# .*", after)) == sorted(re.findall("# .*", text))


def test_a_block_in_a_block_keeps_the_comment_of_its_name():
    """The block around it is a new one, not the old one with another name."""
    text = '[[layers]]\ntype = "Block"\nname = "stage"  # mine\nlayers = [\n    { type = "Block" },\n]\n'
    text = f'name = "n"\ninput_shape = [1]\n\n{text}'
    network = loads_network(text, "before")
    for wrap in (edits.wrap_in_block, edits.wrap_in_branches):
        wrapped = wrap(network, (0,), 1)
        after = rewrite(text, network, wrapped)
        assert loads_network(after, "after") == wrapped
        assert "# mine" in after


def part_of(text, first, last):
    return text[text.index(first) : text.index(last) + len(last)]


def test_a_layer_takes_its_comments_into_another_stack():
    wrapped = saved(edits.wrap_in_block(MINE, (0,), 1))
    assert part_of(wrapped, "[[layers]]", '"Conv2D"') == dedent(
        """\
        [[layers]]
        type = "Block"

        # the stem
        # small
        [[layers.layers]]
        type = "Conv2D\""""
    )
    into_the_branch = saved(edits.splice(edits.delete(MINE, (0,)), (0, 0, 2), 0, MINE.layers[:1]))
    assert part_of(into_the_branch, '{type = "ReLU"}', "another one") == dedent(
        """\
        {type = "ReLU"},
                # the stem
                # small
                { type = "Conv2D", filters = 32, kernel_size = [3, 3] },
                # to be tried: another one"""
    )
    out_of_it = saved(edits.unwrap(MINE, (1, 0))[0])
    assert '\n\n# first\n[[layers]]\ntype = "Conv2D"\n' in out_of_it


def test_comments_of_a_deleted_layer_do_not_go_to_an_equal_one():
    text = TEXT.replace("# the head", '[[layers]]\ntype = "Block"\nlayers = [{ type = "Flatten" }]\n\n# the head')
    network = loads_network(text, "TEXT")
    assert "the head" not in saved(edits.delete(network, (3,)), text)


def test_a_layer_in_a_line_has_its_comments_above_the_line():
    text = '# n\nname = "n"\ninput_shape = [3]\nlayers = [\n    # flat\n    { type = "Flatten" },\n]\n'
    block = edits.wrap_in_block(loads_network(text, "TEXT"), (0,), 1)
    assert "# flat" in saved(block, text)
