"""Histories of Keras and others as runs: the numbers are those that Keras told, and what is missing is said."""

import importlib

import pytest

from tests.keras.fitting import images, package, small_model
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs import launch
from tui_cnn.runs.csv_history import read_csv_history
from tui_cnn.runs.directory import list_runs
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.export import export_run
from tui_cnn.runs.history import import_history
from tui_cnn.runs.inspection.test_images import load_test_of
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import outcome, summarize
from tui_cnn.runs.tensorboard_history import read_tensorboard

pytestmark = pytest.mark.filterwarnings("ignore")
FIELDS = ("loss", "accuracy", "val_loss", "val_accuracy")


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """The logs of one fit by Keras' own callbacks, and what `fit` returned."""
    import tensorflow as tf

    keras = package("keras")
    place = tmp_path_factory.mktemp("logs")
    x, y = images()

    def scalar(name, data, step=None, description=None):  # tf.summary.scalar is in the package tensorboard
        data_of = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
        metadata = tf.compat.v1.SummaryMetadata(plugin_data=data_of, data_class=1)
        return tf.summary.write(name, tf.cast(data, tf.float32), step=step, metadata=metadata)

    with pytest.MonkeyPatch.context() as patch:
        for module in (tf.summary, importlib.import_module("tensorflow.summary")):
            patch.setattr(module, "scalar", scalar)
        callbacks = [
            keras.callbacks.CSVLogger(str(place / "log.csv")),
            keras.callbacks.CSVLogger(str(place / "log2.csv"), separator=";"),
            keras.callbacks.TensorBoard(str(place / "tb"), update_freq="epoch"),
        ]
        fitted = small_model(keras).fit(
            x, y, epochs=4, batch_size=20, validation_split=0.25, callbacks=callbacks, verbose=0
        )
    return place, fitted.history


def approximately(values):
    return [pytest.approx(value, rel=1e-6) for value in values]


@pytest.mark.parametrize("file", ["log.csv", "log2.csv"])
def test_the_file_of_csvlogger(logged, file):
    place, history = logged
    read = read_csv_history(place / file)
    assert [epoch.epoch for epoch in read.epochs] == [1, 2, 3, 4]
    for field in FIELDS:
        assert [getattr(epoch, field) for epoch in read.epochs] == history[field]


def test_the_directory_of_the_tensorboard_callback(logged):
    place, history = logged
    (read,) = read_tensorboard(place / "tb")
    assert read.name == "tb"
    assert [epoch.epoch for epoch in read.epochs] == [1, 2, 3, 4]
    for field in FIELDS:
        assert [getattr(epoch, field) for epoch in read.epochs] == approximately(history[field])
    assert [epoch.learning_rate for epoch in read.epochs] == approximately([0.001] * 4)
    assert read.epochs[0].seconds is None
    assert all(epoch.seconds > 0 for epoch in read.epochs[1:])
    (same,) = read_tensorboard(place)
    assert same.epochs == read.epochs


def test_a_history_is_a_run_without_network_and_weights(logged):
    place, history = logged
    run = import_history(read_csv_history(place / "log.csv"))
    assert list_runs() == [run]
    snapshot = Follower(run).poll()
    assert snapshot.state == "imported"
    summary = summarize(run, snapshot)
    assert summary.best_accuracy == max(history["val_accuracy"])
    assert summary.best_epoch == 1 + history["val_accuracy"].index(max(history["val_accuracy"]))
    assert (summary.network, summary.parameters, summary.recipe, summary.damage) == ("log", None, None, ())
    assert "It is a history, with neither a network nor weights." in outcome(run, snapshot).line
    for refused in (
        lambda: launch.resume(run),
        lambda: launch.repeat(run),
        lambda: launch.train_further(run, 1),
        lambda: export_run(run, "keras", place / "x.keras"),
        lambda: load_test_of(run),
    ):
        with pytest.raises(RunError, match="imported from a history"):
            refused()


def csv_file(tmp_path, text):
    file = tmp_path / "some.csv"
    file.write_text(text)
    return file


def test_columns_in_any_order_and_missing_values(tmp_path):
    file = csv_file(tmp_path, "val_loss;lr;epoch;loss;val_acc;acc\n0.5;0.1;0;0.7;0.6;0.55\nNA;;1;nan;0.7;0.6\n\n")
    first, second = read_csv_history(file).epochs
    assert (first.epoch, first.loss, first.accuracy, first.val_loss, first.val_accuracy) == (1, 0.7, 0.55, 0.5, 0.6)
    assert first.learning_rate == 0.1
    assert (second.loss, second.val_loss, second.learning_rate, second.accuracy) == (None, None, None, 0.6)


def test_an_appended_training_goes_on_where_it_began_again(tmp_path):
    text = "epoch,loss\n0,0.9\n1,0.8\n2,0.7\nepoch,accuracy,loss\n1,0.5,0.75\n2,0.6,0.65\n"
    epochs = read_csv_history(csv_file(tmp_path, text)).epochs
    assert [(epoch.epoch, epoch.loss, epoch.accuracy) for epoch in epochs] == [
        (1, 0.9, None),
        (2, 0.75, 0.5),
        (3, 0.65, 0.6),
    ]


def test_what_was_trained_before_a_restart_counts_no_more(tmp_path):
    epochs = read_csv_history(csv_file(tmp_path, "epoch,loss\n0,0.9\n1,0.8\n2,0.7\n3,0.6\n1,0.85\n")).epochs
    assert [(epoch.epoch, epoch.loss) for epoch in epochs] == [(1, 0.9), (2, 0.85)]


