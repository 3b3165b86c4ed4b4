"""What cannot be trained is refused before anything is made."""

import msgspec
import numpy as np
import pytest

from tests.data.idx_bytes import write_set
from tests.data.image_sets import colours, save
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten, Opaque
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load, summarize
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.runs.directory import list_runs
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.launch import pause, resume, start, stop, unpause
from tui_cnn.runs.preflight import check, training_warnings
from tui_cnn.runs.recipe import Recipe

from . import event_lines


def network(*layers, shape=(28, 28, 1)):
    return Network("net", shape, layers)


@pytest.mark.parametrize("name", [name for name in preset_names() if analyze(preset(name)).output_shape == (10,)])
def test_presets_can_be_trained(name):
    check(preset(name), Recipe())


def test_an_opaque_layer_cannot_be_trained():
    opaque = Opaque(kind="Lambda", config="{}", stated_shape=(28, 28, 1))
    with pytest.raises(RunError, match="Lambda"):
        check(network(opaque, Flatten(), Dense(units=10)), Recipe())


REFUSED = {
    "12 units": (
        network(Flatten(), Dense(units=12)),
        Recipe(),
        "net ends in 12 units, but Fashion-MNIST has 10 classes: set the last Dense to units = 10",
    ),
    "an image": (
        network(Conv2D(filters=10, kernel_size=(3, 3))),
        Recipe(),
        "net ends in 26×26×10, but Fashion-MNIST has 10 classes and needs one number for each",
    ),
    "no layers": (network(), Recipe(), "the network has no layers"),
    "an impossible layer": (network(Flatten(), Conv2D(filters=1, kernel_size=(3, 3))), Recipe(), "Conv2D"),
    "an input of two channels": (
        network(Flatten(), Dense(units=10), shape=(28, 28, 2)),
        Recipe(),
        "the network input is 28×28×2, but the images are 28×28",
    ),
    "a scale for colour": (
        network(Flatten(), Dense(units=10)),
        Recipe(scale="imagenet"),
        "scale = imagenet is for 3 channels, but the input of net is 28×28×1: choose another scale",
    ),
    "no such data": (network(Flatten(), Dense(units=10)), Recipe(data="/nowhere"), "/nowhere: directory not found"),
    "no epochs": (network(Flatten(), Dense(units=10)), Recipe(epochs=0), "recipe: epochs must be"),
}


