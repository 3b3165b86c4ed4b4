"""Runs, in this process: that an interruption changes nothing, and what is told of a run."""

import math

import msgspec
import numpy as np
import pytest

from tests.data.idx_bytes import write_set
from tests.runs.event_lines import started
from tests.worker.networks import IN_LANES, SMALL_CNN
from tui_cnn.core.layers import Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load_test
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.events import Evaluating, Progress, Replanned, Started, decode, encode
from tui_cnn.runs.ledger import TestUse, ledger_file, use_of_test_set
from tui_cnn.runs.machine import digest, read_machine
from tui_cnn.runs.predictions import load_predictions
from tui_cnn.runs.recipe import Recipe, dumps_recipe, rate_at
from tui_cnn.runs.runtime import Runtime
from tui_cnn.runs.snapshot import Follower

pytestmark = [
    pytest.mark.usefixtures("keras"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]

PLAIN = Network("plain", (28, 28, 1), (Flatten(), Dense(units=10)))
RECIPE = Recipe(epochs=3, limit=640, batch_size=40, validation=0.25)  # 12 steps to train, 4 to validate


class StopAt:
    """Wishes to stop when it is asked for the n-th time (from 0)."""

    def __init__(self, number):
        self._left = number

    def command(self):
        self._left -= 1
        return "stop" if self._left < 0 else "run"


def train(run, control=None):
    """Train a run as its worker would."""
    from tui_cnn.worker.control import Control
    from tui_cnn.worker.journal import Journal
    from tui_cnn.worker.training import Training

    Training(run, Journal(run.events_file), control or Control(run.desired_file)).run()
    return Follower(run).poll()


def test_a_run_measures_its_steps_and_its_evaluation(monkeypatch):
    """Both are of this network alone, so they tell of the next run of it."""
    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)  # several calls: the first compiles
    train(make_run(SMALL_CNN, RECIPE))
    (measured,) = read_machine().measured
    assert (measured.network, measured.batch_size) == (digest(SMALL_CNN), RECIPE.batch_size)
    assert 0 < measured.evaluation_seconds < measured.step_seconds < 1


@pytest.fixture(scope="module")
def whole(keras, tmp_path_factory):
    """A run that nothing interrupts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(tmp_path_factory.mktemp("home")))
        run = make_run(SMALL_CNN, RECIPE)
        return run, train(run)


def learnt(model):
    """All that training changes; the state of the random layers is drawn anew whenever a file is read."""
    return [variable.numpy() for variable in [*model.weights, *model.optimizer.variables]]


def loaded(path, network=SMALL_CNN, recipe=RECIPE):
    """What a resumed run begins with: its own model, the weights and the optimizer's state of a file, and its step."""
    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.checkpoint import load_checkpoint

    model = make_model(network, recipe)
    return model, load_checkpoint(path, model)


def weights(path):
    import keras

    return keras.saving.load_model(path, compile=False).get_weights()  # Keras does not know our Muon


def facts(snapshot):
    return [
        (event.epoch, event.loss, event.accuracy, event.val_loss, event.val_accuracy, event.best)
        for event in snapshot.epochs
    ]


def test_an_interrupted_run_ends_as_one_that_was_not(whole, monkeypatch):
    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)  # it asks before every batch
    run = make_run(SMALL_CNN, RECIPE)
    stops = {
        "before the first step": 0,
        "in the first epoch": 5,
        "before its validation": 7,
        "while it validates": 2,
        "before the second epoch": 4,
        "in the second epoch": 3,
        "while it tests": 9 + 4 + 12 + 4 + 2,
    }
    resumed_from = []
    for number in stops.values():
        snapshot = train(run, StopAt(number))
        assert snapshot.stopped
        resumed_from.append(snapshot.started.resumed_from)
    finished = train(run)
    assert [*resumed_from, finished.started.resumed_from] == [0, 0, 5, 12, 12, 12, 15, 36]

    reference, expected = whole
    for file in ("checkpoint.keras", "best.keras"):
        for ours, theirs in zip(weights(run.path / file), weights(reference.path / file), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(facts(finished), facts(expected), rtol=1e-6)
    assert finished.finished.test_accuracy == expected.finished.test_accuracy
    assert finished.finished.best_epoch == expected.finished.best_epoch
    assert finished.elapsed > snapshot.elapsed > 0


def test_the_best_weights_are_kept(whole):
    _run, snapshot = whole
    accuracies = [event.val_accuracy for event in snapshot.epochs]
    assert snapshot.finished.best_epoch == 1 + accuracies.index(max(accuracies))
    assert [event.best for event in snapshot.epochs] == [
        accuracy > max(accuracies[:place], default=-1) for place, accuracy in enumerate(accuracies)
    ]


def test_what_was_predicted_of_each_test_image_is_kept(whole, keras):
    run, snapshot = whole
    kept, truth = load_predictions(run), load_test()
    assert kept.labels.tolist() == truth.labels.tolist()
    assert kept.test_set == truth.digest
    assert kept.predicted.dtype == np.uint16
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (kept.labels, kept.predicted), 1)
    assert counts.tolist() == [list(row) for row in snapshot.finished.confusion]
    model = keras.saving.load_model(run.best_file)
    expected = model.predict(truth.images[:500] / np.float32(255), verbose=0).argmax(axis=1)
    assert (kept.predicted[:500] == expected).mean() > 0.99  # sums are rounded otherwise


