"""Models of Keras 1 and 2, against tf-keras, which is Keras 2 still, and against what is known of Keras 1."""

import json
import warnings

import pytest

from tests.formats import keras1
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import BatchNormalization, Branches, Conv2D, Dropout, GaussianNoise, LeakyReLU, Opaque, ReLU
from tui_cnn.core.network import walk
from tui_cnn.formats.keras.legacy import modern
from tui_cnn.formats.keras.reading import convert_model, read_keras
from tui_cnn.formats.keras.schema import loads_config


@pytest.fixture(scope="module")
def tf_keras():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tf_keras
    yield tf_keras
    tf_keras.backend.clear_session()


def read(config):
    return convert_model(loads_config(json.dumps(config), "m.json"), "m.json")


def unknown(network):
    return [layer.kind for _path, layer in walk(network.layers) if isinstance(layer, Opaque)]


def assert_same(model, network):
    """Compare with the counts of the model itself."""
    analysis = analyze(network)
    assert unknown(network) == []
    assert analysis.totals.params == model.count_params()
    assert analysis.totals.trainable == sum(weight.shape.num_elements() for weight in model.trainable_weights)
    assert analysis.output_shape == model.output_shape[1:]


class TestKeras2:
    """What tf-keras writes."""

    @pytest.mark.parametrize(
        "name",
        ["VGG16", "ResNet50V2", "DenseNet121", "MobileNetV3Small", "InceptionV3", "Xception", "EfficientNetB0"],
    )
    def test_applications(self, tf_keras, name):
        model = getattr(tf_keras.applications, name)(weights=None, input_shape=(128, 128, 3))
        network, _notes = convert_model(loads_config(model.to_json(), "m.json"), "m.json")
        assert_same(model, network)

    @pytest.mark.parametrize("name", ["m.h5", "m.hdf5", "m.keras", "m.json", "h5 by another name.keras", "nothing"])
    @pytest.mark.filterwarnings("ignore")
    def test_files(self, tf_keras, tmp_path, name):
        """Whatever the file is called."""
        layers = tf_keras.layers
        image = tf_keras.Input((12, 12, 3))
        x = layers.Conv2D(4, 3, padding="same", kernel_regularizer="l2", name="first")(image)
        x = layers.Concatenate()([layers.BatchNormalization()(x), image])
        model = tf_keras.Model(image, layers.Dense(2, "softmax")(layers.GlobalAveragePooling2D()(x)))
        model.compile("adam", "mse")
        kind = "m.h5" if name.startswith(("h5", "no")) else name
        if kind == "m.json":
            (tmp_path / kind).write_text(model.to_json())
        else:
            model.save(tmp_path / kind)
        network, notes = read_keras((tmp_path / kind).rename(tmp_path / name))
        assert_same(model, network)
        assert notes == ()
        assert network.layers[0].branches[0][0].kernel_regularizer == "l2(0.01)"

    def test_a_model_within(self, tf_keras):
        """TensorFlow counts its nodes from 1."""
        layers = tf_keras.layers
        inner = tf_keras.Sequential([layers.Conv2D(4, 3, padding="same"), layers.ReLU(0.5)], name="inner")
        image = tf_keras.Input((8, 8, 3))
        x = inner(image)
        model = tf_keras.Model(image, layers.Add(name="sum")([x, layers.LeakyReLU(0.25)(x)]))
        network, _notes = read(json.loads(model.to_json()))
        assert_same(model, network)
        assert [layer.negative_slope for _path, layer in walk(network.layers) if isinstance(layer, LeakyReLU)] == [0.25]

    def test_a_sequential_model_that_was_not_given_an_input_layer(self, tf_keras):
        layers = tf_keras.layers
        model = tf_keras.Sequential([layers.Conv2D(4, 3, input_shape=(9, 8, 3)), layers.Flatten(), layers.Dense(2)])
        config = json.loads(model.to_json())
        assert_same(model, read(config)[0])
        first, *others = config["config"]["layers"]
        assert first["class_name"] == "InputLayer"
        config["config"]["layers"] = others  # as it was before TensorFlow 2.2
        assert_same(model, read(config)[0])

    @pytest.mark.parametrize(
        "function",
        [
            lambda tf, x: x * 2.0 + 1.0,
            lambda tf, x: 1.0 - x / 4.0,
            lambda tf, x: tf.nn.relu(x) + x,
            lambda tf, x: tf.nn.relu6(x) * tf.nn.sigmoid(x),
            lambda tf, x: tf.concat([x, tf.nn.tanh(x)], -1),
            lambda tf, x: tf.math.add_n([x, tf.nn.elu(x), tf.nn.silu(x)]),
            lambda tf, x: tf.reshape(x, [-1, 16, 12]),
            lambda tf, x: tf.identity(tf.cast(x, "float32")),
        ],
    )
    def test_functions_of_tensorflow(self, tf_keras, function):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import tensorflow
        image = tf_keras.Input((8, 8, 3))
        model = tf_keras.Model(image, function(tensorflow, image))
        assert_same(model, read(json.loads(model.to_json()))[0])

    def test_a_function_that_keras_3_does_not_have_is_unknown(self, tf_keras):
        image = tf_keras.Input((8, 8, 3))
        model = tf_keras.Model(image, tf_keras.layers.Conv2D(2, 3)(image)[:, 2:, 1:])
        assert unknown(read(json.loads(model.to_json()))[0]) == ["SlicingOpLambda"]

    def test_operations_of_tensorflow_2_0(self):
        """`x * 2` was a TensorFlowOpLayer, with the operation as its graph has it, and its constants beside."""
        operation = {"name": "mul", "op": "Mul", "input": ["input_1", "mul/y"], "attr": {"T": {"type": "DT_FLOAT"}}}
        layer = keras1.plain("TensorFlowOpLayer", "mul", node_def=operation, constants={"1": 2.0})
        (found,) = read(keras1.model([(layer, ["input_1"])], "mul")).network.layers
        assert (found.scale, found.offset) == (2.0, 0.0)

    def test_shapes_are_those_that_the_file_was_built_with(self, tf_keras):
        """What is unknown gives what the next layer was built for."""
        image = tf_keras.Input((8, 8, 3))
        x = tf_keras.layers.Conv2D(2, 3)(image)[:, 2:, 1:]
        model = tf_keras.Model(image, tf_keras.layers.Dense(3)(tf_keras.layers.Flatten()(x)))
        network = read(json.loads(model.to_json())).network
        assert network.layers[1].stated_shape == (4, 5, 2)
        assert analyze(network).output_shape == (3,)


