"""Networks as drawings: sound XML, a box for each layer, nothing outside of the picture, nothing from outside."""

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.strategies import mostly_sound, networks
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Dense, Flatten, Opaque
from tui_cnn.core.network import Network
from tui_cnn.formats.export import export_text
from tui_cnn.formats.presets import preset

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawing(network):
    root = ElementTree.fromstring(export_text(network, "svg"))
    assert {element.tag.removeprefix(NAMESPACE) for element in root.iter()} <= {"svg", "title", "rect", "text"}
    assert not any(name.endswith("href") for element in root.iter() for name in element.attrib)
    return root


def boxes(root):
    """Return left, top, width and height of each box, the background left out."""
    rects = root.findall(f"{NAMESPACE}rect")[1:]
    return [tuple(float(rect.get(name)) for name in ("x", "y", "width", "height")) for rect in rects]


def texts(root):
    return [text.text for text in root.findall(f"{NAMESPACE}text")]


@given(st.one_of(mostly_sound(), networks()))
@settings(max_examples=100)
def test_any_network(network):
    root = drawing(network)
    found = boxes(root)
    assert len(found) == 1 + len(analyze(network).rows)
    width, height = float(root.get("width")), float(root.get("height"))
    bottom = 0.0
    for left, top, wide, high in found:
        assert left >= 0
        assert left + wide <= width / 2 + 150
        assert wide > 100
        assert bottom < top
        bottom = top + high
    assert bottom < height


def test_the_funnel():
    """The more numbers come out of a layer, the wider is its box."""
    root = drawing(preset("fashion-cnn"))
    widths = [width for _left, _top, width, _height in boxes(root)]
    assert widths[1] == max(widths)
    assert widths[1] > widths[2] > widths[4] > widths[7] > widths[8]
    assert "1 Conv2D 32 3×3 relu" in texts(root)
    assert "26×26×32 · 320 parameters" in texts(root)
    assert texts(root)[-1] == "total: 93,322 parameters, 2,794,240 MACs (multiply-accumulates for one image)"


def test_names_and_unknown_numbers():
    opaque = Opaque(kind="<Evil>&", config="{}")
    root = drawing(Network("<script> & \u2028", (4,), (Flatten(), opaque, Dense(units=2))))
    assert root.find(f"{NAMESPACE}title").text == "<script> &  "
    assert "2 <Evil>& opaque" in texts(root)
    assert texts(root)[-1].startswith("total of what is known: 0 parameters")