def test_weights_no_better_than_the_best_do_not_replace_them(tmp_path, keras):
    write_set(tmp_path, train=(0,) * 20, test=(0, 1))
    network = Network("n", (3, 3), (Flatten(), Dense(units=2)))
    recipe = Recipe(data=str(tmp_path), epochs=8, batch_size=6, validation=0.1, learning_rate=0.1)
    run = make_run(network, recipe)
    snapshot = train(run)
    assert snapshot.epochs[-1].val_accuracy == 1  # always the first class: that is soon learned, and never bettered
    best = snapshot.finished.best_epoch
    assert best < 8
    assert keras.saving.load_model(run.best_file).optimizer.iterations == best * 3
    assert keras.saving.load_model(run.checkpoint_file).optimizer.iterations == 8 * 3


FORGETTING = Recipe(
    epochs=4,
    limit=640,
    batch_size=40,
    validation=0.25,
    optimizer="sgd",
    learning_rate=0.2,
    weight_decay=9.5,
    warmup=4.0,
)
"""Its rate rises until a step turns the weights round: learning rate × weight decay is 1.9 at the end. So later epochs
are worse than the best, by more than the order in which numbers are added up can change."""


def evaluated(keras, file):
    """What Keras itself says of a saved model, on the test images as they were published: loss and accuracy."""
    from tui_cnn.data.dataset import load

    data = load()
    model = keras.saving.load_model(file)
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)  # however labels were smoothed in training
    model.compile(loss=plain, metrics=["accuracy"])
    images = data.test_images / np.float32(255)
    return model.evaluate(images, data.test_labels, verbose=0)


@pytest.mark.parametrize("changes", [{}, {"label_smoothing": 0.2}, {"ema": 0.3}], ids=["plain", "smoothed", "averaged"])
def test_the_weights_that_were_best_in_validation_are_tested(keras, changes):
    run = make_run(PLAIN, msgspec.structs.replace(FORGETTING, **changes))
    snapshot = train(run)
    best = snapshot.finished.best_epoch
    assert best < 4, "or nothing is tested here"
    assert snapshot.finished.tested_epoch == best == snapshot.tested.epoch
    loss, accuracy = evaluated(keras, run.best_file)
    assert snapshot.finished.test_accuracy == pytest.approx(accuracy, abs=2e-4)
    assert snapshot.finished.test_loss == pytest.approx(loss, rel=1e-3)
    assert evaluated(keras, run.checkpoint_file)[1] != pytest.approx(accuracy, abs=2e-3)


AVERAGED = msgspec.structs.replace(
    RECIPE, optimizer="muon", ema=0.8, class_weights="balanced", augmentation="flip+crop+contrast+mixup", keep=3
)