class TestKeras1:
    """What Keras 1 wrote."""

    def test_vgg16(self):
        network, notes = read(keras1.vgg16())
        analysis = analyze(network)
        assert notes == ()
        assert (analysis.totals.params, analysis.output_shape) == (138_357_544, (1000,))
        assert unknown(network) == []

    @pytest.mark.parametrize(
        ("mode", "merge", "output"),
        [("sum", "add", 4), ("concat", "concatenate", 8), ("mul", "multiply", 4), ("max", "maximum", 4)],
    )
    def test_merges(self, mode, merge, output):
        settings = {"mode": mode, "mode_type": "raw", "concat_axis": -1, "dot_axes": -1, "arguments": {}}
        layers = [
            (keras1.convolution(4, name="a"), ["input_1"]),
            (keras1.convolution(4, 1, name="b"), ["a"]),
            (keras1.plain("Merge", "m", **settings), ["a", "b"]),
        ]
        network = read(keras1.model(layers, "m")).network
        assert [type(layer) for layer in network.layers] == [Conv2D, Branches]
        assert network.layers[1].merge == merge
        assert analyze(network).output_shape == (8, 8, output)

    def test_a_merge_by_a_function_is_unknown(self):
        merge = keras1.plain("Merge", "m", mode="<lambda>", mode_type="lambda")
        layers = [(keras1.convolution(3, name="a"), ["input_1"]), (merge, ["input_1", "a"])]
        assert "Merge" in str(read(keras1.model(layers, "m")).network.layers)

    def test_settings(self):
        penalty = {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.0005}
        first = keras1.convolution(6, 5, W_regularizer=penalty, init="he_normal", mode="valid", bias=False)
        first["config"] |= {"batch_input_shape": [None, 16, 12, 3], "subsample": [2, 2]}
        norm = {"epsilon": 1e-05, "mode": 0, "axis": -1, "momentum": 0.9, "gamma_regularizer": None}
        layers = [
            keras1.plain("ZeroPadding2D", "zeropadding2d_1", padding=[1, 2], dim_ordering="tf"),
            keras1.plain("BatchNormalization", "batchnormalization_1", beta_regularizer=None, **norm),
            keras1.plain("LeakyReLU", "leakyrelu_1", alpha=0.1),
            keras1.plain("GaussianNoise", "gaussiannoise_1", sigma=0.2),
            keras1.plain("SpatialDropout2D", "spatialdropout2d_1", p=0.3, dim_ordering="default"),
            keras1.plain("ThresholdedReLU", "thresholdedrelu_1", theta=0.5),
            {**keras1.convolution(5, atrous_rate=[2, 1]), "class_name": "AtrousConvolution2D"},
        ]
        network, notes = read(keras1.sequential(first, *layers))
        conv, padding, norm, leaky, noise, dropout, relu, atrous = network.layers
        assert notes == ()
        assert network.input_shape == (16, 12, 3)
        assert conv == Conv2D(
            filters=6,
            kernel_size=(5, 5),
            strides=(2, 2),
            use_bias=False,
            kernel_initializer="he_normal",
            kernel_regularizer="l2(0.0005)",
            activation="relu",
            name="convolution2d_6",
        )
        assert padding.padding == ((1, 1), (2, 2))
        assert (type(norm), norm.momentum, norm.epsilon) == (BatchNormalization, 0.9, 1e-05)
        assert (leaky.negative_slope, type(noise), noise.stddev) == (0.1, GaussianNoise, 0.2)
        assert (dropout.rate, type(relu), relu.threshold) == (0.3, ReLU, 0.5)
        assert (atrous.dilation_rate, atrous.padding) == ((2, 1), "same")
        assert analyze(network).output_shape == (8, 8, 5)

    def test_theano_order_is_what_it_is(self):
        config = modern(keras1.sequential(keras1.convolution(4, dim_ordering="th")))
        assert config["config"]["layers"][0]["config"]["data_format"] == "channels_first"

    def test_a_custom_layer_stays_unknown(self):
        first = keras1.convolution(4)
        first["config"]["batch_input_shape"] = [None, 8, 8, 3]
        network = read(keras1.sequential(first, keras1.plain("LRN2D", "lrn", alpha=0.1))).network
        assert unknown(network) == ["LRN2D"]

    def test_dropout(self):
        layers = [keras1.dense(3, batch_input_shape=[None, 5]), keras1.plain("Dropout", "dropout_1", p=0.25)]
        dense, dropout = read(keras1.sequential(*layers)).network.layers
        assert (dense.units, type(dropout), dropout.rate) == (3, Dropout, 0.25)


