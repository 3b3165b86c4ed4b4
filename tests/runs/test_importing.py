"""A model's file as a run: the same answers, nothing trained, nothing left behind where it cannot be done."""

import pytest

from tests.worker_here import export_here
from tui_cnn.data.files import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import list_runs
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.importing import import_model, scale_is_known
from tui_cnn.runs.launch import resume
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import outcome

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
]


@pytest.fixture
def written_here(monkeypatch, keras):
    """This process writes the weights, not one of its own."""
    export_here(monkeypatch)


def saved(keras, path, *layers, shape=(28, 28, 1)):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input(shape), *layers])
    model.save(path)
    return model


def classifier(keras):
    return keras.layers.Conv2D(2, 3, name="conv"), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")


@pytest.mark.usefixtures("written_here")
@pytest.mark.parametrize("scale", ["0..1", "-1..1", "none"])
def test_an_imported_model_answers_as_keras_does(keras, tmp_path, scale):
    import numpy as np

    from tui_cnn.data.dataset import load_test
    from tui_cnn.runs.inspection.requests import Predict, Source
    from tui_cnn.worker.inspection.answers import Answers

    file = tmp_path / "model.h5"
    model = saved(keras, file, *classifier(keras))
    run = import_model(file, Recipe(scale=scale))
    answers = Answers()
    job = answers.begin(Predict(source=Source(str(run.path)), images=(0, 5)))
    while True:
        try:
            next(job)
        except StopIteration as end:
            found = end.value.probabilities.numpy()
            break
    images = load_test(None).images[[0, 5]].astype("float32")
    given = {"0..1": images / 255, "-1..1": images / 127.5 - 1, "none": images}[scale]
    np.testing.assert_allclose(found, np.asarray(model(given)), rtol=1e-4, atol=1e-6)


def test_what_is_said_of_it(keras, tmp_path):
    file = tmp_path / "model.keras"
    saved(keras, file, *classifier(keras))
    run = import_model(file, Recipe())
    snapshot = Follower(run).poll()
    assert snapshot.state == "imported"
    assert outcome(run, snapshot).sentence == f"Imported from {file}."
    with pytest.raises(RunError, match="was imported and has no training to resume"):
        resume(run)


def test_the_scale_is_known_where_the_model_scales(keras, tmp_path):
    file = tmp_path / "model.keras"
    saved(keras, file, keras.layers.Rescaling(1 / 255), *classifier(keras))
    assert scale_is_known(file)
    saved(keras, file, *classifier(keras))
    assert not scale_is_known(file)


def test_what_cannot_be_imported_leaves_no_run(keras, tmp_path):
    two = keras.Input((4,), name="a"), keras.Input((5,), name="b")
    both = keras.layers.Dense(10)(keras.layers.Concatenate()(two))
    keras.Model(two, both).save(tmp_path / "two.keras")
    with pytest.raises(DataError, match="the network input is 4 numbers, but the images are 28×28"):
        import_model(tmp_path / "two.keras", Recipe())
    saved(keras, tmp_path / "small.keras", keras.layers.Flatten(), keras.layers.Dense(10), shape=(8, 8, 2))
    with pytest.raises(DataError, match="the network input is 8×8×2"):
        import_model(tmp_path / "small.keras", Recipe())
    (tmp_path / "torn.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 90)
    with pytest.raises(FormatError):
        import_model(tmp_path / "torn.h5", Recipe())
    assert list_runs() == []


ENDINGS = {
    "a row": "f = Flatten(p)\nd = Gemm<transB=1>(f, k)\ny = Softmax<axis=1>(d)",
    "a map of one pixel": "q = Conv(p, k)\ny = Softmax<axis=1>(q)",
    "a map of one pixel without softmax": "q = Conv(p, k)\ns = Relu(q)\ny = GlobalAveragePool(s)",
}


@pytest.mark.usefixtures("written_here")
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_onnx_model_answers_as_onnxruntime_does(keras, tmp_path, ending):
    import numpy as np

    from tests.formats.onnx_models import evaluated, model
    from tui_cnn.data.dataset import load_test
    from tui_cnn.runs.inspection.requests import Predict, Source
    from tui_cnn.worker.inspection.answers import Answers

    random = np.random.default_rng(0)
    last = (10, 4 * 13 * 13) if ending == "a row" else (10, 4, 13, 13)
    kernel, weights = (random.normal(0, 0.1, shape).astype("float32") for shape in ((4, 1, 3, 3), last))
    built = model(
        f"c = Conv(x, w)\nr = Relu(c)\np = MaxPool<kernel_shape=[2,2],strides=[2,2]>(r)\n{ENDINGS[ending]}",
        (1, 1, 28, 28), w=kernel, k=weights,
    )  # fmt: skip
    file = tmp_path / "model.onnx"
    file.write_bytes(built.SerializeToString())
    assert not scale_is_known(file)
    run = import_model(file, Recipe(scale="-1..1"))
    image = load_test(None).images[7].astype("float32") / 127.5 - 1
    (expected,) = evaluated(built, x=image.reshape(1, 1, 28, 28))
    expected = expected.reshape(1, 10)
    if "without softmax" in ending:  # its output are the scores
        expected = np.exp(expected - expected.max()) / np.exp(expected - expected.max()).sum()
    for source in (Source(str(run.path)), Source(str(file), scale="-1..1")):
        job = Answers().begin(Predict(source=source, images=(7,)))
        while True:
            try:
                next(job)
            except StopIteration as end:
                found = end.value.probabilities.numpy()
                break
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