def test_an_interrupted_run_whose_weights_are_averaged_ends_as_one_that_was_not(monkeypatch):
    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)
    whole, parted = make_run(SMALL_CNN, AVERAGED), make_run(SMALL_CNN, AVERAGED)
    expected = train(whole)
    for number in (0, 5, 9, 3, 9 + 4 + 12 + 4 + 2):  # in epochs, while it validates, while it tests
        assert train(parted, StopAt(number)).stopped
    finished = train(parted)
    files = ["checkpoint.keras", "best.keras", *(f"kept/{file.name}" for file in whole.kept_directory.iterdir())]
    for file in files:
        for ours, theirs in zip(weights(parted.path / file), weights(whole.path / file), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(facts(finished), facts(expected), rtol=1e-6)
    assert finished.finished.test_loss == expected.finished.test_loss


def test_the_averaged_weights_are_validated_and_kept_and_the_checkpoint_has_both(keras):
    """Where one step is all, average and weights are the same; after the second they differ."""
    from tui_cnn.data.dataset import load

    recipe = msgspec.structs.replace(FORGETTING, epochs=1, ema=0.5, keep=2)
    run = make_run(PLAIN, recipe)
    snapshot = train(run)
    (*_first, averaged), best = (weights(file) for file in sorted(run.kept_directory.iterdir())), weights(run.best_file)
    last = weights(run.checkpoint_file)
    assert all(np.array_equal(*pair) for pair in zip(averaged, best, strict=True))
    assert not np.allclose(best[0], last[0])

    data = load()
    _train, held_out = data.split(recipe.validation, recipe.split_seed, recipe.limit)
    model = keras.saving.load_model(run.best_file)
    loss, accuracy = model.evaluate(
        data.train_images[held_out] / np.float32(255), data.train_labels[held_out], verbose=0
    )
    assert snapshot.epochs[0].val_loss == pytest.approx(loss, rel=1e-4)
    assert snapshot.epochs[0].val_accuracy == pytest.approx(accuracy, abs=1e-6)
    assert snapshot.finished.test_accuracy == pytest.approx(evaluated(keras, run.best_file)[1], abs=2e-4)


def test_balanced_classes_of_a_run_are_those_of_its_training_images(tmp_path, keras):
    """One step with all of them: as Keras does it, with the weights worked out by hand."""
    from tui_cnn.data.dataset import load
    from tui_cnn.worker.build import make_model

    write_set(tmp_path, train=(0,) * 12 + (1,) * 4, test=(0, 1))
    network = Network("n", (3, 3), (Flatten(), Dense(units=2)))
    recipe = Recipe(data=str(tmp_path), epochs=1, batch_size=16, validation=0.0, optimizer="sgd", learning_rate=0.5)
    recipe = msgspec.structs.replace(recipe, class_weights="balanced")
    run = make_run(network, recipe)
    train(run)
    data, oracle = load(tmp_path), make_model(network, recipe)
    images = data.train_images[..., 0] / np.float32(255)
    oracle.train_on_batch(images, data.train_labels, class_weight={0: 16 / (2 * 12), 1: 16 / (2 * 4)})
    for ours, theirs in zip(weights(run.checkpoint_file), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_checkpoint_without_the_average_that_it_needs_is_refused():
    from tui_cnn.worker.journal import TrainingError

    run = make_run(SMALL_CNN, RECIPE)
    train(run, StopAt(2))
    run.recipe_file.write_text(dumps_recipe(AVERAGED))
    with pytest.raises(TrainingError, match=r"checkpoint\.keras cannot be read: .*cnn_tui_average"):
        train(run)


def test_a_run_that_is_stopped_while_it_tests_keeps_its_last_weights(monkeypatch):
    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)
    whole, parted = make_run(PLAIN, FORGETTING), make_run(PLAIN, FORGETTING)
    expected = train(whole)
    assert train(parted, StopAt(4 * (12 + 4) + 2)).stopped
    resumed = train(parted)
    assert resumed.started.resumed_from == 4 * 12
    for file in ("checkpoint.keras", "best.keras"):
        for ours, theirs in zip(weights(parted.path / file), weights(whole.path / file), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert resumed.finished.test_loss == expected.finished.test_loss


def test_without_validation_the_last_weights_are_the_result(keras):
    run = make_run(PLAIN, msgspec.structs.replace(FORGETTING, validation=0.0))
    snapshot = train(run)
    accuracies = [event.accuracy for event in snapshot.epochs]
    assert max(accuracies) > accuracies[-1], "or nothing is tested here"
    assert (snapshot.finished.best_epoch, snapshot.finished.tested_epoch) == (4, 4)
    for best, last in zip(weights(run.best_file), weights(run.checkpoint_file), strict=True):
        np.testing.assert_array_equal(best, last)
    assert snapshot.finished.test_accuracy == pytest.approx(evaluated(keras, run.best_file)[1], abs=2e-4)


def test_where_the_best_weights_are_gone_the_last_are_tested(keras, monkeypatch):
    from tui_cnn.worker.journal import TrainingError

    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)
    run = make_run(PLAIN, FORGETTING)
    train(run, StopAt(4 * (12 + 4) + 2))
    run.best_file.write_bytes(run.best_file.read_bytes()[:-100])
    with pytest.raises(TrainingError, match=r"best\.keras: its weights cannot be read") as caught:
        train(run)
    assert caught.value.advice.startswith(f"Delete {run.best_file} and resume")
    run.best_file.unlink()
    snapshot = train(run)
    assert snapshot.tested.epoch == 4
    assert snapshot.finished.test_accuracy == pytest.approx(evaluated(keras, run.checkpoint_file)[1], abs=2e-4)


def test_the_time_left_covers_validation_and_test(monkeypatch):
    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)
    monkeypatch.setattr("tui_cnn.worker.recording._PROGRESS_EVERY", 0)
    run = make_run(PLAIN, msgspec.structs.replace(FORGETTING, epochs=1))
    train(run)
    told = [decode(line) for line in run.events_file.read_bytes().splitlines()]
    last_step = [event for event in told if isinstance(event, Progress)][-1]
    assert last_step.step == last_step.steps
    assert last_step.seconds_left > 0
    for images in ("validation", "test"):
        left = [event.seconds_left for event in told if isinstance(event, Evaluating) and event.images == images]
        assert len(left) > 1
        assert all(seconds > 0 for seconds in left[:-1])
        assert (left[-1] > 0) == (images == "validation"), "the test is still to come"