class TestRecurrent:
    """Settings whose meaning changed between versions, which only the translated text shows."""

    def test_a_gru_was_of_another_kind(self):
        layer = keras1.plain("GRU", "gru_1", output_dim=4, inner_activation="sigmoid", batch_input_shape=[None, 5, 3])
        _input, found = modern(keras1.sequential(layer))["config"]["layers"]
        assert found["config"] | {"name": ""} == {
            "name": "",
            "trainable": True,
            "units": 4,
            "recurrent_activation": "sigmoid",
            "reset_after": False,
        }

    def test_a_wrapper(self):
        inner = keras1.dense(4)
        layer = keras1.plain("TimeDistributed", "td", layer=inner, batch_input_shape=[None, 5, 3])
        _input, found = modern(keras1.sequential(layer))["config"]["layers"]
        assert found["config"]["layer"]["config"]["units"] == 4
        assert found["config"]["layer"]["module"] == "keras.layers"

    def test_an_embedding_keeps_its_words(self):
        layer = keras1.plain("Embedding", "e", input_dim=9, output_dim=4, input_length=5, init="uniform", dropout=0.0)
        (found,) = modern(keras1.sequential(layer))["config"]["layers"]
        assert found["config"] == {
            "name": "e",
            "trainable": True,
            "input_dim": 9,
            "output_dim": 4,
            "embeddings_initializer": "random_uniform",
        }


def test_a_model_of_keras_3_stays_as_it_is(keras):
    layers = keras.layers
    image = keras.Input((8, 8, 3))
    x = layers.Concatenate()([layers.Conv2D(4, 3, padding="same")(image), layers.ELU(0.5)(image)]) * 2.0
    model = keras.Model(image, layers.GRU(3)(layers.Reshape((-1, 7))(x)))
    config = json.loads(model.to_json())
    assert modern(config) == config


def test_tensorflow_js_wraps_it():
    config = keras1.vgg16()
    wrapped = {"format": "layers-model", "modelTopology": {"keras_version": "2.4.0", "model_config": config}}
    assert modern(wrapped) == modern(config)
