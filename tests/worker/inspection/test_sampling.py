"""The whole test set, or a sample of it."""

import numpy as np
import pytest
from scipy import ndimage

from tui_cnn.core.layers import Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load_test
from tui_cnn.insight.predictions import log_loss, sample
from tui_cnn.runs.inspection.requests import Evaluate, Open, Range, Shift, Source
from tui_cnn.runs.snapshot import Follower

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

TEST = load_test()


def test_evaluation_equals_what_the_trainer_said_in_the_end(ask, trained):
    finished = Follower(trained).poll().finished
    answer = ask(Evaluate(source=Source(str(trained.path), "last")))
    probabilities, labels = answer.probabilities.numpy(), answer.labels.numpy()
    assert (labels == TEST.labels).all()
    assert probabilities.shape == (10_000, 10)
    assert (probabilities.argmax(axis=1) == labels).mean() == pytest.approx(finished.test_accuracy, abs=2e-4)
    assert log_loss(labels, probabilities) == pytest.approx(finished.test_loss, rel=1e-4)


def test_an_evaluation_is_kept_until_the_weights_change(ask, untrained):
    run, model = untrained(Network("n", (28, 28, 1), (Flatten(), Dense(units=10))))
    source = Source(str(run.path))
    first = ask(Evaluate(source=source))
    model.set_weights([-weight for weight in model.get_weights()])
    model.save(run.best_file)
    assert ask(Evaluate(source=source)) == first  # what is looked at stays the same until it is opened again
    assert ask(Open(source=source)).stamp > first.stamp
    second = ask(Evaluate(source=source))
    assert second.stamp > first.stamp
    assert (second.probabilities.numpy().argmax(axis=1) == first.probabilities.numpy().argmin(axis=1)).mean() > 0.99


def test_shifts(ask, trained, keras):
    model = keras.saving.load_model(trained.best_file)
    answer = ask(Shift(source=Source(str(trained.path)), sample=60, reach=2))
    assert (answer.sample, answer.reach) == (60, 2)
    chosen = sample(TEST.labels, 60)
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            moved = ndimage.shift(TEST.images[chosen], (0, dy, dx, 0), order=0)
            said = model(moved.astype("float32") / 255, training=False).numpy().argmax(axis=1)
            assert answer.accuracy.numpy()[dy + 2, dx + 2] == pytest.approx((said == TEST.labels[chosen]).mean())


def test_ranges_and_dead_units(ask, untrained, keras):
    layers = (Conv2D(filters=4, kernel_size=(3, 3), strides=(2, 2), activation="relu"), Flatten(), Dense(units=10))
    run, model = untrained(Network("n", (28, 28, 1), layers))
    kernel, bias, *rest = model.get_weights()
    kernel[..., 2], bias[2] = -np.abs(kernel[..., 2]), -0.1  # no image makes it fire
    model.set_weights([kernel, bias, *rest])
    model.save(run.best_file)
    answer = ask(Range(source=Source(str(run.path)), sample=400))
    assert answer.sample == 400
    inputs = TEST.images[sample(TEST.labels, 400)].astype("float32") / 255
    for layer, found in zip(model.layers[1:], answer.layers, strict=True):
        output = keras.Model(model.input, layer.output)(inputs).numpy()
        flat = output.reshape(400, -1, output.shape[-1]).astype(float)
        assert found.name == layer.name
        for name, expected in (
            ("minimum", flat.min(axis=(0, 1))),
            ("maximum", flat.max(axis=(0, 1))),
            ("mean", flat.mean(axis=(0, 1))),
            ("active", (flat.max(axis=1) > 0).mean(axis=0)),
        ):
            assert getattr(found, name).numpy() == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert answer.layers[0].dead.numpy().tolist() == [False, False, True, False]
    assert answer.layers[1].dead.numpy().reshape(-1, 4)[:, 2].all()
    assert not answer.layers[2].dead.numpy().any()