def test_without_a_column_of_epochs_lines_are_counted(tmp_path):
    epochs = read_csv_history(csv_file(tmp_path, "loss\n0.9\n0.8\n")).epochs
    assert [(epoch.epoch, epoch.loss) for epoch in epochs] == [(1, 0.9), (2, 0.8)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "has no epochs"),
        ("epoch,loss\n", "has no epochs"),
        ("name,colour\nx,red\n", "has no column loss or accuracy, but name, colour"),
        ("epoch,loss\n0,high\n", "loss is “high”, which is not a number"),
        ("epoch,loss\n-1,0.5\n", "epoch -1 is not possible"),
        ("epoch,loss\n1.5,0.5\n", "is not possible"),
        ("epoch,loss\n1e300,0.5\n", "is not possible"),
        ("epoch,loss\n0,0.5" + "9" * 70_000 + "\n", "is no line of numbers"),
        ("epoch,loss\n0,\0\n", "is no line of numbers"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(tmp_path, text, line):
    with pytest.raises(FormatError, match=line):
        read_csv_history(csv_file(tmp_path, text))


def test_a_file_that_is_no_text(tmp_path):
    file = tmp_path / "x.csv"
    file.write_bytes(b"epoch,loss\n\xff\xfe\n")
    with pytest.raises(FormatError, match="is not UTF-8"):
        read_csv_history(file)
    with pytest.raises(FormatError, match="not found"):
        read_csv_history(tmp_path / "none.csv")


def write_events(place, name, *scalars):
    """Write scalars (tag, step, value), a second apart, as SummaryWriter does."""
    import tensorflow as tf

    place.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(place / f"events.out.tfevents.{name}")) as writer:
        for number, (tag, step, value) in enumerate(scalars):
            summary = tf.compat.v1.Summary(value=[tf.compat.v1.Summary.Value(tag=tag, simple_value=value)])
            event = tf.compat.v1.Event(wall_time=1e9 + int(name) * 100 + number, step=step, summary=summary)
            writer.write(event.SerializeToString())


def test_tags_of_summarywriter_by_epochs(tmp_path):
    scalars = [
        (tag, epoch, value + epoch)
        for epoch in range(1, 4)
        for tag, value in (("Loss/train", 0.1), ("Loss/val", 0.2), ("Accuracy/train", 0.3), ("Accuracy/test", 0.4))
    ]
    write_events(tmp_path / "pytorch", "1", *scalars)
    (read,) = read_tensorboard(tmp_path)
    assert read.name == "pytorch"
    assert [epoch.epoch for epoch in read.epochs] == [1, 2, 3]
    for field, value in zip(FIELDS, (0.1, 0.3, 0.2, 0.4), strict=True):
        assert [getattr(epoch, field) for epoch in read.epochs] == approximately([value + each for each in (1, 2, 3)])


def test_steps_of_batches_end_an_epoch_at_each_validation(tmp_path):
    training = [("train/loss", step, step / 1000) for step in range(0, 300, 10)]
    write_events(tmp_path, "1", *training, ("val/loss", 95, 0.5), ("val/loss", 195, 0.4))
    (read,) = read_tensorboard(tmp_path)
    assert [(epoch.epoch, epoch.loss, epoch.val_loss) for epoch in read.epochs] == [
        (1, pytest.approx(0.09), pytest.approx(0.5)),
        (2, pytest.approx(0.19), pytest.approx(0.4)),
    ]


def test_epochs_of_keras_that_were_not_all_logged(tmp_path):
    scalars = [("epoch_loss", 1, 0.5), ("epoch_loss", 3, 0.25), ("batch_loss", 2, 9.0), ("epoch_learning_rate", 3, 0.1)]
    write_events(tmp_path / "train", "1", *scalars)
    write_events(tmp_path / "validation", "1", ("epoch_loss", 1, 0.75), ("evaluation_loss_vs_iterations", 2, 9.0))
    (read,) = read_tensorboard(tmp_path)
    assert [(epoch.epoch, epoch.loss, epoch.val_loss) for epoch in read.epochs] == [(2, 0.5, 0.75), (4, 0.25, None)]


def test_several_files_of_one_training_the_later_counts(tmp_path):
    write_events(tmp_path / "a" / "train", "1", ("epoch_loss", 0, 0.9), ("epoch_loss", 1, 0.8))
    write_events(tmp_path / "a" / "train", "2", ("epoch_loss", 1, 0.7), ("epoch_loss", 2, 0.6))
    write_events(tmp_path / "b" / "train", "1", ("epoch_loss", 0, 0.5), ("batch_loss", 7, 9.0))
    first, second = read_tensorboard(tmp_path)
    assert (first.name, second.name) == ("a", "b")
    assert [epoch.loss for epoch in first.epochs] == approximately([0.9, 0.7, 0.6])
    assert [epoch.loss for epoch in second.epochs] == approximately([0.5])


def test_more_values_than_can_be_held_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tui_cnn.runs.tensorboard_history._MOST_POINTS", 5)
    write_events(tmp_path, "1", *((f"loss/{number}", 0, 0.5) for number in range(5)))
    assert len(read_tensorboard(tmp_path)) == 1
    write_events(tmp_path, "2", ("loss/5", 0, 0.5))
    with pytest.raises(FormatError, match="has more than 5 values"):
        read_tensorboard(tmp_path)


def test_directories_without_a_training(tmp_path):
    with pytest.raises(FormatError, match="not found"):
        read_tensorboard(tmp_path / "none")
    with pytest.raises(FormatError, match="has no event files"):
        read_tensorboard(tmp_path)
    write_events(tmp_path, "1", ("weights/mean", 0, 0.9))
    with pytest.raises(FormatError, match="has no loss or accuracy"):
        read_tensorboard(tmp_path)
