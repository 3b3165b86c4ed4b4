"""The drawing of the volume: within its place, whatever the network."""

import re

import pytest
from rich.style import Style
from rich.text import Text

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.ui.build.volume_drawing import Tones, stages, volume

TONES = Tones(*(Style(color=name) for name in ("blue", "magenta", "yellow", "grey50")))


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
}


def drawn(network, width=90, height=8, selected=()):
    lines = volume(analyze(network), selected, width, height, TONES).lines
    return Text("\n").join(Text.assemble(*((part.text, part.style or "") for part in line)) for line in lines)


@pytest.mark.parametrize("name", NETWORKS)
def test_it_stays_within_its_place(name):
    for width in (1, 2, 20, 40, 56, 79, 80, 120, 200):
        for height in (2, 3, 8, 20):
            lines = drawn(NETWORKS[name], width, height).plain.split("\n")
            assert len(lines) == height
            assert max(map(len, lines)) <= width, (width, height)


def test_every_stage_has_its_shape_below_it():
    lines = drawn(NETWORKS["tutorial"]).plain.split("\n")
    assert lines[-1].split() == ["28×28×1", "26×26×32", "13×13×32", "11×11×64", "5×5×64", "3×3×64", "576", "64", "10"]
    for label in re.finditer(r"\S+", lines[-1]):
        assert any(set(line[label.start() : label.end()]) & set("█▀▄") for line in lines[:-1]), label[0]


def test_the_selected_stage_is_in_view_however_many_there_are():
    network = NETWORKS["very deep"]
    for selected in ((), (0,), (5,), (150,), (290,), (299,)):
        text = drawn(network, width=40, selected=selected)
        assert any(span.style == TONES.selected for span in text.spans), selected
        assert text.plain.split("\n")[3].count("█") == 20


def test_heights_follow_the_image_on_a_root_scale():
    network = Network("net", (64, 64, 1), (MaxPooling2D(), MaxPooling2D(), MaxPooling2D()))
    lines = drawn(network, height=9).plain.split("\n")[:-1]
    middles = [9 * i + 4 for i in range(4)]
    halves = [sum({"█": 2, "▀": 1, "▄": 1}.get(line.ljust(90)[x], 0) for line in lines) for x in middles]
    assert halves[0] == 16
    assert halves == sorted(halves, reverse=True)
    assert halves[2] == 8, "a quarter of the pixels along an axis is half as high"


def test_layers_that_keep_the_shape_share_a_stage():
    network = Network("net", (8, 8, 3), (Dropout(rate=0.5), conv(3), conv(4), Dropout(rate=0.5), Flatten()))
    assert [stage.shape for stage in stages(analyze(network))] == [(8, 8, 3), (8, 8, 4), (256,)]
    assert [stage.paths for stage in stages(analyze(network))] == [((), (0,), (1,)), ((2,), (3,)), ((4,),)]


def test_a_stack_that_breaks_off_is_drawn_as_far_as_it_goes():
    assert [stage.shape for stage in stages(analyze(NETWORKS["broken"]))] == [(5, 5, 1), (5, 5, 3), (5, 5, 2)]


@pytest.mark.parametrize(
    ("selected", "label"), [((), "28×28×1"), ((2,), "11×11×64"), ((6,), "64"), ((2, 0), "11×11×64")]
)
def test_the_selected_stage_stands_out(selected, label):
    text = drawn(NETWORKS["tutorial"], selected=selected)
    marked = {text.plain[span.start : span.end].strip() for span in text.spans if span.style == TONES.selected}
    assert label in marked
    assert len({word for word in marked if "█" not in word and "▀" not in word and "▄" not in word and word}) == 1


def test_features_and_classifier_differ():
    text = drawn(NETWORKS["tutorial"])
    assert {span.style for span in text.spans} == {TONES.features, TONES.classifier, TONES.selected, TONES.words}
