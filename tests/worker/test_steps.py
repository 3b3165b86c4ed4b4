"""The compiled steps, against Keras' own training and evaluation, and numpy's way of preparing images."""

import msgspec
import numpy as np
import pytest

from tui_cnn.core.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.data.fitting import fit
from tui_cnn.data.splitting import balanced_weights
from tui_cnn.runs.recipe import Recipe

pytestmark = pytest.mark.usefixtures("keras")

COUNT = 50


@pytest.fixture
def images():
    return np.random.default_rng(1).integers(0, 256, (COUNT, 28, 28, 1), dtype=np.uint8)


@pytest.fixture
def labels():
    return np.random.default_rng(2).integers(0, 10, COUNT, dtype=np.int32)


def make(network, images, labels, batch_size=16, recipe=None, lanes=1, class_weights=()):
    import tensorflow as tf

    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.steps import Samples, Steps

    recipe = msgspec.structs.replace(recipe or Recipe(), batch_size=batch_size)
    model = make_model(network, recipe)
    steps = Steps(model, fit((28, 28, 1), network.input_shape), recipe, lanes, class_weights=class_weights)
    return model, steps, Samples(tf.constant(images), tf.constant(labels))


def scaled(images):
    return (images / 255).astype("float32")


@pytest.mark.parametrize(
    ("optimizer", "lanes"),
    [("adam", 1), ("adam", 2), ("adam", 5), ("adamw", 1), ("muon", 2), ("rmsprop", 1), ("sgd", 3)],
)
def test_training_is_that_of_keras(images, labels, optimizer, lanes):
    """In the last batch are two images, so that some lanes have none."""
    from tui_cnn.worker.build import make_model

    hidden = Dense(units=16, activation="tanh", kernel_regularizer="l2(0.01)")
    network = Network("n", (28, 28, 1), (Flatten(), hidden, Dense(units=10)))
    recipe = Recipe(optimizer=optimizer)
    model, steps, samples = make(network, images, labels, recipe=recipe, lanes=lanes)
    order = np.random.default_rng(3).permutation(COUNT).astype(np.int32)
    returned = float(steps.train(samples, order, 0, [0.001], 0)), float(steps.train(samples, order, 1, [0.001] * 3, 1))

    oracle = make_model(network, recipe)
    losses, right = 0.0, 0
    for batch in np.split(order, [16, 32, 48]):
        oracle.reset_metrics()
        loss, accuracy = oracle.train_on_batch(scaled(images[batch]), labels[batch])
        losses += float(loss) * len(batch)
        right += round(float(accuracy) * len(batch))
    for ours, theirs in zip(model.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    assert steps.trained.means() == pytest.approx((losses / COUNT, right / COUNT), rel=1e-5)
    assert returned[1] == pytest.approx(losses, rel=1e-5)
    assert steps.trained.sums().images == COUNT
    assert int(model.optimizer.iterations) == 4


@pytest.mark.parametrize("lanes", [1, 3])
def test_each_lane_normalizes_the_images_that_it_has(images, labels, lanes):
    """Its moments are those of its part; the moving averages follow one after the other, as in that many steps."""
    import tensorflow as tf

    from tui_cnn.worker.build import make_model

    network = Network("n", (28, 28, 1), (Flatten(), Dense(units=8), BatchNormalization(momentum=0.5), Dense(units=10)))
    recipe = Recipe(optimizer="sgd", ghost_batches=True)
    model, steps, samples = make(network, images, labels, batch_size=18, recipe=recipe, lanes=lanes)
    order = np.random.default_rng(3).permutation(COUNT).astype(np.int32)
    steps.train(samples, order, 0, [0.1], 0)

    oracle = make_model(network, recipe)
    oracle.optimizer.learning_rate.assign(0.1)
    with tf.GradientTape() as tape:
        parts = np.split(order[:18], lanes)
        losses = [oracle.loss(labels[part], oracle(scaled(images[part]), training=True)) for part in parts]
        loss = tf.add_n(losses) / lanes
    oracle.optimizer.apply(tape.gradient(loss, oracle.trainable_variables), oracle.trainable_variables)
    for ours, theirs in zip(model.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_weighted_classes_are_learnt_as_by_keras_and_the_plain_loss_is_reported(images, labels, lanes, smoothing):
    from tui_cnn.worker.build import make_model

    network = Network("n", (28, 28, 1), (Flatten(), Dense(units=10)))
    recipe, weights = Recipe(label_smoothing=smoothing), balanced_weights(labels, 10)
    model, steps, samples = make(network, images, labels, recipe=recipe, lanes=lanes, class_weights=weights)
    steps.train(samples, np.arange(COUNT, dtype=np.int32), 0, [0.001] * 4, 0)

    oracle, plain, reported = make_model(network, recipe), make_model(network, Recipe()), 0.0
    for batch in np.split(np.arange(COUNT), [16, 32, 48]):
        plain.set_weights(oracle.get_weights())
        reported += float(plain.evaluate(scaled(images[batch]), labels[batch], verbose=0)[0]) * len(batch)
        targets = np.eye(10)[labels[batch]] if smoothing else labels[batch]
        oracle.train_on_batch(scaled(images[batch]), targets, class_weight=dict(enumerate(weights)))
    for ours, theirs in zip(model.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    assert steps.trained.means().loss == pytest.approx(reported / COUNT, rel=1e-4)
    steps.evaluate(samples, np.arange(COUNT, dtype=np.int32), 0, 4)
    plain.set_weights(model.get_weights())
    loss, _accuracy = plain.evaluate(scaled(images), labels, verbose=0)
    assert steps.evaluated.means().loss == pytest.approx(loss, rel=1e-4)
    steps.predicted.clear(COUNT)
    order = np.random.default_rng(3).permutation(COUNT).astype(np.int32)
    for first, count in ((0, 1), (1, 3)):  # in several calls
        steps.evaluate(samples, order, first, count)
    expected = plain.predict(scaled(images[order]), verbose=0).argmax(axis=1)
    assert steps.predicted.numpy().tolist() == expected.tolist()


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_mixed_images_are_learnt_as_by_keras(images, labels, lanes, weighted):
    """What is reported is what Zhang et al. report: the mixture of both losses, and of both answers."""
    import tensorflow as tf

    from tui_cnn.worker.augmentation import mixture
    from tui_cnn.worker.build import make_model

    network = Network("n", (28, 28, 1), (Flatten(), Dense(units=10)))
    recipe = Recipe(augmentation="mixup", seed=3)
    weights = balanced_weights(labels, 10) if weighted else ()
    model, steps, samples = make(network, images, labels, recipe=recipe, lanes=lanes, class_weights=weights)
    steps.train(samples, np.arange(COUNT, dtype=np.int32), 0, [0.001] * 4, 20)

    oracle, losses, right = make_model(network, recipe), 0.0, 0.0
    for step, batch in enumerate(np.split(np.arange(COUNT), [16, 32, 48])):
        drawn = mixture(len(batch), 3, tf.constant(20 + step))
        share, partner = drawn.share.numpy(), batch[drawn.partner.numpy()]
        wide = share[:, None, None, None]
        mixed = scaled(wide * images[batch] + (1 - wide) * images[partner])
        outputs = oracle(mixed).numpy()
        logs = outputs - np.log(np.exp(outputs).sum(axis=1, keepdims=True))
        answers = outputs.argmax(axis=1)
        for part, classes in ((share, labels[batch]), (1 - share, labels[partner])):
            losses -= (part * logs[np.arange(len(batch)), classes]).sum()
            right += (part * (answers == classes)).sum()
        shares = share[:, None] * np.eye(10)[labels[batch]] + (1 - share[:, None]) * np.eye(10)[labels[partner]]
        oracle.train_on_batch(mixed, shares, sample_weight=shares @ weights if weighted else None)
    for ours, theirs in zip(model.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    assert steps.trained.means() == pytest.approx((losses / COUNT, right / COUNT), rel=1e-4)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_average_of_the_weights_is_that_of_keras(keras, images, labels, optimizer):
    """Of what Keras does not average, the statistics of batch normalization, the formula is worked out here."""
    layers = (Flatten(), Dense(units=4, use_bias=False), BatchNormalization(), Dense(units=10))
    recipe = Recipe(optimizer=optimizer, ema=0.7)
    model, steps, samples = make(Network("n", (28, 28, 1), layers), images, labels, recipe=recipe)
    oracle = keras.models.clone_model(model)
    oracle.set_weights(model.get_weights())
    made = keras.optimizers.get({"class_name": optimizer, "config": {"use_ema": True, "ema_momentum": 0.7}})
    if optimizer == "sgd":
        made.momentum = 0.9
    oracle.compile(made, model.loss)
    statistics = []
    for step, batch in enumerate(np.split(np.arange(COUNT), [16, 32, 48])):
        steps.train(samples, np.arange(COUNT, dtype=np.int32), step, [0.01], step)
        made.learning_rate = 0.01
        oracle.train_on_batch(scaled(images[batch]), labels[batch])
        now = [weight.numpy() for weight in model.non_trainable_variables if weight.dtype == "float32"]
        statistics = [0.7 * old + 0.3 * new for old, new in zip(statistics or now, now, strict=True)]
    last = model.get_weights()
    with steps.average.applied():
        averaged = [weight.numpy() for weight in model.trainable_variables]
        for ours, theirs in zip(averaged, made._model_variables_moving_average, strict=True):
            np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-3, atol=1e-5)
        for ours, theirs in zip(model.layers[3].non_trainable_variables, statistics, strict=True):
            np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-5)
    for ours, theirs in zip(model.get_weights(), last, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.allclose(averaged[0], last[0], atol=1e-4)


@pytest.mark.parametrize("lanes", [1, 5])
def test_a_batch_smaller_than_its_lanes_is_learnt_from(images, labels, lanes):
    """Convolutions, pooling and their gradients take no part without images."""
    layers = (Conv2D(filters=2, kernel_size=(3, 3), activation="relu"), MaxPooling2D(), Flatten(), Dense(units=10))
    model, steps, samples = make(Network("n", (28, 28, 1), layers), images, labels, batch_size=2, lanes=lanes)
    steps.train(samples, np.arange(3, dtype=np.int32), 0, [0.01] * 2, 0)
    steps.evaluate(samples, np.arange(3, dtype=np.int32), 0, 2)
    assert steps.trained.sums().images == steps.evaluated.sums().images == 3
    assert steps.gradient_norm > 0
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


@pytest.mark.parametrize(
    "last",
    [(Dense(units=10),), (Dense(units=10, activation="softmax"),), (Dense(units=10), Activation(activation="softmax"))],
    ids=["logits", "softmax", "softmax apart"],
)
@pytest.mark.parametrize("lanes", [1, 3])
def test_evaluation_is_that_of_keras(keras, images, labels, last, lanes):
    network = Network("n", (28, 28, 1), (Flatten(), *last))
    model, steps, samples = make(network, images, labels, lanes=lanes)
    before = model.get_weights()
    steps.evaluate(samples, np.arange(COUNT, dtype=np.int32), 0, 4)
    outputs = model(scaled(images)).numpy()
    from_logits = last == (Dense(units=10),)
    loss = keras.losses.sparse_categorical_crossentropy(labels, outputs, from_logits=from_logits).numpy().mean()
    accuracy = (outputs.argmax(axis=1) == labels).mean()
    assert steps.evaluated.means() == pytest.approx((loss, accuracy), rel=1e-5)
    assert steps.trained.sums().images == 0
    assert sum(map(sum, steps.confusion.rows())) == COUNT
    for old, new in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(old, new)


@pytest.mark.parametrize("shape", [(28, 28, 1), (28, 28), (784,), (32, 32, 1), (29, 31, 3), (28, 28, 3), (40, 28)])
def test_images_are_prepared_as_the_fitting_says(images, labels, shape):
    network = Network("n", shape, (Flatten(), Dense(units=10)))
    _model, steps, samples = make(network, images, labels)
    order = np.arange(COUNT, dtype=np.int32)[::-1]
    prepared, answers = steps._batch(samples, order, 3)

    fitting = fit((28, 28, 1), shape)
    last_two = images[[1, 0]]
    expected = np.pad(last_two, ((0, 0), *fitting.padding, (0, 0))) / 255
    if len(shape) == 3:
        expected = np.concatenate([expected] * shape[2], axis=-1)
    np.testing.assert_allclose(prepared, expected.reshape(2, *shape), atol=1e-7)
    assert answers.numpy().tolist() == labels[[1, 0]].tolist()


def test_a_wide_image_has_its_pixels_in_the_middle(images, labels):
    _model, steps, samples = make(Network("n", (32, 32, 1), (Flatten(), Dense(units=10))), images, labels)
    prepared = steps._batch(samples, np.array([7], np.int32), 0)[0].numpy()[0, :, :, 0]
    np.testing.assert_allclose(prepared[2:30, 2:30], images[7, :, :, 0] / 255, atol=1e-7)
    assert prepared.sum() == pytest.approx(images[7].sum() / 255, rel=1e-5)


def test_of_very_many_classes_no_matrix_is_kept(images, labels):
    """That of 20,000 would have 1.6 GB, and as much in the line of each epoch."""
    network = Network("n", (28, 28, 1), (Flatten(), Dense(units=4), Dense(units=20_000)))
    _model, steps, samples = make(network, images, labels)
    steps.evaluate(samples, np.arange(COUNT, dtype=np.int32), 0, 4)
    assert steps.evaluated.sums().images == COUNT
    assert steps.confusion.rows() == ()
    steps.confusion.clear()
