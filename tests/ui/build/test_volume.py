"""The drawing of the network in the terminal: within its place, whatever the network; the selected layer stands out."""

import re

import pytest
from rich.color import Color
from rich.style import Style

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.picture import COLOURS, shaded
from tui_cnn.formats.presets import preset
from tui_cnn.ui.build.volume_drawing import Faces, VolumeColours, draw, plan


def faces(colour):
    return Faces(*(Color.parse(shade) for shade in (colour, shaded(colour, 1.2), shaded(colour, 0.6))))


FIELD = Color.parse("#ff0000")
PALETTE = VolumeColours(
    {family: faces(colour) for family, colour in COLOURS.items()},
    faces("#ffaa00"),
    FIELD,
    Style(),
    Style(color="grey50"),
    Style(color="white"),
    Style(color="#ffaa00", bold=True),
)


def conv(filters):
    return Conv2D(filters=filters, kernel_size=(1, 1))


NETWORKS = {
    "tutorial": preset("fashion-cnn"),
    "empty": Network("net", (28, 28, 1)),
    "pixel": Network("net", (1, 1, 1), (conv(1), Flatten(), Dense(units=1))),
    "flat": Network("net", (784,), (Dense(units=128), Dense(units=1))),
    "sequence": Network("net", (28, 28), (Dense(units=3), Flatten(), Dense(units=10))),
    "deep": Network("net", (64, 64, 3), tuple(conv(1 + i % 7) for i in range(60))),
    "very deep": Network("net", (64, 64, 3), tuple(conv(1 + i % 7) for i in range(300))),
    "thick": Network("net", (7, 7, 4096), (conv(65_536), GlobalAveragePooling2D(), Dense(units=1_000_000))),
    "tall": Network("net", (65_536, 1, 1), (conv(2), MaxPooling2D(pool_size=(1024, 1)), Flatten())),
    "broken": Network("net", (5, 5, 1), (conv(3), Dense(units=2), MaxPooling2D(pool_size=(9, 9)), Flatten())),
    "branches": preset("small-inception"),
    "skips": preset("small-resnet"),
    "blocks": preset("resnet-50"),
}


def drawn(network, width=90, height=12, selected=()):
    analysis = analyze(network)
    return draw(plan(analysis, selected, width, height), analysis, selected, PALETTE)


def lines(drawing):
    return ["".join(part.text for part in line) for line in drawing.lines]


def colours(drawing):
    styles = [part.style for line in drawing.lines for part in line if part.style]
    return {colour for style in styles for colour in (style.color, style.bgcolor) if colour}


def paths(drawing):
    """What the mouse finds."""
    width = sum(part.cell_length for part in drawing.lines[0])
    found = {drawing.path_at(x, y) for x in range(width) for y in range(len(drawing.lines) - 1)}
    return {path for path in found if path is not None}


@pytest.mark.parametrize("name", NETWORKS)
def test_it_stays_within_its_place(name):
    for width in (1, 2, 20, 40, 56, 79, 80, 120, 200):
        for height in (2, 3, 8, 20):
            written = lines(drawn(NETWORKS[name], width, height))
            assert len(written) == height
            assert {len(line) for line in written} == {width}, (width, height)


def test_every_box_has_its_shape_below_it():
    drawing = drawn(NETWORKS["tutorial"])
    labels = lines(drawing)[-1]
    assert labels.split() == ["28×28×1", "26×26×32", "13×13×32", "11×11×64", "5×5×64", "3×3×64", "576", "64", "10"]
    paths = [drawing.path_at((label.start() + label.end()) // 2, 11) for label in re.finditer(r"\S+", labels)]
    assert paths == [(), (0,), (1,), (2,), (3,), (4,), (5,), (6,), (7,)]


@pytest.mark.parametrize("name", ["very deep", "tutorial"])
def test_the_selected_box_is_in_view_however_many_there_are(name):
    for selected in range(0, len(NETWORKS[name].layers), 7):
        drawing = drawn(NETWORKS[name], width=40, selected=(selected,))
        assert PALETTE.selected.front in colours(drawing), selected
        assert (selected,) in paths(drawing)


def test_what_it_sees_is_marked_on_the_image():
    def marked(selected):
        drawing = drawn(NETWORKS["tutorial"], height=16, selected=selected)
        parts = [part for line in drawing.lines for part in line if part.style]
        return sum(len(part.text) for part in parts if FIELD in (part.style.color, part.style.bgcolor))

    assert 0 < marked((0,)) < marked((4,)) < marked((6,))
    assert FIELD not in colours(drawn(NETWORKS["flat"], selected=(0,)))


def test_a_box_shows_three_faces_in_the_colour_of_its_family():
    assert set(PALETTE.families["pooling"]) <= colours(drawn(NETWORKS["tutorial"], selected=(0,)))
    assert set(PALETTE.selected) <= colours(drawn(NETWORKS["tutorial"], selected=(1,)))


def test_branches_are_drawn_where_there_is_room_for_them():
    roomy, small = drawn(NETWORKS["branches"], 160, 22), drawn(NETWORKS["branches"], 80, 8)
    assert (2, 0, 1, 0) in paths(roomy), "a layer in a branch"
    assert max(map(len, paths(small))) == 2, "no layer in a branch"
    inside = drawn(NETWORKS["branches"], 80, 8, selected=(2, 0, 1, 0))
    assert PALETTE.selected.front in colours(inside), "the block that holds what is selected"


def test_layers_that_keep_every_value_in_place_share_a_box():
    network = Network("net", (8, 8, 3), (conv(3), Dropout(rate=0.5), conv(4), Flatten()))
    drawing = drawn(network, selected=(1,))
    assert lines(drawing)[-1].split() == ["8×8×3", "8×8×3", "8×8×4", "256"]
    assert PALETTE.selected.front in colours(drawing)
