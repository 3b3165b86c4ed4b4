"""Runs whose data set is gone: they predict and explain a person's own images as before."""

import shutil

import numpy as np
import pytest

from tests.data.image_sets import colours, save
from tui_cnn.core.layers import Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load_test
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import pack
from tui_cnn.runs.inspection.requests import Activate, Evaluate, Open, Predict, Range, Source
from tui_cnn.runs.inspection.test_images import load_test_of
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower

pytestmark = [
    pytest.mark.usefixtures("keras"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run on grey images, light on black, smaller than the network's input, and where they are."""
    from tui_cnn.worker import running

    directory = tmp_path_factory.mktemp("gone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(directory / "home"))
        for number in range(12):
            image = np.zeros((8, 8, 1), np.uint8)
            image[2:6, 2 + number % 2 : 5] = 200
            save(image, directory / "set" / ("crane", "shoe")[number % 2] / f"{number}.png")
        network = Network("n", (12, 10, 1), (Flatten(), Dense(units=2, activation="softmax")))
        run = make_run(network, Recipe(epochs=1, scale="standardize", data=str(directory / "set")))
        assert running.train(run) == 0, run.events_file.read_text()
        assert Follower(run).poll().state == "finished"
        yield run, directory / "set"


def answered(run, shape):
    """What a new inspector says of an image of that shape."""
    from tests.worker.inspection.conftest import Asking

    ask, source = Asking(), Source(str(run.path))
    own = pack(colours(1, *shape[:2])[0][..., :1])
    opened = ask(Open(source=source))
    return ask, source, opened, ask(Predict(source=source, images=own)).probabilities.numpy()


def test_own_images_are_predicted_as_before(trained):
    run, data = trained
    *_asking, before, predicted = answered(run, (8, 8))
    shutil.move(data, data.with_name("moved"))
    try:
        ask, source, after, again = answered(run, (8, 8))
        assert after == before
        assert after.class_names == ("crane", "shoe")
        assert after.own_shape == (8, 8, 1)
        assert after.light_on_black
        assert (again == predicted).all()
        line = f"{data}: directory not found; check the path"
        for request in (
            Predict(source=source, images=(0,)),
            Activate(source=source, image=0),
            Evaluate(source=source),
            Range(source=source, sample=1),
        ):
            with pytest.raises(RunError) as refused:
                ask(request)
            assert str(refused.value) == line
        test = load_test_of(run)
        assert (test.missing, len(test.images), test.class_names) == (line, 0, ("crane", "shoe"))
    finally:
        shutil.move(data.with_name("moved"), data)
    assert not load_test_of(run).missing


def test_a_run_of_an_earlier_version(trained):
    """It has not kept what its images were like: a person's own image takes the whole input."""
    run, data = trained
    kept = run.images_file.read_bytes()
    run.images_file.unlink()
    shutil.move(data, data.with_name("moved"))
    try:
        _ask, _source, opened, predicted = answered(run, (12, 10))
        assert opened.own_shape == (12, 10, 1)
        assert predicted.sum() == pytest.approx(1)
    finally:
        shutil.move(data.with_name("moved"), data)
        run.images_file.write_bytes(kept)


def test_what_is_there_is_read(trained):
    run, data = trained
    assert (load_test_of(run).images == load_test(data, (12, 10, 1)).images).all()
