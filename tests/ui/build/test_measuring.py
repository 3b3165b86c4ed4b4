"""The column of measured times: what is known of a layer stays with it, through edits, folds and repeats."""

import pytest

from tests.ui.driving import opened
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.core.unrolling import unrolled
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.layer_profile import LayerSeconds, MachineLimits, NetworkSeconds, profile_of
from tui_cnn.runs.layer_times import NOT_MEASURED, key_of
from tui_cnn.ui.build import measuring

CONV = Conv2D(filters=4, kernel_size=(3, 3), padding="same")
NETWORK = Network(
    "small", (8, 8, 4), (CONV, Block(name="stage", repeat=2, layers=(CONV, CONV)), Flatten(), Dense(units=10))
)


class FakeProfiling:
    """Measures 1 ms forward and 2 ms backward for each layer."""

    failure = ""

    def __init__(self, network, batch_size):
        self._network, self._batch_size = network, batch_size
        self._measured = []

    def steps(self):
        if self.failure:
            raise RunError(self.failure)
        for row in analyze(unrolled(self._network)).rows:
            if not isinstance(row.layer, Block):
                self._measured.append(LayerSeconds(row.path, 0.001, 0.002))
                yield self._measured[-1]

    def profile(self):
        machine = MachineLimits("CPU:0", 2, 100e9, 10e9)
        return profile_of(analyze(self._network), self._batch_size, machine, self._measured, NetworkSeconds(0.02, 0.03))

    def close(self):
        pass


@pytest.fixture
def measured(monkeypatch):
    monkeypatch.setattr(measuring.MeasureDialog.__init__, "__defaults__", (FakeProfiling,))


def times(user):
    """The texts of the column, by the lines that have one."""
    return [cells.get("time", "") for cells in user.app.screen.query_one("#stack")._cells]


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)])
async def test_times_stand_in_a_column_and_stay_with_their_layers(size):
    async with opened(NETWORK, size=size) as user:
        assert not any(times(user))
        await user.press("M")
        await user.told("Whole network, batch of 32: forward 20.00 ms, backward 30.00 ms.")
        await user.sees("ms", "3.00", "6.00")
        assert times(user) == ["", "3.00", "", "6.00", "6.00", "3.00", "3.00"]
        await user.press("home", "down", "down", "space")
        assert times(user) == ["", "3.00", "12.00", "3.00", "3.00"], "folded, it is the sum of all repetitions"
        await user.press("up", "D")
        assert times(user)[:3] == ["", "3.00", "3.00"], "a copy takes as long"
        await user.press("]")
        assert times(user)[2] == "", "with other filters it was not measured, and nor was what gets its output"
        await user.press("u", "u")
        assert times(user) == ["", "3.00", "12.00", "3.00", "3.00"]


@pytest.mark.usefixtures("measured")
async def test_the_size_of_a_batch_is_that_of_the_recipe():
    async with opened(NETWORK) as user:
        await user.press("2", "1", "M")
        await user.told("Whole network, batch of 32")


async def test_what_fails_is_said_in_the_dialog(measured, monkeypatch):
    monkeypatch.setattr(FakeProfiling, "failure", "training needs the package tensorflow")
    async with opened(NETWORK) as user:
        await user.press("M")
        await user.sees("Measure the layers", "training needs the package tensorflow")
        await user.press("escape")
        assert not any(times(user))


def test_the_same_layer_with_another_name_on_the_same_shape_is_known():
    analysis = analyze(NETWORK)
    profile = profile_of(
        analysis, 32, MachineLimits("CPU:0", 2, 1e9, 1e9), [LayerSeconds((0,), 0.001, 0.002)], NetworkSeconds(1, 1)
    )
    known = NOT_MEASURED.with_profile(profile)
    renamed = analyze(edits.change(NETWORK, (0,), name="first", trainable=False)).rows[0]
    assert known.of(renamed) == pytest.approx(0.003)
    assert known.of(analyze(edits.set_input_shape(NETWORK, (16, 16, 4))).rows[0]) is None
    assert key_of(analysis.rows[1]) is None, "a block only holds layers"
    other = known.with_profile(profile._replace(batch_size=64, layers=()))
    assert other.of(renamed) is None, "batches of another size take another time"
