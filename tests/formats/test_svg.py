"""Networks as pictures: sound XML, every layer written down, nothing outside of the picture, nothing from outside."""

import re
from io import BytesIO
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.core.strategies import mostly_sound, networks
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import BatchNormalization, Block, Branches, Conv2D, Dense, Flatten, MaxPooling2D, Opaque
from tui_cnn.core.network import Network, walk, without_muted
from tui_cnn.formats.export import export_bytes, export_text
from tui_cnn.formats.picture import COLOURS, dumps_svg
from tui_cnn.formats.presets import preset
from tui_cnn.formats.volume import Box, DrawingScale, Fork, Merge, Wire, arrange, arrange_rows, boxes, field_region

NAMESPACE = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "rect", "text", "polygon", "polyline", "circle"}
SCALE = DrawingScale(height=100, channel=3, thinnest=4, gap=10)


def drawing(network):
    root = ElementTree.fromstring(export_text(network, "svg"))
    assert {element.tag.removeprefix(NAMESPACE) for element in root.iter()} <= TAGS
    assert not any(name.endswith("href") for element in root.iter() for name in element.attrib)
    return root


def texts(root):
    return [text.text for text in root.findall(f"{NAMESPACE}text")]


def points(root):
    for element in root.iter():
        for x, y in re.findall(r"(\S+),(\S+)", element.get("points", "")):
            yield float(x), float(y)


def picture(network, detail="layers"):
    return arrange(boxes(analyze(network), detail), SCALE)


def solid(network, path):
    return next(solid for solid in picture(network).solids if solid.box.path == path)


@given(st.one_of(mostly_sound(), networks()))
@settings(max_examples=50)
def test_each_layer_has_its_place(network):
    placed = picture(network)
    named = [solid.box for solid in placed.solids]
    named += [mark.fork for mark in placed.marks if isinstance(mark, Merge)]
    paths = [path for box in named for path in (box.path, *(path for path, _family in box.slices))]
    assert len(paths) == len(set(paths))
    rows = analyze(network).rows
    assert set(paths) == {()} | {row.path for row in rows if not row.muted and not isinstance(row.layer, Block)}
    for mark in placed.solids:
        assert mark.x >= 0
        assert mark.x + mark.width <= placed.width + 1e-6
        assert -placed.above - 1e-6 <= mark.y - mark.depth
        assert mark.y + mark.height <= placed.below + 1e-6
    for one, other in combinations(placed.solids, 2):
        apart = one.x + one.width + one.depth <= other.x or other.x + other.width + other.depth <= one.x
        above = one.y + one.height <= other.y - other.depth or other.y + other.height <= one.y - one.depth
        assert apart or above, (one.box.path, other.box.path)


@given(st.one_of(mostly_sound(), networks()))
@settings(max_examples=30)
def test_any_network_is_sound_xml_within_the_picture(network):
    root = drawing(network)
    width, height = float(root.get("width")), float(root.get("height"))
    for x, y in points(root):
        assert 0 <= x <= width
        assert 0 <= y <= height
    for text in root.findall(f"{NAMESPACE}text"):
        assert 0 <= float(text.get("x")) <= width
        assert 0 <= float(text.get("y")) <= height
    written = " ".join(filter(None, texts(root)))
    for _path, layer in walk(without_muted(network).layers):
        if not isinstance(layer, Block | Branches | Opaque):
            assert type(layer).__name__[:20] in written


def test_a_box_is_as_high_and_deep_as_the_image_and_as_wide_as_its_channels():
    network = Network(
        "net", (64, 64, 1), (Conv2D(filters=8, kernel_size=(1, 1)), Conv2D(filters=512, kernel_size=(33, 49)))
    )
    image, few, many = picture(network).solids
    assert (image.height, few.height) == (100, 100)
    assert many.height == pytest.approx(100 * 0.5**0.5), "an edge of 32 of 64 pixels, on a root scale"
    assert many.depth < few.depth / 1.9, "an edge of 16 of 64 pixels is half as deep"
    assert image.width < few.width < many.width
    assert many.width == pytest.approx(few.width * 64**0.45)


def test_features_are_columns():
    network = Network("net", (784,), (Dense(units=64), Dense(units=10)))
    heights = [solid.height for solid in picture(network).solids]
    assert heights[0] == 100
    assert heights == sorted(heights, reverse=True)
    assert {solid.width for solid in picture(network).solids} == {SCALE.thinnest}


def test_layers_that_act_on_each_value_are_slices():
    network = preset("resnet-18")
    stem = boxes(analyze(network))[2]
    assert [family for _path, family in stem.slices] == ["normalization", "activation"]
    slices = list(next(s for s in picture(network).solids if s.box.path == stem.path).slices())
    assert [family for family, _front, _top in slices] == ["normalization", "activation"]
    add = next(element for element in boxes(analyze(network)) if isinstance(element, Fork))
    assert [family for _path, family in add.slices] == ["activation"], "also after branches"


