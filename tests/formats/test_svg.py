"""Networks as drawings: sound XML, every layer in its place, nothing outside of the picture, nothing from outside."""

from itertools import combinations
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.strategies import mostly_sound, networks
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Flatten, Opaque
from tui_cnn.core.muting import without_muted
from tui_cnn.core.network import Network, inside, walk
from tui_cnn.formats.diagram import (
    BOX_HEIGHT,
    BOX_WIDTH,
    PILL_HEIGHT,
    PILL_WIDTH,
    BlockFrame,
    Box,
    Connector,
    Pill,
    place,
)
from tui_cnn.formats.export import export_text
from tui_cnn.formats.presets import preset

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawing(network):
    root = ElementTree.fromstring(export_text(network, "svg"))
    assert {element.tag.removeprefix(NAMESPACE) for element in root.iter()} <= {"svg", "title", "rect", "text", "line"}
    assert not any(name.endswith("href") for element in root.iter() for name in element.attrib)
    return root


def texts(root):
    return [text.text for text in root.findall(f"{NAMESPACE}text")]


def area(mark):
    """Return the left, top, right and bottom of what is no line."""
    match mark:
        case Box(_path, x, y):
            return x, y, x + BOX_WIDTH, y + BOX_HEIGHT
        case Pill(_path, x, y):
            return x, y, x + PILL_WIDTH, y + PILL_HEIGHT
        case BlockFrame(_path, x, y, width, height):
            return x, y, x + width, y + height


def within(inner, outer):
    return all(a >= b for a, b in zip(inner[:2], outer[:2], strict=True)) and all(
        a <= b for a, b in zip(inner[2:], outer[2:], strict=True)
    )


def apart(one, other):
    return one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


@given(st.one_of(mostly_sound(), networks()))
@settings(max_examples=100)
def test_each_layer_has_its_place(network):
    piece = place(network.layers)
    marks = {mark.path: mark for mark in piece.marks if not isinstance(mark, Connector)}
    kinds = {Block: BlockFrame, Branches: Pill}
    layers = dict(walk(network.layers))
    assert {path: kinds.get(type(layer), Box) for path, layer in layers.items()} == {
        path: type(mark) for path, mark in marks.items()
    }
    whole = (-piece.left, 0, piece.right, piece.height)
    assert all(within(area(mark), whole) for mark in marks.values())
    solid = [area(mark) for mark in marks.values() if not isinstance(mark, BlockFrame)]
    assert all(apart(one, other) for one, other in combinations(solid, 2))
    for path, layer in layers.items():
        if isinstance(layer, Block):
            assert all(within(area(marks[held]), area(marks[path])) for held, _layer in inside(layer, path))


@given(st.one_of(mostly_sound(), networks()))
@settings(max_examples=30)
def test_any_network_is_sound_xml_within_the_picture(network):
    root = drawing(network)
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter():
        place = [float(element.get(name, 0)) for name in ("x", "y", "width", "height", "x1", "x2", "y1", "y2")]
        assert min(place) >= 0
        assert max(place[0] + place[2], *place[4:6]) <= width
        assert max(place[1] + place[3], *place[6:]) <= height
    bold = [text for text in root.findall(f"{NAMESPACE}text") if text.get("font-weight") == "bold"]
    leaves = [layer for _path, layer in walk(without_muted(network).layers) if not isinstance(layer, Block | Branches)]
    assert len(bold) == len(leaves) + 2  # the name and the totals


def test_a_stack_goes_straight_down():
    conv = Conv2D(filters=1, kernel_size=(1, 1))
    first, wire, second = place((conv, conv)).marks
    assert (first.x, second.x) == (-BOX_WIDTH / 2, -BOX_WIDTH / 2)
    assert (wire.x, wire.y, wire.to_x, wire.to_y) == (0, first.y + BOX_HEIGHT, 0, second.y)


def test_branches_stand_side_by_side_and_a_skip_goes_around():
    conv = Conv2D(filters=1, kernel_size=(1, 1))
    side_by_side = [mark for mark in place((Branches(branches=((conv,), (conv,))),)).marks if isinstance(mark, Box)]
    assert side_by_side[0].y == side_by_side[1].y
    assert side_by_side[0].x + BOX_WIDTH < side_by_side[1].x
    skipped = place((Branches(branches=((conv, conv), ())),)).marks
    boxes = [mark for mark in skipped if isinstance(mark, Box)]
    assert {box.x for box in boxes} == {-BOX_WIDTH / 2}
    around = [mark for mark in skipped if isinstance(mark, Connector) and mark.x == mark.to_x > BOX_WIDTH / 2]
    assert min(mark.y for mark in around) < boxes[0].y
    assert max(mark.to_y for mark in around) > boxes[1].y + BOX_HEIGHT


def test_the_funnel():
    """The more numbers come out of a layer, the longer is the bar at the foot of its box."""
    root = drawing(preset("fashion-cnn"))
    bars = [float(rect.get("width")) for rect in root.findall(f"{NAMESPACE}rect") if rect.get("height") == "3"]
    assert bars[0] == max(bars) == BOX_WIDTH - 2
    assert bars[0] > bars[1] > bars[3] > bars[4] == bars[5] > bars[6] > bars[7] > 0
    conv = ["Conv2D", "32 3×3 relu", "26×26×32", "320 parameters"]
    assert texts(root)[1:6] == ["28×28×1 in", *conv]
    assert texts(root)[-2] == "total: 93,322 parameters, 2,794,240 MACs (multiply-accumulates per image)"


def test_names_and_unknown_numbers():
    opaque = Opaque(kind="<Evil>&", config="{}")
    root = drawing(Network("<script> & \u2028", (4,), (Flatten(), opaque, Dense(units=2))))
    assert root.find(f"{NAMESPACE}title").text == "<script> &  "
    assert texts(root)[6:10] == ["<Evil>&", "opaque", "—", "— parameters"]
    assert texts(root)[-2].startswith("total of known layers: 0 parameters")
