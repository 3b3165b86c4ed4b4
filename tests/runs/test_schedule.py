"""The learning rate over the steps, against Keras' own schedules and hand-worked values."""

import pytest

from tui_cnn.runs.recipe import Recipe, rate_at, rates

STEPS = 10


def curve(**fields):
    recipe = Recipe(epochs=4, learning_rate=0.1, **fields)
    return rates(recipe, 0, recipe.epochs * STEPS, STEPS)


def test_constant():
    assert curve() == [0.1] * 40


def test_cosine_is_that_of_keras(keras):
    theirs = keras.optimizers.schedules.CosineDecay(0.1, 40)
    assert curve(schedule="cosine") == pytest.approx([float(theirs(step)) for step in range(40)], abs=1e-7)


def test_steps_are_those_of_keras(keras):
    theirs = keras.optimizers.schedules.PiecewiseConstantDecay([19, 29], [0.1, 0.01, 0.001])
    assert curve(schedule="step") == pytest.approx([float(theirs(step)) for step in range(40)], rel=1e-6)


def test_warm_up_rises_by_equal_steps_to_the_schedule():
    risen = curve(warmup=0.5)
    assert risen[:6] == pytest.approx([0.1 * part / 6 for part in (1, 2, 3, 4, 5, 6)])
    assert set(risen[5:]) == {0.1}
    cosine = curve(schedule="cosine", warmup=1)
    assert cosine[10] == max(cosine) == pytest.approx(0.1)
    assert cosine[25] == pytest.approx(0.05)


def test_one_cycle_rises_to_its_peak_and_falls_to_almost_nothing():
    cycle = curve(schedule="one-cycle")
    assert cycle[0] == pytest.approx(0.1 / 25)
    assert cycle[12] == max(cycle) == pytest.approx(0.1)
    assert cycle[-1] == pytest.approx(0.1e-4)
    assert cycle[:13] == sorted(cycle[:13])
    assert cycle[12:] == sorted(cycle[12:], reverse=True)
    assert curve(schedule="one-cycle", warmup=2)[20] == pytest.approx(0.1)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "step", "one-cycle"])
def test_any_length_has_a_rate_at_every_step(schedule):
    for epochs, steps, warmup in ((1, 1, 0), (1, 1, 5), (1, 2, 0.5), (3, 1, 1)):
        recipe = Recipe(epochs=epochs, schedule=schedule, warmup=warmup, learning_rate=1.0)
        assert all(0 < rate_at(recipe, step, steps) <= 1 for step in range(epochs * steps))
