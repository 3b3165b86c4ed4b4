"""What is made of measured seconds: sums over repeated blocks, traffic, the roofline, worked out by hand."""

import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Conv2D, Dense, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.layer_profile import LayerSeconds, MachineLimits, NetworkSeconds, Profiling, profile_of
from tui_cnn.ui.toolkit.roofline import letters_of, roofline_lines

MACHINE = MachineLimits(device="CPU:0", threads=2, peak=100e9, bandwidth=10e9)  # the ridge is at 10 FLOPs per byte
WHOLE = NetworkSeconds(0.004, 0.006)


def conv(filters):
    return Conv2D(filters=filters, kernel_size=(3, 3), padding="same")


NETWORK = Network(
    "small",
    (8, 8, 3),
    (conv(4), Block(name="twice", repeat=2, layers=(conv(4),)), MaxPooling2D(), Flatten(), Dense(units=10)),
)
MEASURED = [
    LayerSeconds((0,), 0.001, 0.002),
    LayerSeconds((1, 0, 0), 0.0002, 0.0004),
    LayerSeconds((1, 1, 0), 0.0003, 0.0005),
    LayerSeconds((2,), 0.0001, 0.0),
    LayerSeconds((3,), 0.0, 0.0),
    LayerSeconds((4,), 0.0001, 0.0001),
]


@pytest.fixture
def found():
    return profile_of(analyze(NETWORK), 16, MACHINE, MEASURED, WHOLE)


def test_the_times_of_a_repeated_layer_are_added_up(found):
    assert [layer.row.path for layer in found.layers] == [(0,), (1, 0), (2,), (3,), (4,)]
    repeated = found.layers[1]
    assert (repeated.row.times, repeated.forward, repeated.backward) == (
        2,
        pytest.approx(0.0005),
        pytest.approx(0.0009),
    )
    assert repeated.operations == 2 * 16 * 2 * (9 * 4 * 8 * 8 * 4)
    assert repeated.traffic == 4 * (2 * 16 * (8 * 8 * 4 + 8 * 8 * 4) + 2 * (9 * 4 * 4 + 4))


def test_the_roofline_is_the_lower_of_both_limits(found):
    first, _repeated, pooling, flatten, dense = found.layers
    traffic = 4 * (16 * (8 * 8 * 3 + 8 * 8 * 4) + (9 * 3 * 4 + 4))
    operations = 2 * 16 * 9 * 3 * 8 * 8 * 4
    assert (first.traffic, first.operations) == (traffic, operations)
    assert first.intensity == pytest.approx(operations / traffic)
    assert first.is_bound_by_memory(MACHINE)
    assert first.limit(MACHINE) == pytest.approx(10e9 * operations / traffic)
    assert first.share(MACHINE) == pytest.approx((operations / 0.001) / (10e9 * operations / traffic))
    quick = MACHINE.bandwidth * 100
    assert not first.is_bound_by_memory(MachineLimits("CPU:0", 2, 100e9, quick))
    assert first.limit(MachineLimits("CPU:0", 2, 100e9, quick)) == 100e9
    moved = 4 * 16 * (8 * 8 * 4 + 4 * 4 * 4)
    assert pooling.share(MACHINE) == pytest.approx(moved / 0.0001 / 10e9)
    assert flatten.share(MACHINE) == 0.0
    assert dense.operations == 2 * 16 * 64 * 10


def test_the_drawing_has_a_letter_for_each_layer_that_computes(found):
    letters = letters_of(found)
    assert letters == {(0,): "A", (1, 0): "B", (4,): "C"}, "those that take longest first"
    drawn = "\n".join(roofline_lines(found)[1:])
    assert all(drawn.count(letter) == 1 for letter in "ABC")


def test_what_cannot_be_measured_is_refused_before_a_worker_is_started():
    with pytest.raises(FormatError, match="does not fit"):
        Profiling(Network("broken", (4, 4, 1), (Conv2D(filters=1, kernel_size=(9, 9)),)))
    two = Network("two", (4, 4, 1), (Conv2D(filters=1, kernel_size=(1, 1), name="a"), Flatten(name="b")), ("a", "b"))
    with pytest.raises(RunError, match="has 1 input and 2 outputs; only networks with one input and one output"):
        Profiling(two)
