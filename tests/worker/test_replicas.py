"""Several devices, each with a copy of the model: what they learn together is what one learns alone.

This machine's processor plays two devices, in a process of its own: TensorFlow must know before it begins.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tui_cnn

PACKAGES = Path(tui_cnn.__file__).parents[1]
SCRIPT = """
import json
from tui_cnn.worker.loading import load_tensorflow
load_tensorflow()
import msgspec, numpy as np, tensorflow as tf
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

from tui_cnn.core.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data.fitting import fit
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.control import Control
from tui_cnn.worker.device import strategy
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.build import make_model
from tui_cnn.worker.replicas import Replicas
from tui_cnn.worker.steps import Samples, Steps, Sums
from tui_cnn.worker.training import Training

COUNT = 49  # of the last batch, one replica has nothing
dice = np.random.default_rng(1)
images, labels = dice.integers(0, 256, (COUNT, 28, 28, 1), dtype=np.uint8), dice.integers(0, 10, COUNT, dtype=np.int32)
samples = Samples(tf.constant(images), tf.constant(labels))
order = np.arange(COUNT, dtype=np.int32)
plain = (Conv2D(filters=3, kernel_size=(5, 5), kernel_regularizer="l2(0.01)"), Flatten(), Dense(units=10))
random = (Conv2D(filters=3, kernel_size=(5, 5)), BatchNormalization(), Flatten(), Dropout(rate=0.5), Dense(units=10))


def learn(layers, shared, recipe, precision="float32"):
    network = Network("n", (28, 28, 1), layers)
    with shared.scope():
        model = make_model(network, recipe, precision)
    steps = Steps(model, fit((28, 28, 1), (28, 28, 1)), recipe, replicas=Replicas(shared))
    steps.predicted.clear(COUNT)
    steps.evaluate(samples, order, 0, 4)  # fresh weights do not yet prefer one class
    predicted = steps.predicted.numpy().tolist()
    steps.evaluated.set(Sums())
    steps.confusion.clear()
    steps.train(samples, order, 0, [0.01] * 4, 0)
    steps.evaluate(samples, order, 0, 4)
    told = [*steps.trained.sums(), *steps.evaluated.sums(), steps.gradient_norm]
    with steps.average.applied():
        averages = [w.tolist() for w in model.get_weights()]
    all_weights = [*averages, *(w.tolist() for w in model.get_weights())]
    return model, {"told": told, "weights": all_weights, "counts": steps.confusion.rows(), "predicted": predicted}


mirrored = strategy()
recipe = Recipe(batch_size=16, augmentation="flip+shift+crop+mixup", ema=0.5)
model, several = learn(plain, mirrored, recipe)
_model, one = learn(plain, tf.distribute.get_strategy(), recipe)


class Stop:
    def __init__(self, asked):
        self.asked = asked

    def command(self):
        self.asked -= 1
        return "stop" if self.asked < 0 else "run"


whole = Recipe(epochs=2, limit=120, batch_size=16, learning_rate=0.01, tensorboard=True, ema=0.5)
run = make_run(Network("n", (28, 28, 1), plain), whole)
for control in (Stop(3), Control(run.desired_file)):
    Training(run, Journal(run.events_file), control).run()
snapshot = Follower(run).poll()
_model, half = learn(random, mirrored, msgspec.structs.replace(recipe, label_smoothing=0.1), "mixed_float16")
print(json.dumps({
    "replicas": mirrored.num_replicas_in_sync, "several": several, "one": one, "half": half,
    "resumed_from": snapshot.started.resumed_from, "checkpoint": snapshot.checkpoint.step,
    "accuracy": snapshot.finished.test_accuracy, "rate": snapshot.epochs[-1].learning_rate,
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    home = os.environ | {"CNN_TUI_HOME": str(tmp_path_factory.mktemp("home"))}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGES, env=home, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def flat(values):
    return [number for value in values for number in flat(value)] if isinstance(values, list) else [values]


def test_two_devices_learn_what_one_learns(told):
    assert told["replicas"] == 2
    several, one = told["several"], told["one"]
    assert several["told"] == pytest.approx(one["told"], rel=1e-4)
    assert flat(several["weights"]) == pytest.approx(flat(one["weights"]), abs=1e-4)
    assert several["counts"] == one["counts"]
    assert several["predicted"] == one["predicted"]
    assert len(set(several["predicted"])) > 2
    assert sum(flat(several["counts"])) == several["told"][2] == several["told"][5] == 49


def test_a_run_on_several_devices_is_stopped_resumed_and_finished(told):
    assert 0 < told["resumed_from"] < 14 == told["checkpoint"]
    assert told["accuracy"] > 0.3  # chance is 0.1
    assert told["rate"] == pytest.approx(0.01)


def test_dropout_normalization_and_half_precision_work_on_several_devices(told):
    *sums, _norm = told["half"]["told"]  # gradients scaled for half precision may overflow: such a step is left out
    numbers = [*sums, *flat(told["half"]["weights"])]
    assert all(abs(number) < 1e6 for number in numbers)  # false of what is no number, too
    assert told["half"]["told"][2] == 49