STEP = 100.0
"""Seconds of a step on a very slow machine, beside which it does not matter how long this one really takes."""
TEST_AND_TWO_EPOCHS = STEP * (10_000 / 40 / 3 + 2.5 * (12 + 4 / 3)) / 60
"""Minutes for the test and two epochs with their validation, and half another."""


@pytest.mark.parametrize(("minutes", "epochs"), [(1.0, 1), (TEST_AND_TWO_EPOCHS, 2)])
def test_a_run_that_is_to_fill_some_time(monkeypatch, minutes, epochs):
    """The epochs follow from the measured step, and change nothing else: the weights are those of that many epochs."""
    from tui_cnn.worker import trials

    def measured(steps, samples, *_others):  # trains a step, as measuring does
        steps.train(samples, trials.tf.range(40), 0, trials.tf.constant([0.01]), 0)
        return trials.Timing(STEP, [STEP, STEP, 9 * STEP])

    monkeypatch.setattr(trials, "time_steps", measured)
    recipe = msgspec.structs.replace(RECIPE, schedule="cosine", ema=0.9)
    run = make_run(SMALL_CNN, msgspec.structs.replace(recipe, epochs=9, minutes=minutes))
    snapshot = train(run)
    assert run.recipe() == msgspec.structs.replace(recipe, epochs=epochs, minutes=minutes)
    assert len(snapshot.epochs) == snapshot.started.epochs == epochs
    plain = make_run(SMALL_CNN, msgspec.structs.replace(recipe, epochs=epochs))
    assert facts(train(plain)) == facts(snapshot)
    assert all(map(np.array_equal, weights(plain.checkpoint_file), weights(run.checkpoint_file)))


def test_a_run_that_filled_some_time_is_resumed_with_its_epochs(monkeypatch):
    from tui_cnn.worker import trials

    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)  # it asks before every batch
    monkeypatch.setattr(trials, "time_steps", lambda *_given: trials.Timing(STEP, [STEP]))
    run = make_run(SMALL_CNN, msgspec.structs.replace(RECIPE, minutes=TEST_AND_TWO_EPOCHS))
    assert train(run, StopAt(14)).state == "interrupted"
    monkeypatch.setattr(trials, "time_steps", lambda *_given: pytest.fail("the epochs are known"))
    assert len(train(run).epochs) == run.recipe().epochs == 2


@pytest.mark.parametrize(("batch", "epochs"), [(0.25, 20), (0.5, 3)], ids=["faster", "slower"])
def test_a_run_that_is_to_fill_some_time_plans_again_at_the_pace_of_its_epochs(monkeypatch, batch, epochs):
    """By the step, the test and four and a half epochs (of 12 and 4/3 steps) fit; a batch of any kind takes another
    time: after the test of 250 batches, 80.8 steps' time is left for epochs of 4, or 18.3 for epochs of 8.

    The latter are noticed after the second, and a last one is done all the same.
    """
    from tui_cnn.worker import execution, training, trials

    now, plain = 0.0, execution.Execution.run

    def paced(self, steps, first, last, speed):
        def slowly(at, count):
            nonlocal now
            now += batch * STEP * count
            return steps(at, count)

        return plain(self, slowly, first, last, speed)

    monkeypatch.setattr(execution.Execution, "run", paced)
    monkeypatch.setattr(training, "Stopwatch", lambda elapsed: execution.Stopwatch(elapsed, lambda: now))
    monkeypatch.setattr(trials, "time_steps", lambda *_given: trials.Timing(STEP, [STEP]))
    minutes = STEP * (10_000 / 40 / 3 + 4.5 * (12 + 4 / 3)) / 60
    run = make_run(PLAIN, msgspec.structs.replace(RECIPE, schedule="cosine", minutes=minutes))
    snapshot = train(run)
    told = [decode(line) for line in run.events_file.read_bytes().splitlines()]
    assert [event.epochs for event in told if isinstance(event, Started | Replanned)] == [4, epochs]
    assert len(snapshot.epochs) == snapshot.started.epochs == run.recipe().epochs == epochs
    assert snapshot.epochs[-1].learning_rate == pytest.approx(rate_at(run.recipe(), 12 * epochs - 1, 12))
    assert snapshot.finished.seconds == pytest.approx(batch * STEP * (16 * epochs + 250))