def test_branches_lie_above_each_other_and_a_skip_goes_around():
    conv = Conv2D(filters=1, kernel_size=(1, 1))
    placed = picture(Network("net", (8, 8, 1), (Branches(branches=((conv,), (conv,))),)))
    _image, upper, lower = placed.solids
    assert upper.x == lower.x
    assert upper.y + upper.height < lower.y - lower.depth
    placed = picture(Network("net", (8, 8, 1), (Branches(branches=((conv, conv), ())),)))
    _image, first, second = placed.solids
    assert first.y == second.y
    around = [mark for mark in placed.marks if isinstance(mark, Wire) and len(mark.points) == 4]
    assert len(around) == 1
    assert max(y for _x, y in around[0].points[1:3]) < first.y - first.depth


def test_a_folded_block_is_one_box_of_the_family_of_its_weights():
    top = boxes(analyze(preset("resnet-50")), "top")
    assert all(isinstance(element, Box) for element in top)
    assert [box.family for box in top[1:4]] == ["convolution", "pooling", "convolution"]
    assert {box.group for box in top} == {()}
    assert {element.group for element in boxes(analyze(preset("vgg-16")), "blocks")} == {
        (),
        (0,),
        (1,),
        (2,),
        (3,),
        (4,),
    }


def test_long_networks_go_on_below_on_the_same_scale():
    elements = boxes(analyze(preset("vgg-16")))
    rows = arrange_rows(elements, SCALE, 600)
    assert len(rows) > 1
    assert [solid.box for row in rows for solid in row.solids] == list(elements)
    assert max(row.width for row in rows) <= 1.15 * 600
    assert rows[-1].solids[-1].height < rows[0].solids[0].height


def test_what_the_last_map_sees_is_framed_on_the_image():
    analysis = analyze(preset("fashion-cnn"))
    top, left, bottom, right = field_region(analysis.last_map, analysis)
    assert (bottom - top) * 28 == (right - left) * 28 == 18
    written = export_text(preset("fashion-cnn"), "svg")
    assert "receptive field of layer conv2d_2: 18" in written
    assert field_region(analysis.rows[-1], analysis) == (0, 0, 1, 1)
    dense = analyze(Network("dense", (784,), (Dense(units=10),)))
    assert field_region(dense.rows[-1], dense) is None


def test_channels_first_is_drawn_as_the_same_network_with_channels_last():
    def network(first):
        order = {"data_format": "channels_first" if first else "channels_last"}
        conv = {"filters": 8, "kernel_size": (5, 3), "strides": (2, 1), **order}
        layers = (
            Conv2D(**conv),
            BatchNormalization(axis=1 if first else 3),
            MaxPooling2D(**order),
            Flatten(),
            Dense(units=3),
        )
        return Network("net", (3, 20, 40) if first else (20, 40, 3), layers)

    def drawn(first):
        analysis = analyze(network(first))
        solids = arrange(boxes(analysis), SCALE).solids
        places = [(solid.x, solid.y, solid.width, solid.height, solid.depth, solid.box.window) for solid in solids]
        return places, [field_region(row, analysis) for row in analysis.rows]

    assert drawn(True) == drawn(False)
    assert "3×20×40" in texts(drawing(network(True)))


def test_what_is_written():
    root = drawing(preset("fashion-cnn"))
    conv = ["Conv2D", "32 · 3×3 · relu", "26×26×32", "320 parameters"]
    assert texts(root)[:7] == ["fashion-cnn", "Input", "28×28×1", *conv]
    assert "total: 93,322 parameters, 2,794,240 MACs (multiply-accumulates per image)" in texts(root)
    hints = [title.text for title in root.iter(f"{NAMESPACE}title")]
    assert "Conv2D · 32 3×3 relu · 26×26×32 · 320 parameters · RF 3" in hints
    fills = [polygon.get("fill") for polygon in root.iter(f"{NAMESPACE}polygon")]
    assert {COLOURS["convolution"], COLOURS["pooling"], COLOURS["dense"]} <= set(fills)
    assert {"stem", "inception_a", "concatenate"} <= set(texts(drawing(preset("small-inception"))))


def test_names_and_unknown_numbers():
    opaque = Opaque(kind="<Evil>&", config="{}")
    root = drawing(Network("<script> & \u2028", (4,), (Flatten(), opaque, Dense(units=2))))
    assert root.find(f"{NAMESPACE}title").text == "<script> &  "
    assert texts(root)[5:9] == ["<Evil>&", "opaque", "—", "— parameters"]
    assert any(text.startswith("total: ≥ 0 parameters") for text in texts(root))


@pytest.mark.parametrize("name", ["fashion-cnn", "small-inception"])
def test_the_png_is_twice_as_large_and_has_the_same_colours(name):
    root = drawing(preset(name))
    image = Image.open(BytesIO(export_bytes(preset(name), "png")))
    assert image.size == (2 * int(root.get("width")), 2 * int(root.get("height")))
    colours = {colour for _count, colour in image.getcolors(1 << 24)}
    assert tuple(bytes.fromhex(COLOURS["convolution"][1:])) in colours
    assert image.getpixel((0, 0)) == (255, 255, 255)


def test_a_bracket_says_how_often_a_block_is_repeated():
    layers = (Block(name="deep", repeat=3, layers=(Conv2D(filters=4, kernel_size=(3, 3), padding="same"),) * 2),)
    assert ">deep ×3<" in dumps_svg(analyze(Network("n", (8, 8, 1), layers)))
