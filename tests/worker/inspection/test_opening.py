"""Files that are missing, of another network, damaged, or made to do harm; and runs that are still trained."""

import json
import shutil
import zipfile

import h5py
import numpy as np
import pytest

from tui_cnn.core.layers import Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import RunDirectory, kept_checkpoints, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.requests import Activate, Evaluate, Kernels, Open, Predict, Source, stamp
from tui_cnn.runs.recipe import Recipe

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

NETWORK = Network("mine", (28, 28, 1), (Flatten(), Dense(units=10, activation="softmax", name="out")))


def problem(ask, path, which="best"):
    with pytest.raises((RunError, FormatError)) as refused:
        ask(Open(source=Source(str(path), which)))
    line = str(refused.value)
    assert len(line.splitlines()) == 1
    return line


def rewritten(path, change):
    """Pass each member of an archive through `change(name, data)`."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            if (changed := change(name, data)) is not None:
                archive.writestr(name, changed)


def edit_weights(path, edit, tmp_path):
    """Let `edit` change the HDF5 file in an archive."""

    def change(name, data):
        if name != "model.weights.h5":
            return data
        inner = tmp_path / "inner.h5"
        inner.write_bytes(data)
        with h5py.File(inner, "a") as file:
            edit(file)
        return inner.read_bytes()

    rewritten(path, change)


def test_what_is_not_there(ask, tmp_path):
    run = make_run(NETWORK, Recipe())
    assert problem(ask, run.path) == f"{run.id} has no weights yet; wait until its first epoch ends"
    assert problem(ask, run.path, "last") == f"{run.id} has no checkpoint yet; wait a moment, or resume it"
    assert problem(ask, run.path, 7) == f"{run.id} has no weights of 7; available: none"
    assert problem(ask, tmp_path / "a.keras") == f"{tmp_path}/a.keras: file not found; check the path"
    assert "file not found" in problem(ask, tmp_path / "nowhere")
    assert stamp(Source(str(run.path))) is stamp(Source(str(run.path), 7)) is None


def test_a_network_that_cannot_be_looked_into(ask):
    run = make_run(NETWORK, Recipe())
    run.network_file.write_text("name = 'x'\ninput_shape = [28")
    assert "network.toml" in problem(ask, run.path)


@pytest.mark.parametrize("cut", ["noise", "half", "no weights", "torn weights", "empty"])
def test_damaged(ask, untrained, cut):
    run, _model = untrained(NETWORK)
    path, whole = run.best_file, run.best_file.read_bytes()
    match cut:
        case "noise":
            path.write_bytes(b"this is no checkpoint")
        case "half":
            path.write_bytes(whole[: len(whole) // 2])
        case "no weights":
            rewritten(path, lambda name, data: None if name == "model.weights.h5" else data)
        case "torn weights":
            rewritten(path, lambda name, data: data[:3000] if name == "model.weights.h5" else data)
        case "empty":
            path.write_bytes(b"")
    line = problem(ask, run.path)
    assert line.startswith(f"{path}: ")
    if cut == "no weights":
        assert line == f"{path}: has no model.weights.h5, so it is not a Keras 3 model"
    else:
        assert line.startswith(f"{path}: its weights cannot be read: ")
    path.write_bytes(whole)
    assert ask(Open(source=Source(str(run.path)))).class_names[0] == "T-shirt/top"  # and the inspector goes on


def test_weights_of_another_network(ask, untrained):
    run, _model = untrained(NETWORK)
    others = [
        Network("mine", (28, 28, 1), (Flatten(), Dense(units=10, activation="softmax", name="other"))),
        Network("mine", (28, 28, 1), (Conv2D(filters=1, kernel_size=(3, 3)), Flatten(), Dense(units=10))),
    ]
    for other in others:
        shutil.copy(untrained(other)[0].best_file, run.best_file)
        expected = "has the weights of another network: its layer “out” is missing or in another place"
        assert problem(ask, run.path) == f"{run.best_file}: {expected}"
    larger = Network("mine", (14, 28, 1), (Flatten(), Dense(units=10, activation="softmax", name="out")))
    shutil.copy(untrained(larger)[0].best_file, run.best_file)
    assert problem(ask, run.path).startswith(f"{run.best_file}: its weights cannot be read: ")


def test_nothing_in_a_file_is_run(ask, keras, tmp_path):
    """A Lambda holds bytecode. That the file is dangerous is seen first: Keras runs it, once it is told to trust it."""
    victim, path = tmp_path / "victim", tmp_path / "a.keras"
    layers = keras.layers
    harm = layers.Lambda(eval(f"lambda x: (__import__('pathlib').Path({str(victim)!r}).touch(), x)[1]"))
    out = layers.Dense(10, activation="softmax", name="out")
    keras.Sequential([keras.Input((28, 28, 1)), harm, layers.Flatten(name="flatten"), out]).save(path)
    keras.saving.load_model(path, safe_mode=False)
    assert victim.exists()
    victim.unlink()

    assert "Lambda is opaque" in problem(ask, path)  # a file alone has a layer that we do not know
    run = make_run(NETWORK, Recipe())
    shutil.copy(path, run.best_file)
    source = Source(str(run.path))
    opened = ask(Open(source=source))  # a run's network is known: only the weights of the file are read
    assert [info.name for info in opened.layers] == ["flatten", "out"]
    ask(Activate(source=source, image=0))
    assert not victim.exists()


def test_a_class_named_in_a_file_is_not_looked_for(ask, untrained, tmp_path):
    run, _model = untrained(NETWORK)

    def change(name, data):
        if name != "config.json":
            return data
        config = json.loads(data)
        config["config"]["layers"][1] |= {"module": "tests.trained", "class_name": "train", "registered_name": None}
        return json.dumps(config)

    path = tmp_path / "a.keras"
    shutil.copy(run.best_file, path)
    rewritten(path, change)
    assert "train is opaque" in problem(ask, path)


def test_links_out_of_a_file_are_not_followed(ask, untrained, tmp_path):
    run, model = untrained(NETWORK)
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = np.full((784, 10), 7.0, np.float32)

    def link_array(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = h5py.ExternalLink(str(secret), "/kernel")

    def link_group(file):
        del file["layers"]
        file["layers"] = h5py.ExternalLink(str(secret), "/")

    def soft(file):
        file.move("layers/dense", "elsewhere")
        file["layers/dense"] = h5py.SoftLink("/elsewhere")

    for edit in (link_array, link_group, soft):
        model.save(run.best_file)
        edit_weights(run.best_file, edit, tmp_path)
        assert problem(ask, run.path).startswith(f"{run.best_file}: ")


def test_a_models_file_of_someone_else(ask, keras, tmp_path):
    """It has been made without us, with names and blocks of its own."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(3, 3, activation="relu", name="edges"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(4, activation="softmax", name="kinds"),
        ]
    )
    model.compile("sgd", "mse")
    path = tmp_path / "Theirs.KERAS"
    model.save(tmp_path / "theirs.keras")
    (tmp_path / "theirs.keras").rename(path.with_suffix(".keras"))
    source = Source(str(path.with_suffix(".keras")))
    opened = ask(Open(source=source))
    assert [info.name for info in opened.layers][::2] == ["edges", "kinds"]
    assert opened.class_names == ("0", "1", "2", "3")  # it was not made for these classes
    found = ask(Predict(source=source, images=tuple(range(20)))).probabilities.numpy()
    from tui_cnn.data.dataset import load_test

    images = load_test().images[:20].astype("float32") / 255
    assert found == pytest.approx(model(images).numpy(), rel=1e-5)