@pytest.mark.parametrize(
    ("device", "threads", "lanes", "taken"), [("CPU", 2, 1, 1), ("CPU", 2, 2, 2), ("CPU", 4, 1, 2), ("GPU", 2, 1, 2)]
)
def test_a_run_is_resumed_in_the_lanes_that_it_began_with(monkeypatch, device, threads, lanes, taken):
    """So that it adds up in the same order, whatever was measured since; elsewhere it computes as suits best."""
    seen = []
    monkeypatch.setattr("tui_cnn.worker.preparation.configure", lambda by: seen.append(by) or by)
    run = make_run(IN_LANES, msgspec.structs.replace(RECIPE, batch_size=32, threads=2))
    run.events_file.write_bytes(encode(started(device=device, threads=threads, lanes=lanes)))
    train(run)
    assert seen == [Runtime(threads=2, lanes=taken, sharing=1)]


def test_another_seed_is_another_run():
    recipe = Recipe(epochs=1, limit=64, validation=0.0)
    runs = [make_run(SMALL_CNN, recipe), make_run(SMALL_CNN, recipe)]
    runs.append(make_run(SMALL_CNN, Recipe(epochs=1, limit=64, validation=0.0, seed=1)))
    for run in runs:
        snapshot = train(run)
        assert snapshot.epochs[0].val_accuracy is None
        assert snapshot.epochs[0].best
    first, same, other = (weights(run.checkpoint_file) for run in runs)
    assert all(np.array_equal(*pair) for pair in zip(first, same, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_another_data_set(tmp_path):
    write_set(tmp_path, train=(1, 2, 3) * 4, test=(3, 1))
    network = Network("n", (4, 4, 1), (Flatten(), Dense(units=3)))
    snapshot = train(make_run(network, Recipe(data=str(tmp_path), batch_size=5)))
    assert snapshot.finished.test_accuracy in (0, 0.5, 1)
    assert snapshot.started.steps_per_epoch == math.ceil(11 / 5)
    assert (snapshot.started.validation_images, snapshot.started.test_images) == (1, 2)


def test_a_training_that_diverges_says_so_and_keeps_its_checkpoint():
    from tui_cnn.worker.journal import TrainingError, explain

    run = make_run(SMALL_CNN, Recipe(optimizer="sgd", learning_rate=100.0, limit=640, epochs=50))
    with pytest.raises(TrainingError, match="the loss is no longer a number") as caught:
        train(run)
    assert "learning rate ten times lower" in explain(caught.value).advice


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"PK\5\6" + bytes(18)])
def test_a_damaged_checkpoint_is_told_from_everything_else(damage):
    from tui_cnn.worker.journal import TrainingError

    run = make_run(SMALL_CNN, RECIPE)
    run.checkpoint_file.write_bytes(damage)
    with pytest.raises(TrainingError, match=r"checkpoint\.keras cannot be read: ."):
        train(run)


