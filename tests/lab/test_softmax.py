"""Softmax against TensorFlow: probabilities, loss, gradient, and what happens in 32 bits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.test_code import ran
from tui_cnn.lab.code import LIBRARIES
from tui_cnn.lab.settings import SoftmaxSettings
from tui_cnn.lab.softmax import LARGEST_EXPONENT, SoftmaxSteps, read_logits, softmax, write_logits
from tui_cnn.lab.softmax_code import softmax_code

logits_of = st.lists(st.floats(-200, 200), min_size=2, max_size=10).map(np.array)


@given(logits_of, st.integers(0, 9), st.sampled_from([0.1, 0.5, 1.0, 2.0, 10.0]))
@settings(max_examples=100)
def test_what_tensorflow_gives(tf, logits, true, temperature):
    made = SoftmaxSteps(logits, true % len(logits), temperature)
    variable = tf.Variable(logits)
    with tf.GradientTape() as tape:
        scaled = variable / temperature
        loss = tf.nn.softmax_cross_entropy_with_logits(tf.one_hot(made.true, len(logits), dtype=tf.float64), scaled)
    np.testing.assert_allclose(made.probabilities, tf.nn.softmax(scaled).numpy(), rtol=1e-9, atol=1e-30)
    np.testing.assert_allclose(made.loss, loss.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(made.gradient, tape.gradient(loss, variable).numpy(), atol=1e-12)


def test_32_bits_overflow_without_the_maximum_subtracted():
    """exp(88) is a number of 32 bits, exp(89) is not; TensorFlow subtracts the maximum itself."""
    assert np.isfinite(np.exp(np.float32(LARGEST_EXPONENT - 0.01)))
    naive = SoftmaxSteps(np.array([100.0, 99.0, 97.0]), is_shifted=False)
    assert np.isinf(naive.exponentials).all()
    assert math.isinf(naive.total)
    assert np.isnan(naive.probabilities).all()
    assert math.isnan(naive.loss)
    assert naive._replace(is_shifted=True).probabilities.sum() == pytest.approx(1)
    small = SoftmaxSteps(np.array([2.0, 1.0, 0.1]), is_shifted=False)
    np.testing.assert_allclose(small.probabilities, small._replace(is_shifted=True).probabilities, rtol=1e-6)
    low = SoftmaxSteps(np.array([-200.0, -201.0]), is_shifted=False)
    assert low.total == 0
    assert np.isnan(low.probabilities).all(), "0 / 0"


def test_by_hand():
    """e^2 = 7.389, e^1 = 2.718, e^0.1 = 1.105; their sum is 11.212."""
    made = softmax(SoftmaxSettings())
    np.testing.assert_allclose(made.probabilities, [0.6590, 0.2424, 0.0986], atol=5e-5)
    assert made.loss == pytest.approx(0.4170, abs=5e-5)
    np.testing.assert_allclose(made.gradient, [-0.3410, 0.2424, 0.0986], atol=5e-5)
    assert softmax(SoftmaxSettings(true=9)).true == 2, "there are three"


def test_a_low_temperature_sharpens():
    sharp, flat = (softmax(SoftmaxSettings(temperature=temperature)).probabilities for temperature in (0.1, 100))
    assert sharp[0] > 0.99
    assert flat.max() - flat.min() < 0.01


def test_logits_are_written_as_they_are_read():
    for text in ("2,1,0.1", "-4.25,100,0", "9999,-9999", "10,20.5"):
        assert write_logits(read_logits(text)) == text


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_the_programs(library, temperature, tf):
    made = SoftmaxSteps(np.array([2.0, -1.5, 0.25, 100.0]), 1, temperature)
    program = softmax_code(made, library).replace("print(loss", "given = (loss, gradient)  # (")
    np.testing.assert_allclose(ran(program), made.probabilities, atol=1e-6)
    names = {}
    exec(compile(program.rpartition("print(")[0], "copied.py", "exec"), names)
    np.testing.assert_allclose(names["given"][0], made.loss, rtol=1e-6)
    np.testing.assert_allclose(names["given"][1], made.gradient, atol=1e-6)
