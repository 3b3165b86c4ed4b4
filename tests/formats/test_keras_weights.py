"""The weights that a file stores for each layer, against what Keras and tf-keras say of the layer."""

import json
import warnings
import zipfile

import h5py
import numpy as np
import pytest

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.weights import open_weights, stored_counts


def layers_within(model, address=()):
    """List all layers with their addresses, those of models within too."""
    for layer in model.layers:
        yield (*address, layer.name), layer
        if hasattr(layer, "layers"):
            yield from layers_within(layer, (*address, layer.name))


def assert_stored(model, path):
    """Compare every layer's tensors with its weights: the same arrays, in whatever order."""
    with open_weights(path) as weights:
        stored = {
            address: sorted((tensor.shape, weights.read(tensor).tobytes()) for tensor in tensors)
            for address, tensors in weights.layers.items()
        }
        shapes = {
            address: [(tensor.shape, weights.read(tensor).shape) for tensor in tensors]
            for address, tensors in weights.layers.items()
        }
    expected = {
        address: sorted((array.shape, array.tobytes()) for array in layer.get_weights())
        for address, layer in layers_within(model)
        if layer.get_weights()
    }
    assert stored == expected
    assert all(stated == read for pairs in shapes.values() for stated, read in pairs)


def nested(keras):
    """Build a model with many of a kind, models within, wrappers, and random states."""
    layers = keras.layers
    inner = keras.Sequential([layers.Conv2D(4, 3, padding="same"), layers.BatchNormalization()], name="inner")
    image = keras.Input((8, 8, 4))
    deep = keras.Model(image, layers.Add()([inner(image), layers.Conv2D(4, 1, name="b")(image)]), name="outer")
    x = image
    for number in range(12):
        x = layers.Conv2D(4, 1, name=f"a{11 - number}")(x)
    x = layers.Dropout(0.5)(deep(x))
    x = layers.Bidirectional(layers.LSTM(3, name="lstm"))(layers.Reshape((16, 16))(x))
    model = keras.Model(image, layers.Dense(2)(x))
    randomize(model)
    return model


def randomize(model):
    generator = np.random.default_rng(0)
    model.set_weights([generator.normal(size=array.shape).astype("float32") for array in model.get_weights()])


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
@pytest.mark.filterwarnings("ignore")
class TestAgainst:
    """Every layer of the model that was saved."""

    def test_keras_3(self, keras, tmp_path, name):
        model = nested(keras)
        model.compile("adam", "mse")
        model.save(tmp_path / name)
        assert_stored(model, tmp_path / name)

    def test_keras_2(self, tmp_path, name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import tf_keras
        model = nested(tf_keras)
        model.save(tmp_path / name)
        assert_stored(model, tmp_path / name)

    @pytest.mark.parametrize("network", ["MobileNetV2", "DenseNet121"])
    def test_applications(self, keras, tmp_path, name, network):
        model = getattr(keras.applications, network)(weights=None, input_shape=(32, 32, 3))
        model.save(tmp_path / name)
        counts = stored_counts(tmp_path / name)
        assert counts == {layer.name: layer.count_params() for layer in model.layers if layer.count_params()}


@pytest.mark.filterwarnings("ignore")
def test_an_archive_that_was_packed_again(keras, tmp_path):
    model = nested(keras)
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "packed.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    assert_stored(model, tmp_path / "packed.keras")


def by_class(path, groups, classes):
    """Write an archive whose weights lie in certain groups, each of one number: its place."""
    weights = path.with_suffix(".h5")
    with h5py.File(weights, "w") as file:
        for number, group in enumerate(groups):
            file[f"{group}/vars/0"] = np.full(number + 1, number, "float32")
    layers = [{"class_name": kind, "config": {"name": f"l{at}"}} for at, kind in enumerate(classes)]
    config = {"class_name": "Sequential", "config": {"layers": layers}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.write(weights, "model.weights.h5")
    return path


def test_how_keras_2_12_numbered(tmp_path):
    """There each layer with weights counts twice, and has its group under the first number."""
    groups = [f"_layer_checkpoint_dependencies/{name}" for name in ("conv2d", "conv2d_2", "dense", "conv2d_4")]
    path = by_class(tmp_path / "m.keras", groups, ["Conv2D", "Conv2D", "Dense", "Conv2D"])
    assert stored_counts(path) == {"l0": 1, "l1": 2, "l2": 3, "l3": 4}


def test_how_keras_3_0_wrote_on_windows(tmp_path):
    path = by_class(tmp_path / "m.keras", ["layers\\conv2d", "layers\\conv2d_1"], ["Conv2D", "Flatten", "Conv2D"])
    assert stored_counts(path) == {"l0": 1, "l2": 2}


def test_a_number_without_weights_is_left_out(tmp_path):
    path = by_class(tmp_path / "m.keras", ["layers/conv2d_1"], ["Conv2D", "Conv2D"])
    assert stored_counts(path) == {"l1": 1}


class TestNone:
    """Files without weights, and damaged ones."""

    def line(self, path):
        with pytest.raises(FormatError) as error:
            stored_counts(path)
        assert len(str(error.value).splitlines()) == 1
        return str(error.value)

    def test_text(self, tmp_path):
        (tmp_path / "m.json").write_text("{}")
        assert self.line(tmp_path / "m.json").endswith("m.json: has no weights; they are in .keras and .h5 files")

    def test_an_archive_without(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
            archive.writestr("config.json", "{}")
        assert self.line(tmp_path / "m.keras").endswith("m.keras: has no weights: no model.weights.h5 in it")

    def test_a_bomb(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("config.json", "{}")
            archive.writestr("model.weights.h5", b"\0" * 50_000_000)
        assert self.line(tmp_path / "m.keras").endswith("unpacks to more than 100 times its size")

    def test_garbage(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
            archive.writestr("config.json", "{}")
            archive.writestr("model.weights.h5", b"garbage")
        assert "m.keras/model.weights.h5: is not a valid HDF5 file: " in self.line(tmp_path / "m.keras")
