"""Learning a kernel: gradients and steps are TensorFlow's, it converges below the largest stable rate and not above."""

import contextlib
import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tui_cnn.lab.code import LIBRARIES
from tui_cnn.lab.learning import (
    MOST_STEPS,
    Descent,
    KernelLearning,
    descent,
    initial_kernel,
    learning,
    type_hidden,
)
from tui_cnn.lab.learning_code import learning_code
from tui_cnn.lab.scene import LabArrays
from tui_cnn.lab.settings import INITIALIZERS, LearningSettings
from tui_cnn.lab.windows import WindowError


def drawn(data):
    """Any image, kernels and rate; the rate is a fraction that 32 bits hold, as Keras keeps it in these."""
    random = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    size = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = data.draw(st.sampled_from(["valid", "same"]))
    shape = [data.draw(st.integers(1 if padding == "same" else least, 9)) for least in size]
    image = random.normal(size=(*shape, 1)) * data.draw(st.sampled_from([1, 9]))
    return KernelLearning(
        image, random.normal(size=size), random.normal(size=size), data.draw(st.integers(1, 4096)) / 4096, padding
    )


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_gradients_and_steps_are_those_of_tensorflow(tf, keras, data):
    made = drawn(data)
    batch, four = made.image[np.newaxis], (*made.hidden.shape, 1, 1)
    target = tf.nn.conv2d(batch, made.hidden.reshape(four), 1, made.padding.upper())
    variable = keras.Variable(made.start.reshape(four), dtype="float64")
    optimizer = keras.optimizers.SGD(made.rate)
    kernel = made.start
    for _step in range(3):
        with tf.GradientTape() as tape:
            output = tf.nn.conv2d(batch, variable.value, 1, made.padding.upper())
            loss = tf.reduce_mean((output - target) ** 2)
        gradient = tape.gradient(loss, variable.value)
        step = made.step(kernel)
        np.testing.assert_allclose(step.output, output[0, ..., 0], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(step.error, (output - target)[0, ..., 0], rtol=1e-9, atol=1e-9)
        assert step.loss == pytest.approx(float(loss), rel=1e-9, abs=1e-9)
        np.testing.assert_allclose(step.gradient, gradient[..., 0, 0], rtol=1e-9, atol=1e-9)
        optimizer.apply([gradient], [variable])
        np.testing.assert_allclose(step.next_kernel, variable.numpy()[..., 0, 0], rtol=1e-9, atol=1e-9)
        kernel = step.next_kernel


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_a_descent_takes_these_steps(data):
    made = drawn(data)
    going, kernel = Descent(made, [made.start]), made.start
    for number in range(6):
        step = made.step(kernel)
        np.testing.assert_allclose(going.kernel(number, 0).reshape(kernel.shape), kernel, rtol=1e-9, atol=1e-9)
        assert going.losses(number, 0)[-1] == pytest.approx(step.loss, rel=1e-9, abs=1e-9)
        if going.is_diverged(number, 0):
            break
        kernel = step.next_kernel


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_the_terms_of_a_gradient(data):
    made = drawn(data)
    step = made.step(made.start)
    for row, column in np.ndindex(made.hidden.shape):
        terms = step.terms(row, column)
        total = 2 / len(terms) * sum(error * pixel for error, pixel in terms)
        assert step.gradient[row, column] == pytest.approx(total, rel=1e-9, abs=1e-9)


def test_the_hessian_is_that_of_tensorflow(tf):
    made = learning(LearningSettings(kernel="sobel-x"), LabArrays())
    target = tf.nn.conv2d(made.image[np.newaxis], made.hidden[..., None, None], 1, "VALID")
    flat = tf.Variable(made.start.ravel())
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            output = tf.nn.conv2d(made.image[np.newaxis], tf.reshape(flat, (3, 3, 1, 1)), 1, "VALID")
            loss = tf.reduce_mean((output - target) ** 2)
        gradient = inner.gradient(loss, flat)
    np.testing.assert_allclose(made.hessian, outer.jacobian(gradient, flat), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kernel", ["vertical-edge", "sobel-y", "laplacian", "box-blur", "random"])
@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_the_hidden_kernel_is_found(kernel, initializer):
    chosen = LearningSettings(kernel=kernel, initializer=initializer, rate=0.5)
    made = learning(chosen, LabArrays())
    going, which = descent(made, chosen), INITIALIZERS.index(initializer)
    first = going.first_end(which)
    assert first < 2000
    np.testing.assert_allclose(going.kernel(first, which).reshape(3, 3), made.hidden, atol=0.005)
    np.testing.assert_allclose(going.kernel(5000, which).reshape(3, 3), made.hidden, atol=1e-6)
    losses = going.losses(300, which)
    assert all(after <= before for before, after in pairwise(losses)), "below 1/λ it only falls"


def test_a_kernel_that_is_typed_is_found():
    chosen, arrays = LearningSettings(rate=0.5), LabArrays()
    for place in np.ndindex(3, 3):
        chosen, arrays = type_hidden(chosen, arrays, place, 3.0 * place[0] - 2 * place[1])
    assert (chosen.kernel, chosen.kernel_size) == ("own", (3, 3))
    made = learning(chosen, arrays)
    assert made.hidden.tolist() == [[0, -2, -4], [3, 1, -1], [6, 4, 2]]
    going = descent(made, chosen)
    np.testing.assert_allclose(going.kernel(5000, 0).reshape(3, 3), made.hidden, atol=1e-4)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_the_largest_stable_rate(data):
    """A thousandth below it the loss does not grow, a hundredth above it grows without end: seen without `Descent`."""
    made = drawn(data)
    rate = made.largest_rate
    assume(np.isfinite(rate) and made.step(made.start).loss > 1e-6)
    below, kernel = made._replace(rate=0.999 * rate), made.start
    losses = []
    for _step in range(60):
        step = below.step(kernel)
        losses.append(step.loss)
        kernel = step.next_kernel
    assert max(losses) <= losses[0] * (1 + 1e-9)
    _values, vectors = np.linalg.eigh(made.hessian)
    kernel = made.hidden + vectors[:, -1].reshape(made.hidden.shape)
    above, grown = made._replace(rate=1.01 * rate), []
    for _step in range(60):
        step = above.step(kernel)
        grown.append(step.loss)
        kernel = step.next_kernel
    assert all(after > before for before, after in pairwise(grown))
    assert grown[-1] / grown[0] == pytest.approx(1.02 ** (2 * 59), rel=1e-6)


def test_what_diverges_stays_finite():
    chosen = LearningSettings(rate=1000.0)
    made = learning(chosen, LabArrays())
    assert made.rate > made.largest_rate
    going = descent(made, chosen)
    first = going.first_end(0)
    assert first < 10
    assert going.is_diverged(first, 0)
    assert not going.is_diverged(first - 1, 0)
    assert going.last(first - 1, 0) == first - 1
    assert going.last(500, 0) == going.last(first, 0) == first
    for which in range(len(INITIALIZERS)):
        assert np.isfinite(going.losses(MOST_STEPS, which)).all()
        assert np.isfinite(going.kernel(MOST_STEPS, which)).all()
    huge = np.full((3, 3, 1), 9_999_999.0)
    going = Descent(KernelLearning(huge, huge[..., 0], np.zeros((3, 3)), 1000.0), [np.zeros((3, 3))])
    assert np.isfinite(going.losses(100, 0)).all()


def test_an_image_that_does_not_tell_all():
    """White at the left: only the sums of the columns can be told; the loss falls, but the kernel is another one."""
    chosen = LearningSettings(image="white-left", kernel="sobel-x", rate=0.2)
    made = learning(chosen, LabArrays())
    assert made.rank == 3
    going = descent(made, chosen)
    learned = going.kernel(5000, 0).reshape(3, 3)
    assert going.losses(5000, 0)[-1] < 1e-12
    assert not going.is_found(5000, 0)
    np.testing.assert_allclose(learned.sum(axis=0), made.hidden.sum(axis=0), atol=1e-6)
    assert learning(LearningSettings(), LabArrays()).rank == 9


def test_an_image_of_zeros_teaches_nothing():
    made = KernelLearning(np.zeros((4, 4, 1)), np.eye(3), np.zeros((3, 3)), 0.5)
    assert (made.largest_rate, made.rank) == (np.inf, 0)
    assert Descent(made, [made.start]).losses(3, 0) == [0, 0, 0, 0]
    assert not learning(LearningSettings(image="own", side=4), LabArrays()).image.any()


def test_a_window_that_does_not_fit_is_refused():
    chosen = LearningSettings(image="corners", side=3, kernel="long-vertical-line")
    with pytest.raises(WindowError):
        descent(learning(chosen, LabArrays()), chosen)


KERAS = {
    "zeros": "Zeros",
    "ones": "Ones",
    "random-normal": "RandomNormal",
    "glorot-uniform": "GlorotUniform",
    "he-normal": "HeNormal",
}


@pytest.mark.parametrize("name", INITIALIZERS)
def test_an_initializer_is_distributed_as_that_of_keras(keras, tf, name):
    """Quantiles of many draws, and the limits that none of them passes."""
    ours = np.sort([initial_kernel(name, (3, 2), seed).ravel() for seed in range(3000)], axis=None)
    kind = getattr(keras.initializers, KERAS[name])
    made = [kind(seed=seed) if name not in ("zeros", "ones") else kind() for seed in range(600)]
    theirs = np.sort([np.array(each((3, 2, 1, 1))).ravel() for each in made], axis=None)
    wanted = np.linspace(0.02, 0.98, 25)
    spread = max(theirs.std(), 1e-3)
    np.testing.assert_allclose(np.quantile(ours, wanted), np.quantile(theirs, wanted), atol=0.1 * spread)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.05, abs=1e-12)
    if name != "random-normal":
        assert np.abs(ours).max() <= np.abs(theirs).max() * 1.01 + 1e-12
    assert np.array_equal(initial_kernel(name, (3, 2), 7), initial_kernel(name, (3, 2), 7))


PROGRAMS = [
    LearningSettings(), LearningSettings(padding="same", kernel="sharpen", initializer="he-normal", rate=0.0625),
    LearningSettings(image="street", kernel="long-vertical-line", initializer="glorot-uniform", seed=3, scaled=False,
                     rate=2**-18),
]  # fmt: skip


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("chosen", PROGRAMS, ids=range(len(PROGRAMS)))
def test_the_program_runs_and_takes_the_step(chosen, library, tf):
    made = learning(chosen, LabArrays())
    program, names = learning_code(made, made.start, library), {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(program, "copied.py", "exec"), names)
    assert printed.getvalue().startswith("[")
    step = made.step(made.start)
    close = 1e-6 if library == "Keras" else 1e-9  # `fit` takes the images in 32 bits
    np.testing.assert_allclose(names["output"], step.next_kernel, rtol=close, atol=close)
    assert float(names["loss"]) == pytest.approx(step.loss, rel=close)
    assert max(map(len, program.splitlines())) <= 120
