"""Runs that begin with weights of another model: which fit, what stays frozen, and the two phases of fine-tuning."""

import msgspec
import numpy as np
import pytest

from tests.worker.test_training import StopAt, train, weights
from tui_cnn.core.layers import BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load
from tui_cnn.runs.directory import list_runs, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import NotLoaded, encode
from tui_cnn.runs.recipe import RECIPES, Recipe, rate_at
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import beginning
from tui_cnn.runs.transfer import find_weights, make_with_weights

pytestmark = [
    pytest.mark.usefixtures("keras"),
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
]

RECIPE = Recipe(epochs=3, limit=250, batch_size=40, validation=0.2, deterministic=True, threads=1)  # 5 steps, 2


def network(units=16, *, frozen=False):
    body = (
        Conv2D(filters=4, kernel_size=(5, 5), strides=(3, 3), name="stem", trainable=not frozen),
        BatchNormalization(name="norm", momentum=0.9),
        MaxPooling2D(),
        Flatten(),
    )
    return Network("net", (28, 28, 1), (*body, Dense(units=units, name="hidden"), Dense(units=10, name="head")))


@pytest.fixture(scope="module")
def source(keras, tmp_path_factory):
    """A model of Keras' own, whose last layers are larger; all its weights are drawn at random."""
    keras.utils.set_random_seed(3)
    layers = keras.layers
    stem = layers.Conv2D(4, 5, strides=3, name="stem")
    norm = layers.BatchNormalization(name="norm")
    ends = [layers.MaxPooling2D(), layers.Flatten(), layers.Dense(32, name="hidden"), layers.Dense(10, name="head")]
    model = keras.Sequential([keras.Input((28, 28, 1)), stem, norm, *ends])
    for weight in model.weights:
        weight.assign(np.random.default_rng(1).normal(size=weight.shape) ** 2)
    path = tmp_path_factory.mktemp("source") / "source.keras"
    model.save(path)
    model.save(path.with_suffix(".h5"))
    return path


def begin(network, recipe, source):
    """Make a run as its starter does, in this process."""
    from tui_cnn.worker.transfer import write_fitting

    def fill(run):
        run.events_file.write_bytes(encode(write_fitting(network, source, source.name, run.start_file)))

    return make_run(network, recipe, fill)


def named(path):
    import keras

    model = keras.saving.load_model(path)
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


def same(ours, theirs):
    return all(np.array_equal(one, other) for one, other in zip(ours, theirs, strict=True))


NOT_LOADED = "hidden (64×32 instead of 64×16), head (32×10 instead of 16×10)"


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_what_fits_by_name_and_shape_is_loaded(source, suffix, tmp_path):
    from tui_cnn.worker.transfer import write_fitting

    loaded = write_fitting(network(), source.with_suffix(suffix), "m", tmp_path / "start.keras")
    assert loaded.layers == ("stem", "norm")
    assert loaded.others == (NotLoaded("hidden", "64×32 instead of 64×16"), NotLoaded("head", "32×10 instead of 16×10"))
    ours, theirs = named(tmp_path / "start.keras"), named(source)
    assert same(ours["stem"], theirs["stem"])
    assert same(ours["norm"], theirs["norm"])


def test_a_worker_loads_the_weights_and_without_any_there_is_no_run(source, tmp_path):
    run = make_with_weights(network(32), RECIPE, find_weights(str(source)))
    snapshot = Follower(run).poll()
    assert beginning(snapshot) == [f"weights of {source}: 4 of 4 layers"]
    other = Network("other", (28, 28, 1), (Flatten(), Dense(units=10, name="last")))
    with pytest.raises(RunError, match=r"no layer matches other by name and shape: last$"):
        make_with_weights(other, RECIPE, find_weights(str(source)))
    (tmp_path / "net.toml").write_text("")
    with pytest.raises(RunError, match=r"net\.toml: has no weights; they are in \.keras and \.h5 files"):
        make_with_weights(other, RECIPE, find_weights(str(tmp_path / "net.toml")))
    with pytest.raises(RunError, match=r"nothing\.keras: .*not found"):
        make_with_weights(other, RECIPE, find_weights("nothing.keras"))
    assert list_runs() == [run]


