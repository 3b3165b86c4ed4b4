"""The softmax page by keys: logits changed and typed, the true class, temperature, 32 bits, the code; and the tabs."""

import subprocess
import sys

import pytest

from tests.ui.driving import opened
from tests.ui.lab.test_lab import lab
from tui_cnn.lab.settings import SoftmaxSettings
from tui_cnn.ui.lab.screen import LabTabs


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)])
async def test_all_of_it_by_keys(size):
    async with opened(size=size) as user:
        await lab(user)
        await user.press("m")
        await user.sees("3 classes", "1 + 0.3679 + 0.1496 = 1.5174", "−ln p = −ln 0.6590 = 0.417", "−0.3410")
        await user.press("down", "right", "right")
        await user.sees("[2]", "1 + 1 + 0.1496 = 2.1496", "p = e^0 / sum = 1 / 2.1496 = 0.4652")
        await user.press("-", "1", ".", "5")
        assert user.app.screen.bench.settings.logits == "2,-1.5,0.1"
        assert user.app.current_mode == "lab"
        await user.press("space")
        await user.sees("p − y = 0.0256 − 1 = −0.9744", "−ln p = −ln 0.0256 = 3.6653")
        await user.press("right_square_bracket")
        await user.sees("temperature 2", "(p − y) / T = (0.1114 − 1) / 2 = −0.4443")
        await user.press("left_square_bracket", "a", "d", "up", "left", "backspace")
        assert user.app.screen.bench.form.value == SoftmaxSettings(logits="2,0,0.1", true=2)
        await user.press("n", "n")
        await user.sees("Fashion-MNIST", "Ankle boot", "0.6465")
        await user.press("d", *["d"] * 12)
        assert user.app.screen.bench.settings.logits.count(",") == 1


async def test_32_bits_overflow_until_the_maximum_is_subtracted():
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:softmax?logits=100,99,97&shifted=no")
        await user.sees("∞ + ∞ + ∞ = ∞", "nan", "e^100 = ∞, and ∞ / ∞ is", "f subtracts it")
        await user.press("f")
        await user.sees("1 + 0.3679 + 0.0498 = 1.4177", "0.7054", "✗ without subtracting the maximum")
        await user.press("x", "right")
        await user.sees("tf.nn.softmax_cross_entropy_with_logits")


@pytest.mark.parametrize("page", ["convolution", "softmax", "transposed"])
async def test_all_titles_fit_at_80_columns(page):
    async with opened(size=(80, 24)) as user:
        await lab(user, f"lab:{page}")
        line = user.text.split("\n")[1]
        tabs = user.app.screen.query_one(LabTabs)
        for word in ("c Conv", "p Pool", "s Sizes", "w Weights", "u Transp", "b Learn", "m Softmax", "v Pairs"):
            assert word in line
        assert tabs.render().cell_length <= tabs.content_size.width


WIDTH = """
from tui_cnn.i18n import use_language
use_language("ko")
from tui_cnn.ui.lab.screen import PAGE_INFOS
from rich.cells import cell_len
print(sum(cell_len(info.short or info.title) + 2 for info in PAGE_INFOS.values()) + len(PAGE_INFOS) + 1)
"""


def test_all_titles_fit_in_korean():
    """Key, blank and title of each, a blank between them, and two more around the page that is shown."""
    width = int(subprocess.run([sys.executable, "-c", WIDTH], capture_output=True, check=True, text=True).stdout)
    assert 20 < width <= 78