def test_a_checkpoint_damaged_anywhere_is_refused(whole, tmp_path):
    from tui_cnn.worker.journal import TrainingError

    sound = whole[0].checkpoint_file.read_bytes()
    path = tmp_path / "checkpoint.keras"
    damaged = [sound[: len(sound) // 2], sound[:-1]]
    for at in [*range(0, len(sound), len(sound) // 20), len(sound) - 1]:  # the last byte counts a comment's letters
        flipped = bytes(byte ^ 0x55 for byte in sound[at : at + 64])
        damaged.append(sound[:at] + flipped + sound[at + 64 :])
    before = learnt(loaded(whole[0].checkpoint_file)[0])
    refused = 0
    for content in damaged:
        path.write_bytes(content)
        try:
            model, _place = loaded(path)
        except TrainingError as error:
            refused += "checkpoint.keras cannot be read: " in str(error)
        else:  # some bytes of an archive say nothing, such as the hour of a file
            assert all((one == other).all() for one, other in zip(before, learnt(model), strict=True))
    assert refused >= len(damaged) - 2


def test_a_checkpoint_is_read_as_keras_reads_it(keras, whole):
    for file in (whole[0].checkpoint_file, whole[0].best_file):
        ours, theirs = learnt(loaded(file)[0]), learnt(keras.saving.load_model(file))
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop"])
def test_a_checkpoint_of_another_optimizer_is_refused(whole, optimizer):
    from tui_cnn.worker.journal import TrainingError

    with pytest.raises(TrainingError, match="Skipping variable loading for optimizer"):
        loaded(whole[0].checkpoint_file, recipe=msgspec.structs.replace(RECIPE, optimizer=optimizer))


def test_what_a_checkpoint_says_of_its_model_is_never_built(whole, harmful):
    """Its weights and its optimizer's state are all that is read: the run goes on to the very numbers."""
    run = make_run(SMALL_CNN, RECIPE)
    train(run, StopAt(2))
    harmful.put_into(run.checkpoint_file)
    assert not harmful.has_run()
    snapshot = train(run)
    assert not harmful.has_run()
    assert snapshot.started.resumed_from > 0
    np.testing.assert_allclose(facts(snapshot), facts(whole[1]), rtol=1e-6)
    for ours, theirs in zip(weights(run.checkpoint_file), weights(whole[0].checkpoint_file), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(monkeypatch):
    from tui_cnn.worker import checkpoint

    run = make_run(SMALL_CNN, RECIPE)
    train(run, StopAt(0))
    before = run.checkpoint_file.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    model, place = loaded(run.checkpoint_file)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save_checkpoint(run.checkpoint_file, model, place)
    assert run.checkpoint_file.read_bytes() == before
    assert not list(run.path.glob("*tmp*"))


def test_further_epochs_are_those_of_a_longer_run(keras):
    from tui_cnn.runs.further import longer_recipe, make_longer

    recipe = msgspec.structs.replace(RECIPE, deterministic=True, epochs=2, limit=400)
    short = make_run(SMALL_CNN, recipe)
    train(short)
    before = {file.name: file.read_bytes() for file in short.path.iterdir() if file.is_file()}
    longer = make_longer(short, longer_recipe(short, 1))
    whole = make_run(SMALL_CNN, msgspec.structs.replace(recipe, epochs=3))
    finished, expected = train(longer), train(whole)
    assert finished.started.resumed_from == 2 * finished.started.steps_per_epoch
    assert facts(finished) == facts(expected)
    for file in ("checkpoint.keras", "best.keras"):
        for ours, theirs in zip(
            learnt(loaded(longer.path / file)[0]), learnt(loaded(whole.path / file)[0]), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)
    assert {file.name: file.read_bytes() for file in short.path.iterdir() if file.is_file()} == before
    assert use_of_test_set(longer.id) == TestUse(times=3, runs=3)
    *_earlier, ours = map(msgspec.json.decode, ledger_file().read_bytes().splitlines())
    assert ours["accuracy"] == expected.finished.test_accuracy
    assert ours["test_set"] == load_test().digest


def test_a_schedule_is_stretched_or_begun_anew_and_patience_counts_from_there(monkeypatch):
    from tui_cnn.runs.further import longer_recipe, make_longer

    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)
    recipe = Recipe(
        epochs=2, limit=200, batch_size=40, validation=0.2, schedule="cosine", patience=1, learning_rate=1e-9
    )
    short = make_run(PLAIN, recipe)
    train(short)  # it learns nothing, and so stops early
    done = len(Follower(short).poll().epochs)

    def last_rates(restarted):
        longer = train(make_longer(short, longer_recipe(short, 2), restarted=restarted))
        return [event.learning_rate for event in longer.epochs[done:]]

    from tui_cnn.runs.recipe import rate_at

    first_of_whole = rate_at(msgspec.structs.replace(recipe, epochs=done + 2), (done + 1) * 4 - 1, 4)
    assert last_rates(restarted=False)[0] == pytest.approx(first_of_whole)
    assert last_rates(restarted=True)[0] == pytest.approx(rate_at(recipe, 3, 4))
