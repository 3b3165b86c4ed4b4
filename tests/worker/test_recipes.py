"""What a recipe asks for, as the worker does it: against Keras and numpy."""

import math

import msgspec
import numpy as np
import pytest

from tests.worker.networks import IN_LANES, SMALL_CNN
from tests.worker.test_training import train, weights
from tui_cnn.core.layers import Activation, Block, Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data.fitting import fit
from tui_cnn.runs.directory import kept_checkpoints, kept_steps, make_run
from tui_cnn.runs.events import PrecisionTrial
from tui_cnn.runs.recipe import Recipe

pytestmark = [
    pytest.mark.usefixtures("keras"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]

SMALL = Network("small", (28, 28, 1), (Flatten(), Dense(units=10)))
BRIEF = Recipe(epochs=2, limit=400, batch_size=40, validation=0.25)


def test_smoothed_labels_are_learnt_by_the_loss_of_keras_and_the_plain_loss_is_reported(keras):
    import tensorflow as tf

    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.steps import Samples, Steps

    recipe = Recipe(batch_size=20, label_smoothing=0.2)
    model = make_model(SMALL, recipe)
    steps = Steps(model, fit((28, 28, 1), SMALL.input_shape), recipe)
    images = np.random.default_rng(1).integers(0, 256, (20, 28, 28, 1), dtype=np.uint8)
    labels = np.arange(20, dtype=np.int32) % 10
    steps.evaluate(Samples(tf.constant(images), tf.constant(labels)), np.arange(20, dtype=np.int32), 0, 1)
    outputs = model(images / np.float32(255)).numpy()
    logs = outputs - np.log(np.exp(outputs).sum(axis=1, keepdims=True))
    plain = -logs[np.arange(20), labels].mean()
    assert steps.evaluated.means().loss == pytest.approx(plain, rel=1e-4)
    taken = outputs.argmax(axis=1)
    expected = [[int(((labels == i) & (taken == j)).sum()) for j in range(10)] for i in range(10)]
    assert [list(row) for row in steps.confusion.rows()] == expected

    shares = np.eye(10)[labels] * 0.8 + 0.02
    oracle = make_model(SMALL, recipe)
    smoothed, _accuracy = oracle.train_on_batch(images / np.float32(255), np.eye(10)[labels])
    assert float(smoothed) == pytest.approx(-(shares * logs).sum(axis=1).mean(), rel=1e-4)
    steps.train(Samples(tf.constant(images), tf.constant(labels)), np.arange(20, dtype=np.int32), 0, [0.001], 0)
    assert steps.trained.means().loss == pytest.approx(plain, rel=1e-4)
    for ours, theirs in zip(model.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_a_lower_precision_learns_and_resumes_exactly(precision, monkeypatch):
    from tests.worker.test_training import StopAt

    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)
    recipe = msgspec.structs.replace(BRIEF, precision=precision, optimizer="sgd", learning_rate=0.05)
    whole, parted = make_run(SMALL_CNN, recipe), make_run(SMALL_CNN, recipe)
    expected = train(whole)
    assert expected.started.precision == precision
    assert expected.epochs[1].loss < expected.epochs[0].loss < 2.5
    train(parted, StopAt(5))
    train(parted)
    for ours, theirs in zip(weights(parted.checkpoint_file), weights(whole.checkpoint_file), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_end_of_a_network_stays_in_float32():
    from tui_cnn.worker.build import build

    inner = Block(layers=(Flatten(), Dense(units=10), Activation(activation="softmax")))
    model = build(Network("n", (8, 8, 1), (Conv2D(filters=2, kernel_size=(3, 3)), inner)), "mixed_bfloat16")
    assert [layer.compute_dtype for layer in model.layers[1:]] == ["bfloat16", "bfloat16", "bfloat16", "float32"]
    assert model(np.zeros((1, 8, 8, 1), "float32")).dtype == "float32"


def test_patience_ends_the_training_and_is_told():
    recipe = msgspec.structs.replace(BRIEF, epochs=50, patience=2, learning_rate=1e-9)
    run = make_run(SMALL, recipe)
    snapshot = train(run)
    assert [epoch.best for epoch in snapshot.epochs] == [True, False, False]
    assert (snapshot.early_stop.epoch, snapshot.early_stop.best_epoch) == (3, 1)
    assert snapshot.finished.best_epoch == 1


def test_states_are_kept_from_the_first_step_to_the_last():
    run = make_run(SMALL, msgspec.structs.replace(BRIEF, keep=4))
    train(run)
    kept = kept_checkpoints(run)
    assert tuple(kept) == kept_steps(4, 16) == (0, 2, 7, 16)
    first, *_between, last = map(weights, kept.values())
    final = weights(run.checkpoint_file)
    assert all(np.array_equal(*pair) for pair in zip(last, final, strict=True))
    assert not np.array_equal(first[0], final[0])


def test_the_rate_follows_the_schedule_and_the_events_tell_of_all():
    run = make_run(SMALL_CNN, msgspec.structs.replace(BRIEF, schedule="step"))
    snapshot = train(run)
    assert [epoch.learning_rate for epoch in snapshot.epochs] == pytest.approx([0.001, 0.00001])
    for epoch in snapshot.epochs:
        assert sum(map(sum, epoch.confusion)) == snapshot.started.validation_images == 100
        right = sum(row[place] for place, row in enumerate(epoch.confusion))
        assert epoch.val_accuracy == pytest.approx(right / 100)
        assert epoch.gradient_norm > 0
    assert sum(map(sum, snapshot.finished.confusion)) == 10_000
    assert snapshot.finished.peak_memory >= snapshot.epochs[0].memory > 1e8
    assert snapshot.started.numpy == np.__version__
    assert snapshot.started.devices == ("CPU:0",)


def test_the_gradient_norm_is_that_of_the_last_step():
    import tensorflow as tf

    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.steps import Samples, Steps

    recipe = Recipe(batch_size=8)
    model = make_model(SMALL, recipe)
    steps = Steps(model, fit((28, 28, 1), SMALL.input_shape), recipe)
    images = np.random.default_rng(1).integers(0, 256, (8, 28, 28, 1), dtype=np.uint8)
    labels = np.arange(8, dtype=np.int32)
    flat = (images / 255).reshape(8, -1)
    logits = flat @ model.get_weights()[0] + model.get_weights()[1]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wrong = (shares - np.eye(10)[labels]) / 8
    expected = math.sqrt(((flat.T @ wrong) ** 2).sum() + (wrong.sum(axis=0) ** 2).sum())
    order = np.array([0] * 8 + [*range(8)], dtype=np.int32)
    steps.train(Samples(tf.constant(images), tf.constant(labels)), order, 0, [0.0, 0.001], 0)
    assert steps.gradient_norm == pytest.approx(expected, rel=1e-4)


def test_logs_for_tensorboard_hold_the_numbers_of_the_events():
    import tensorflow as tf

    run = make_run(SMALL, msgspec.structs.replace(BRIEF, tensorboard=True))
    snapshot = train(run)
    (file,) = run.tensorboard_directory.iterdir()
    logged = {}
    for record in tf.compat.v1.io.tf_record_iterator(str(file)):
        event = tf.compat.v1.Event.FromString(record)
        for value in event.summary.value:
            logged[value.tag, event.step] = tf.make_ndarray(value.tensor).item()
    assert logged["epoch/val_accuracy", 8] == pytest.approx(snapshot.epochs[0].val_accuracy)
    assert logged["epoch/loss", 16] == pytest.approx(snapshot.epochs[1].loss)
    assert logged["finished/test_accuracy", 16] == pytest.approx(snapshot.finished.test_accuracy)


def test_auto_takes_what_is_clearly_faster():
    from tui_cnn.runs.machine import fastest

    def trials(plain, half):
        return (
            PrecisionTrial(precision="float32", images_per_second=plain),
            PrecisionTrial(precision="mixed_bfloat16", images_per_second=half),
        )

    assert fastest(trials(100.0, 150.0)) == "mixed_bfloat16"
    assert fastest(trials(100.0, 105.0)) == "float32"
    assert fastest(trials(100.0, None)) == "float32"


def test_what_was_measured_is_told_once_and_remembered():
    """The first run goes on with the model that was measured, as if nothing had been learnt by it."""
    recipe = msgspec.structs.replace(BRIEF, precision="auto", optimizer="adam", deterministic=True)
    runs = [make_run(IN_LANES, recipe) for _ in range(2)]
    first, second = map(train, runs)
    for ours, theirs in zip(*(weights(run.checkpoint_file) for run in runs), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert first.finished.confusion == second.finished.confusion
    assert [trial.precision for trial in first.chosen.trials] == ["float32", "mixed_bfloat16"]
    assert (first.chosen.known, second.chosen.known) == (False, True)
    assert second.chosen.trials == first.chosen.trials
    assert first.started.precision == first.chosen.precision
    assert second.started.predicted_seconds is None or second.started.predicted_seconds > 0