@pytest.mark.parametrize(("network", "recipe", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_trained_is_refused_in_one_line(network, recipe, said):
    with pytest.raises(RunError) as caught:
        start(network, recipe)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list_runs() == []


def test_a_relative_data_directory_becomes_absolute(tmp_path, monkeypatch):
    (tmp_path / "digits").mkdir()
    write_set(tmp_path / "digits", train=(0, 1), test=(1,))
    monkeypatch.chdir(tmp_path)
    checked = check(network(Flatten(), Dense(units=2), shape=(3, 3)), Recipe(data="digits"))
    assert checked.recipe.data == str(tmp_path / "digits")


def test_classes_are_those_of_the_data(tmp_path):
    write_set(tmp_path, train=(1, 26), test=(2,))
    letters = network(Flatten(), Dense(units=26), Activation(activation="softmax"), shape=(3, 3))
    check(letters, Recipe(data=str(tmp_path)))
    with pytest.raises(RunError, match=f"ends in 10 units, but {tmp_path.name} has 26 classes"):
        check(network(Flatten(), Dense(units=10), shape=(3, 3)), Recipe(data=str(tmp_path)))


@pytest.mark.parametrize("command", [pause, unpause, stop])
def test_a_run_without_a_worker_cannot_be_steered(run, command):
    with pytest.raises(RunError, match=f"{run.id} is not training"):
        command(run)
    assert not run.desired_file.exists()


def test_a_finished_run_cannot_be_resumed(run):
    event_lines.write(run, event_lines.started(), event_lines.finished())
    with pytest.raises(RunError, match="is finished"):
        resume(run)


def test_a_worker_that_dies_at_once_says_why(run, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(RunError, match=r"the worker could not start: exit 1 \(see .*worker\.log\)"):
        resume(run)
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(RunError, match="the worker could not start: /nowhere/python: No such file"):
        resume(run)


def test_recipe_is_checked_like_a_file():
    with pytest.raises(RunError, match="optimizer cannot be"):
        check(preset("fashion-dnn"), msgspec.structs.replace(Recipe(), optimizer="adma"))


def test_averages_that_cannot_follow_are_told():
    """0.99 to the power of 270 is 0.066, to that of 300 it is 0.049."""
    network = msgspec.structs.replace(preset("fashion-dnn"), layers=(Flatten(), BatchNormalization(), Dense(units=10)))
    (note,) = training_warnings(network, Recipe(epochs=1, limit=9600))
    assert "momentum = 0.99" in note
    assert "270 steps" in note
    assert training_warnings(network, Recipe(epochs=1, limit=9600, validation=0.0)) == []
    assert training_warnings(preset("fashion-cnn"), Recipe(epochs=1, limit=100)) == []


def test_classes_that_no_training_image_has_are_told(tmp_path):
    write_set(tmp_path, train=(0, 2, 0, 2), test=(0, 1, 4))
    recipe = Recipe(data=str(tmp_path), validation=0.0)
    (note,) = training_warnings(network(Flatten(), Dense(units=5), shape=(3, 3)), recipe)
    assert note == "classes without training images, which cannot be learned: 1, 3, 4; raise limit or add images"


@pytest.fixture
def mixed(tmp_path):
    """Images of two classes and of different sizes: grey ones, and at the end one in colour."""
    for number in range(8):
        image = colours(1, 20 + number, 24)[0]
        save(image if number == 7 else image[..., :1], tmp_path / "mixed" / "ab"[number // 4] / f"{number}.png")
    return tmp_path / "mixed"


def test_colour_that_is_lost_is_remarked_on(mixed):
    grey, colour = (network(Flatten(), Dense(units=2), shape=(16, 16, channels)) for channels in (1, 3))
    expected = "the input is 16×16×1, so images in colour are trained on in grey; fix: set the input to 16×16×3 [input]"
    recipe = Recipe(data=str(mixed), validation=0.0)
    assert training_warnings(grey, recipe) == [expected]
    assert training_warnings(colour, recipe) == []
    load(mixed, (16, 16, 1))  # decoded: now each image is known
    assert summarize(mixed).in_colour
    assert training_warnings(grey, recipe) == [expected]
    (mixed / "b" / "7.png").unlink()
    assert training_warnings(grey, recipe) == []


def test_classes_are_looked_for_in_the_images_that_are_trained_on(tmp_path):
    """Those in a folder for validation are not; and runs of earlier versions chose theirs by the training seed."""
    for part, label, count in (("train", "a", 6), ("train", "b", 6), ("val", "c", 3), ("test", "a", 1)):
        for number in range(count):
            save(colours(1)[0], tmp_path / "parts" / part / label / f"{number}.png")
    tiny = network(Flatten(), Dense(units=3), shape=(4, 5, 3))
    missing = "classes without training images, which cannot be learned: {}; raise limit or add images"
    recipe = Recipe(data=str(tmp_path / "parts"), validation=0.9)
    assert training_warnings(tiny, recipe) == [missing.format("c")]
    by_seed = msgspec.structs.replace(recipe, split_seed=None, limit=2)
    found = {seed: training_warnings(tiny, msgspec.structs.replace(by_seed, seed=seed)) for seed in range(8)}
    for seed, notes in found.items():
        left = set(np.random.default_rng(seed).permutation(12)[:2] // 6)
        absent = [name for number, name in enumerate("ab") if number not in left]
        assert notes == [missing.format(", ".join([*absent, "c"]))]
    assert len({tuple(notes) for notes in found.values()}) > 1


def test_patience_without_validation_images_is_refused(tmp_path):
    dense = network(Flatten(), Dense(units=10))
    with pytest.raises(RunError, match=r"patience = 2 needs validation images, and validation = 0 holds out none: set"):
        check(dense, Recipe(validation=0.0, patience=2))
    with pytest.raises(RunError, match=r"validation = 0\.1 holds out none"):
        check(dense, Recipe(limit=4, patience=2))
    check(dense, Recipe(patience=2))


def test_an_average_over_more_steps_than_there_are_is_remarked_on():
    """After 40 steps, 0.99^40 = 67 % of the average is what the first step came to; 0.891^40 is 1 %."""
    plain = network(Flatten(), Dense(units=10))
    recipe = Recipe(epochs=4, limit=100, batch_size=10, validation=0.0, ema=0.99)
    (note,) = training_warnings(plain, recipe)
    assert note.startswith("ema = 0.99 is high for 40 steps: 67% of the average")
    assert note.endswith("set ema to 0.891 or less")
    assert not training_warnings(plain, msgspec.structs.replace(recipe, ema=0.891))
    assert not training_warnings(plain, msgspec.structs.replace(recipe, ema=0.0))


def test_data_without_images_to_test_on_cannot_be_trained_on(tmp_path):
    for label in "abc":
        save(colours(1)[0], tmp_path / label / "1.png")
    small = network(Flatten(), Dense(units=3), shape=(4, 5, 3))
    with pytest.raises(RunError, match="no images to test on, and too few to hold some out"):
        check(small, Recipe(data=str(tmp_path)))
    for number, image in enumerate(colours(3)):
        save(image, tmp_path / "a" / f"{number}.png")
    check(small, Recipe(data=str(tmp_path)))
