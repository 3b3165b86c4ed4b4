"""A recorder under real fits: what it records is what Keras says, and the training does not notice it."""

import csv
import errno
import os
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.keras.fitting import KILLED, PACKAGES, images, package, run_program, small_model
from tui_cnn.data.dataset import TestSet
from tui_cnn.keras import Recorder
from tui_cnn.keras.recording import Recording
from tui_cnn.runs import launch
from tui_cnn.runs.directory import list_runs
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Epoch, Progress
from tui_cnn.runs.export import export_run
from tui_cnn.runs.inspection.requests import Kernels, Open, Predict, Source
from tui_cnn.runs.inspection.test_images import load_test_of
from tui_cnn.runs.ledger import use_of_test_set
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.origin import check_inspectable, read_origin
from tui_cnn.runs.predictions import load_predictions
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import outcome, summarize

pytestmark = pytest.mark.filterwarnings("ignore")  # those of Keras and NumPy about each other


def fit(keras, *callbacks, model=None, epochs=3, **how):
    x, y = images()
    keras.utils.set_random_seed(3)
    model = model or small_model(keras)
    given = {"batch_size": 20, "validation_data": (x[:40], y[:40]), "verbose": 0} | how
    return model, model.fit(x, y, epochs=epochs, callbacks=list(callbacks), **given).history


def the_run():
    (run,) = list_runs()
    return run, Follower(run).poll()


def answer(request):
    from tui_cnn.worker.inspection.answers import Answers

    job = Answers().begin(request)
    while True:
        try:
            next(job)
        except StopIteration as ended:
            return ended.value


@pytest.mark.parametrize("name", PACKAGES)
def test_the_epochs_are_those_of_keras(name, tmp_path, capfd):
    keras = package(name)
    x, y = images()
    best, log = tmp_path / "best.keras", tmp_path / "log.csv"
    theirs = keras.callbacks.ModelCheckpoint(str(best), monitor="val_accuracy", save_best_only=True)
    recorder = Recorder("my model", test=(x, y), validation=(x[:40], y[:40]), class_names=["left", "right"])
    _model, history = fit(keras, recorder, theirs, keras.callbacks.CSVLogger(str(log)))

    run, snapshot = the_run()
    assert snapshot.state == "finished"
    assert run.network().name == "my model"
    assert run.name == "my-model"
    for ours, key in (("loss",) * 2, ("accuracy",) * 2, ("val_loss",) * 2, ("val_accuracy",) * 2):
        assert [getattr(epoch, ours) for epoch in snapshot.epochs] == history[key]
        assert [float(row[key]) for row in csv.DictReader(log.open())] == history[key]
    assert [sum(map(sum, epoch.confusion)) for epoch in snapshot.epochs] == [40] * 3
    right = [epoch.confusion[0][0] + epoch.confusion[1][1] for epoch in snapshot.epochs]
    assert right == pytest.approx([40 * value for value in history["val_accuracy"]])

    kept = keras.models.load_model(best)
    loss, accuracy = kept.evaluate(x, y, verbose=0)
    assert snapshot.finished.test_accuracy == pytest.approx(accuracy)
    assert snapshot.finished.test_loss == pytest.approx(loss, rel=1e-4)
    assert snapshot.finished.best_epoch == 1 + int(np.argmax(history["val_accuracy"]))
    assert use_of_test_set(run.id).times == 1
    np.testing.assert_array_equal(load_predictions(run).predicted, kept.predict(x, verbose=0).argmax(1))

    source = Source(str(run.path), "best")
    opened = answer(Open(source=source))
    assert opened.class_names == ("left", "right")
    probabilities = answer(Predict(source=source, images=tuple(range(len(x))))).probabilities.numpy()
    np.testing.assert_allclose(probabilities, kept.predict(x, verbose=0), atol=1e-5)
    kernels = answer(Kernels(source=source)).layers[0].weights["kernel"].numpy()
    np.testing.assert_array_equal(kernels, kept.layers[0].get_weights()[0])

    test = load_test_of(run)
    np.testing.assert_array_equal(test.images / np.float32(255), x)
    assert isinstance(test, TestSet)
    assert test.digest == load_predictions(run).test_set

    lines = capfd.readouterr().err.splitlines()
    assert [line for line in lines if "cnn-tui" in line] == [
        f"cnn-tui: recording {run.id}; watch it with: cnn-tui attach {run.id}"
    ]


