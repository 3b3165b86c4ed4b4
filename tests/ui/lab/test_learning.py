"""The learning page by keys: steps, running, the hidden kernel typed, a rate that is too high, questions, the code."""

import numpy as np
import pytest

from tests.ui.driving import opened
from tests.ui.lab.test_lab import lab
from tui_cnn.lab.learning import MOST_STEPS
from tui_cnn.lab.settings import LearningSettings
from tui_cnn.ui.lab.stage import NumberView
from tui_cnn.ui.toolkit.numbers import spark

pytestmark = pytest.mark.usefixtures("coloured")


SMALL = "lab:learning?image=corners&side=3&kernel=random&kernel_size=2x2&rate=0.5"


async def test_a_step_is_written_out():
    """The image is 1 0 0 / 0 1 1 / 0 1 1, the hidden kernel 2 1 / 0 -1: worked by hand from zeros."""
    async with opened(size=(120, 40)) as user:
        await lab(user, SMALL)
        bench = user.app.screen.bench
        hidden = bench.learning.hidden
        image = np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1]])
        assert bench.learning.image[..., 0].tolist() == image.tolist()
        target = [[(image[r : r + 2, c : c + 2] * hidden).sum() for c in range(2)] for r in range(2)]
        await user.sees("step 0", "learning rate 0.5", "Target 2×2", "Hidden kernel random 2×2")
        errors = [-value for row in target for value in row]
        slope = 2 / 4 * (errors[0] * 1 + errors[1] * 0 + errors[2] * 0 + errors[3] * 1)
        await user.sees(f"{np.mean(np.square(errors)):.3g} = mean of 4 squared errors")
        assert bench.state.step.gradient[0, 0] == slope
        await user.sees(f"0 − 0.5·{_bracketed(slope)} = {_minus(-0.5 * slope)}")
        await user.press("right")
        await user.sees("step 1")
        assert bench.state.step.kernel[0, 0] == -0.5 * slope
        await user.press("f")
        await user.sees("row 1, column 2")
        await user.press("left", "left")
        await user.sees("step 0")


def _minus(value):
    return f"{value:g}".replace("-", "−")


def _bracketed(value):
    return f"({_minus(value)})" if value < 0 else _minus(value)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)])
async def test_it_runs_finds_the_kernel_and_stops(size):
    async with opened(size=size) as user:
        await lab(user, "lab:learning?image=street&rate=1")
        bench = user.app.screen.bench
        await user.press("end")
        await user.sees("✓ the hidden kernel is found")
        found = bench.place
        np.testing.assert_allclose(bench.state.step.kernel, bench.learning.hidden, atol=0.005)
        bench.place = found - 3
        await user.press("plus", "plus", "plus", "plus", "space")
        await user.until(lambda: not bench.running)
        assert bench.place == found
        await user.press("end")
        assert bench.place == MOST_STEPS
        await user.press("home", "down", "down", "up")
        assert bench.place == 10


async def test_a_rate_that_is_too_high_diverges_and_is_lowered():
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:learning?rate=0.5")
        assert "the loss will grow" not in user.text
        await user.press("right_square_bracket")
        await user.sees("learning rate 1, largest stable rate 0.623", "the loss will grow")
        await user.press("right_square_bracket", "plus", "plus", "plus", "plus", "space")
        await user.sees("✗ diverged: loss over 10,000 times the first; [ lowers the rate")
        await user.until(lambda: not user.app.screen.bench.running)
        place = user.app.screen.bench.place
        await user.press("right", "down", "end")
        assert user.app.screen.bench.place == place
        assert "nan" not in user.text
        assert "inf" not in user.text
        await user.press("left_square_bracket", "left_square_bracket")
        await user.sees("learning rate 0.5", "step 0")
        assert user.app.screen.bench.form.value.rate == 0.5


async def test_a_kernel_is_typed_and_found_again():
    async with opened(size=(120, 40)) as user:
        await lab(user, "lab:learning?image=street&rate=1")
        await user.press("k", "5", "right", "-", "2", "down", "delete", "escape")
        bench = user.app.screen.bench
        assert bench.learning.hidden.tolist() == [[5, -2, -1], [1, 0, -1], [1, 0, -1]]
        assert bench.form.value.kernel == "own"
        await user.sees("Hidden kernel 3×3", "step 0")
        await user.press("end")
        await user.sees("✓ the hidden kernel is found")
        np.testing.assert_allclose(bench.state.step.kernel, bench.learning.hidden, atol=0.005)
        hidden = next(view for view in user.app.screen.query(NumberView) if view.part.role == "hidden")
        await user.pilot.click(hidden, offset=(1, 0))
        await user.settle()
        assert bench.typing


async def test_initializers_are_compared_after_as_many_steps():
    async with opened(size=(200, 55)) as user:
        await lab(user, "lab:learning?rate=0.5&place=41")
        await user.sees("step 40", "zeros", "glorot-uniform", "he-normal", "▁")
        await user.press("i", "i")
        await user.sees("step 40")
        assert user.app.screen.bench.settings == LearningSettings(rate=0.5, initializer="random-normal")
        before = user.app.screen.bench.state.step.kernel.copy()
        user.app.screen.bench.set_settings(LearningSettings(rate=0.5, initializer="random-normal", seed=1))
        user.app.screen.bench.place = 40
        assert not np.allclose(user.app.screen.bench.state.step.kernel, before)


async def test_what_cannot_be_learned_is_said():
    async with opened(size=(80, 24)) as user:
        await lab(user, "lab:learning?image=white-left&rate=0.1")
        await user.sees("this image determines only 3 of 9 weights")
        user.app.follow_link("lab:learning?image=own&side=4")
        await user.sees("✗ the image is all zeros", "largest stable rate ∞")
        user.app.follow_link("lab:learning?image=corners&side=4&kernel=long-vertical-line")
        await user.sees("✗ a window of 7 does not fit into 4 pixels")
        await user.press("right", "down", "end", "space", "f", "i", "k", "x", "right_square_bracket", "home")
        await user.sees("✗ a window of 7 does not fit into 4 pixels")


async def test_the_step_as_a_program():
    async with opened(size=(120, 40)) as user:
        await lab(user, SMALL)
        await user.press("x")
        await user.sees("NumPy", "hidden = np.array")
        await user.press("right", "end")
        await user.sees("tf.GradientTape")
        await user.press("escape")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_asked_is_covered(size):
    async with opened(size=size) as user:
        await lab(user, "lab:learning")
        user.app.follow_link("lesson:learning")
        await user.until(lambda: user.app.screen.query_one("LessonPanel").lesson.name == "learning")
        await user.press("down", "enter")
        await user.sees("The errors are 1 3 / 2 2", "Error 2×2")
        assert "Gradient 2×2" not in user.text
        assert "mean of 4 squared" not in user.text
        await user.press("a")
        await user.sees("The answer is", "Gradient 2×2")


def test_several_drawings_have_one_scale():
    assert spark([0, 7], 2) == "▁█"
    assert spark([0, 7], 2, (0, 14)) == "▁▅"