def test_frozen_layers_stay_as_loaded_and_the_file_is_needed_once(source, tmp_path, monkeypatch):
    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)
    copy = tmp_path / "copy.keras"
    copy.write_bytes(source.read_bytes())
    run = begin(network(frozen=True), RECIPE, copy)
    copy.unlink()
    assert beginning(Follower(run).poll()) == [f"weights of copy.keras: 2 of 4 layers; not loaded: {NOT_LOADED}"]
    assert train(run, StopAt(0)).stopped
    first = named(run.checkpoint_file)
    run.start_file.rename(tmp_path / "gone")
    assert train(run).finished
    last, theirs = named(run.checkpoint_file), named(source)
    assert same(first["norm"], theirs["norm"])
    assert same(last["stem"], theirs["stem"])
    assert not same(last["norm"], theirs["norm"])


FINE = msgspec.structs.replace(RECIPE, head_epochs=1, epochs=2, schedule="cosine", rate_after_head=0.5)


@pytest.fixture(scope="module")
def tuned(source, tmp_path_factory):
    """A run of both phases, with the weights after each step kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(tmp_path_factory.mktemp("home")))
        run = begin(network(), FINE, source)
        train(run)
    return run


def test_both_phases_are_those_of_keras(keras, tuned, source):
    """By hand: a new optimizer for each phase, and a frozen BatchNormalization that computes with what it has."""
    from tui_cnn.worker.build import make_model

    data = load()
    model, theirs = make_model(network(), FINE), named(source)
    for name in ("stem", "norm"):
        model.get_layer(name).set_weights(theirs[name])
    chosen, _validation = data.split(FINE.validation, FINE.split_seed, FINE.limit)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for epoch in (1, 2):
        for name in ("stem", "norm"):
            model.get_layer(name).trainable = epoch == 2
        model.compile(keras.optimizers.Adam(), loss, auto_scale_loss=False)
        order = np.random.default_rng([FINE.seed, epoch]).permutation(chosen)
        for step in range(5):
            model.optimizer.learning_rate = rate_at(FINE, (epoch - 1) * 5 + step, 5)
            batch = order[step * 40 : (step + 1) * 40]
            model.train_on_batch(data.train_images[batch] / np.float32(255), data.train_labels[batch])
        if epoch == 1:
            assert same(model.get_layer("norm").get_weights(), theirs["norm"])
    for ours, others in zip(weights(tuned.checkpoint_file), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, others, rtol=1e-3, atol=1e-5)


def test_it_ends_the_same_wherever_it_is_interrupted(tuned, source, monkeypatch):
    monkeypatch.setattr("tui_cnn.worker.execution._CALL_SECONDS", 0)
    run = begin(network(), FINE, source)
    for number in (2, 4, 1, 0, 3):  # in the first phase, while it validates, at its end, in the second
        assert train(run, StopAt(number)).stopped
    train(run)
    assert same(weights(run.checkpoint_file), weights(tuned.checkpoint_file))


def test_without_loaded_weights_the_last_layer_is_the_head():
    recipe = msgspec.structs.replace(FINE, epochs=1)
    run, fresh = make_run(network(), recipe), make_run(network(), msgspec.structs.replace(recipe, epochs=2))
    train(fresh, StopAt(0))
    train(run)
    before, after = named(fresh.checkpoint_file), named(run.checkpoint_file)
    assert [name for name in before if not same(before[name], after[name])] == ["head"]


def test_the_rate_is_lower_after_the_head():
    recipe = RECIPES["fine-tune"]
    assert recipe.head_epochs == 2
    assert [rate_at(recipe, step, 10) for step in range(20)] == [0.001] * 20
    later = Recipe(epochs=4, schedule="cosine", learning_rate=0.001 * 0.1)
    assert [rate_at(recipe, 20 + step, 10) for step in range(40)] == [rate_at(later, step, 10) for step in range(40)]