def test_what_is_not_known_is_not_told():
    keras = package("keras")
    x, y = images()
    model = small_model(keras, optimizer=keras.optimizers.Lion(0.01), metrics=())

    def batches():
        for first in range(0, 120, 20):
            yield x[first : first + 20], y[first : first + 20]

    import tensorflow as tf

    signature = (tf.TensorSpec((None, 8, 8, 1)), tf.TensorSpec((None,), tf.int32))
    data = tf.data.Dataset.from_generator(batches, output_signature=signature)
    history = model.fit(data, epochs=2, callbacks=[Recorder("unknown")], verbose=0).history
    run, snapshot = the_run()
    summary = summarize(run, snapshot)
    assert summary.recipe is None
    assert summary.settings.startswith("Lion, batch size unknown, lr 0.01, sparse_categorical_crossentropy (Keras ")
    assert snapshot.started.train_images is None
    assert (snapshot.started.steps_per_epoch, snapshot.started.batch_size) == (6, 0)
    assert [epoch.loss for epoch in snapshot.epochs] == history["loss"]
    assert [(epoch.accuracy, epoch.val_loss) for epoch in snapshot.epochs] == [(None, None)] * 2
    assert "optimizer" not in run.recipe_file.read_text()
    assert summary.damage == ()


def test_the_training_is_the_same_as_without_it():
    keras = package("keras")
    x, y = images()
    alone, history = fit(keras)
    recorded, again = fit(keras, Recorder("watched", test=(x, y), validation=(x, y)))
    assert history == again
    for one, other in zip(alone.get_weights(), recorded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_two_fits_are_two_runs_and_initial_epoch_goes_on():
    keras = package("keras")
    recorder = Recorder("again")
    model, _history = fit(keras, recorder, epochs=2)
    first = recorder.run_id
    fit(keras, recorder, model=model, epochs=4, initial_epoch=2)
    run, snapshot = the_run()
    assert (run.id, recorder.run_id) == (first, first)
    assert [epoch.epoch for epoch in snapshot.epochs] == [1, 2, 3, 4]
    assert snapshot.started.resumed_from == 12
    fit(keras, recorder, model=model, epochs=1)
    assert len(list_runs()) == 2
    other = keras.Sequential([keras.layers.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(2)])
    other.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    fit(keras, recorder, model=other, epochs=4, initial_epoch=3)  # of another model: a run of its own
    assert len(list_runs()) == 3


@pytest.mark.parametrize("name", PACKAGES)
def test_a_killed_program_goes_on_in_its_run(name):
    assert run_program("os.kill(os.getpid(), signal.SIGKILL)", name).returncode == KILLED
    run, snapshot = the_run()
    assert snapshot.state == "interrupted"
    assert "was killed" in outcome(run, snapshot).sentence
    ended = run_program("pass", name)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "from 2 12\n"  # the optimizer goes on, too
    again, snapshot = the_run()
    assert (again, snapshot.state) == (run, "finished")
    assert [epoch.epoch for epoch in snapshot.epochs] == [1, 2, 3]


@pytest.mark.parametrize(
    ("ending", "state", "sentence"),
    [
        ("raise RuntimeError('no more data')", "failed", "RuntimeError: no more data"),
        ("raise KeyboardInterrupt", "interrupted", "Stopped."),
    ],
)
def test_how_fit_ended_is_told(ending, state, sentence):
    assert run_program(ending).returncode != 0
    run, snapshot = the_run()
    assert snapshot.state == state
    assert sentence in outcome(run, snapshot).sentence
    assert len(snapshot.epochs) == 2


def test_an_error_that_the_program_handles_ends_the_run():
    keras = package("keras")

    class Failing(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("handled")

    recorder = Recorder("handled")
    with pytest.raises(RuntimeError, match="handled"):
        fit(keras, recorder, Failing())
    recorder.on_train_begin()  # the next fit begins; without one, it is noticed within a second
    run, snapshot = the_run()
    assert snapshot.state == "failed"
    assert not is_held(run.lock_file)


def test_it_pauses_and_stops():
    keras = package("keras")
    x, y = images()
    seen = []

    class Steering(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2 and not seen:
                seen.append("begun")
                launch.pause(the_run()[0])
                threading.Thread(target=unpause).start()

    def unpause():
        run = the_run()[0]
        follower = Follower(run)
        while follower.poll().state != "paused":
            pass
        seen.append("paused")
        launch.unpause(run)
        while follower.poll().state != "running":
            pass
        launch.stop(run)

    model = small_model(keras)
    model.fit(x, y, batch_size=1, epochs=5000, callbacks=[Recorder("steered"), Steering()], verbose=0)
    run, snapshot = the_run()
    assert seen == ["begun", "paused"]
    assert snapshot.stopped
    assert snapshot.checkpoint.step == int(model.optimizer.iterations)
    assert snapshot.state == "interrupted"
    with pytest.raises(RunError, match="was recorded in another program"):
        launch.resume(run)
    with pytest.raises(RunError, match="was recorded in another program"):
        launch.repeat(run)
    with pytest.raises(RunError, match="was recorded in another program"):
        launch.train_further(run, 2)


def test_progress_is_told_within_an_epoch(monkeypatch):
    monkeypatch.setattr("tui_cnn.keras.recording._PROGRESS_EVERY", 0.0)
    keras = package("keras")
    told = []

    class Watching(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            told.append((batch + 1, logs["loss"], logs["accuracy"]))

    fit(keras, Recorder("live"), Watching(), epochs=2)
    run, _snapshot = the_run()
    from tui_cnn.runs.events import decode

    events = [decode(line) for line in run.events_file.read_bytes().splitlines()]
    progress = [event for event in events if isinstance(event, Progress)]
    assert progress
    for event in progress:
        assert (event.step, event.loss, event.accuracy) in told
        assert event.steps == 6
        assert event.learning_rate == pytest.approx(0.001)


def test_a_home_that_cannot_be_written_is_told_once(monkeypatch, tmp_path, capfd):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(file))
    _model, history = fit(package("keras"), Recorder("nowhere"))
    assert len(history["loss"]) == 3
    (line,) = [line for line in capfd.readouterr().err.splitlines() if "cnn-tui" in line]
    assert line.startswith("cnn-tui: nowhere is not recorded any more: ")
    assert "cannot be written" in line


def test_a_full_disk_ends_the_recording_and_not_the_training(monkeypatch, capfd):
    from tui_cnn.worker.journal import Journal

    write = Journal.write

    def fail(journal, event):
        if isinstance(event, Epoch) and event.epoch == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(journal, event)

    monkeypatch.setattr(Journal, "write", fail)
    _model, history = fit(package("keras"), Recorder("full"))
    assert len(history["loss"]) == 3
    run, snapshot = the_run()
    assert snapshot.state == "failed"
    assert "No space left" in outcome(run, snapshot).sentence
    assert len(snapshot.epochs) == 1
    assert not is_held(run.lock_file)
    lines = [line for line in capfd.readouterr().err.splitlines() if "cnn-tui" in line]
    assert len(lines) == 2  # that it records, and that it does not any more


def test_whatever_fails_in_it_the_training_goes_on(monkeypatch):
    def fail(*_given, **_named):
        raise ZeroDivisionError

    for hook in ("_write_started", "end_epoch", "finish"):
        with monkeypatch.context() as patch:
            patch.setattr(Recording, hook, fail)
            _model, history = fit(package("keras"), Recorder("failing"), epochs=1)
            assert len(history["loss"]) == 1
    assert not any(is_held(run.lock_file) for run in list_runs())


def test_a_model_that_cannot_be_expressed_is_recorded_without_a_network():
    keras = package("keras")

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.flat, self.dense = keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")

        def call(self, inputs):
            return self.dense(self.flat(inputs))

    model = Own()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit(keras, Recorder("own"), model=model, epochs=2)
    run, snapshot = the_run()
    assert snapshot.state == "finished"
    assert len(snapshot.epochs) == 2
    assert not run.network_file.exists()
    summary = summarize(run, snapshot)
    assert (summary.parameters, summary.damage) == (None, ())
    with pytest.raises(RunError, match="its layers are only in its code"):
        check_inspectable(run)
    with pytest.raises(RunError, match="its layers are only in its code"):
        export_run(run, "keras", run.path / "x.keras")


def test_a_model_that_keras_cannot_save_is_recorded_without_weights():
    keras = package("keras")
    model = small_model(keras)

    def fail(*_given, **_named):
        raise TypeError("no config\n of this layer")

    model.save = fail
    x, y = images()
    fit(keras, Recorder("unsaved", test=(x, y)), model=model, epochs=2)
    run, snapshot = the_run()
    assert snapshot.state == "finished"
    assert snapshot.finished.tested_epoch == 2
    assert snapshot.finished.test_accuracy == pytest.approx(model.evaluate(x, y, verbose=0)[1])
    reason = "Keras cannot save the weights of this model: no config of this layer"
    assert read_origin(run).no_weights == reason
    assert not run.best_file.exists()
    assert not run.checkpoint_file.exists()
    assert snapshot.checkpoint is None
    with pytest.raises(RunError, match=reason):
        export_run(run, "keras", run.path / "x.keras")


def test_a_layer_that_is_not_known_is_named():
    keras = package("keras")

    class Doubling(keras.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    layers = [Doubling(name="twice"), keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")]
    model = keras.Sequential([keras.layers.Input((8, 8, 1)), *layers])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit(keras, Recorder("doubling"), model=model, epochs=1)
    run, snapshot = the_run()
    assert snapshot.state == "finished"
    assert run.network().layers[0].kind == "Doubling"
    assert read_origin(run).no_network == ""
    with pytest.raises(RunError, match="layer “twice” is of the type Doubling"):
        check_inspectable(run)


def test_without_test_images_nothing_is_claimed():
    fit(package("keras"), Recorder("untested"), epochs=1)
    run, snapshot = the_run()
    assert snapshot.finished.test_accuracy is None
    assert use_of_test_set(run.id) is None
    test = load_test_of(run)
    assert "No test images were recorded" in test.missing
    assert test.images.shape == (0, 8, 8, 1)
    assert run.recipe().directory is not None  # not Fashion-MNIST
    assert run.recipe() == Recipe(epochs=1, batch_size=20, learning_rate=0.001, data=run.recipe().data, split_seed=None)
    assert run.scaling().scale == "0..1"  # as the images are that fit was given


def test_the_example_in_the_readme():
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(import tui_cnn\.keras.*?)```", readme, re.DOTALL)
    x, y = images()
    model = small_model(package("keras"))
    given = {"model": model, "train_images": x, "train_labels": y, "test_images": x, "test_labels": y}
    exec(compile(example, "README.md", "exec"), given)
    run, snapshot = the_run()
    assert run.name == "my-model"
    assert snapshot.state == "finished"
    assert len(snapshot.epochs) == 10
    assert given["recorder"].restore(model) == 0  # it has finished: there is nothing to go on with