def test_a_run_that_is_trained_is_followed(ask, untrained):
    run, model = untrained(NETWORK)
    source = Source(str(run.path))
    first = ask(Open(source=source))
    assert first.stamp == stamp(source)
    assert ask(Open(source=source)) == first
    model.set_weights([weight + 1 for weight in model.get_weights()])
    model.save(run.best_file)
    assert stamp(source) > first.stamp
    assert ask(Kernels(source=source)).stamp == first.stamp
    second = ask(Open(source=source))
    assert second.stamp == stamp(source)
    (layer,) = ask(Kernels(source=source)).layers
    assert (layer.weights["kernel"].numpy() == model.get_weights()[0]).all()
    run.best_file.write_bytes(b"torn")
    assert "cannot be read" in problem(ask, run.path)


def test_several_sources_do_not_mix(ask, untrained):
    """Two runs of one network, and the checkpoints that one keeps, go through one compiled model."""
    one, first = untrained(NETWORK, seed=1)
    two, second = untrained(NETWORK, seed=2)
    (one.path / "kept").mkdir()
    for step in (0, 12):
        first.set_weights([np.full_like(weight, step / 100) for weight in first.get_weights()])
        first.save(one.path / "kept" / f"step-{step:09d}.keras")
    assert list(kept_checkpoints(one)) == [0, 12]
    sources = [Source(str(one.path), 12), Source(str(two.path)), Source(str(one.path), 0), Source(str(one.path))]
    biases = []
    for _again in range(2):
        for source in sources:
            (layer,) = ask(Kernels(source=source)).layers
            biases.append(layer.weights["bias"].numpy())
            ask(Activate(source=source, image=0))
    assert (biases[0] == np.float32(0.12)).all()
    assert (biases[1] == second.get_weights()[1]).all()
    assert (biases[2] == 0).all()
    assert all((again == before).all() for again, before in zip(biases[4:], biases[:4], strict=True))
    assert problem(ask, one.path, 5) == f"{one.id} has no weights of 5; available: 0, 12"


def test_long_answers_take_turns_on_one_model(ask, untrained):
    sources = [Source(str(untrained(NETWORK, seed)[0].path)) for seed in (3, 4)]
    alone = [ask(Evaluate(source=source)).probabilities for source in sources]
    from tui_cnn.worker.inspection.answers import Answers

    answers, ends = Answers(), {}
    jobs = {source: answers.begin(Evaluate(source=source)) for source in sources}
    while jobs:
        for source, job in list(jobs.items()):
            try:
                next(job)
            except StopIteration as end:
                ends[source] = end.value.probabilities
                del jobs[source]
    assert [ends[source] for source in sources] == alone


def test_nothing_is_written_into_a_run(ask, trained):
    def listing():
        return {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in trained.path.iterdir()}

    before = listing()
    mode = trained.path.stat().st_mode
    trained.path.chmod(0o555)
    try:
        source = Source(str(trained.path))
        ask.open(RunDirectory(trained.path))
        ask(Activate(source=source, image=0))
        ask(Evaluate(source=source))
    finally:
        trained.path.chmod(mode)
    assert listing() == before
