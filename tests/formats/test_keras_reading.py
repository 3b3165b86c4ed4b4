"""What becomes of each kind of thing in a Keras model: layers, settings, graphs, models within models."""

import json
from math import prod

import numpy as np
import pytest

from tests.core.profiler import profiled_flops_of_model
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    DepthMaxPooling2D,
    Dropout,
    Flatten,
    Input,
    LeakyReLU,
    MaxPooling2D,
    Normalization,
    Opaque,
    ReLU,
    Route,
    ScalarOperation,
    Shared,
    ZeroPadding2D,
)
from tui_cnn.core.network import names, walk
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.identifiers import regularizer_identifier
from tui_cnn.formats.keras.reading import convert_model
from tui_cnn.formats.keras.schema import loads_config
from tui_cnn.formats.keras.writing import dumps_keras
from tui_cnn.formats.models import find_network
from tui_cnn.formats.toml import dumps_network, loads_network

SHAPE = (8, 8, 4)


def read(model):
    return convert_model(loads_config(model.to_json(), "file.json"), "file.json")


def refusal(model):
    with pytest.raises(FormatError) as error:
        read(model)
    return str(error.value).removeprefix("file.json: ")


@pytest.fixture
def layers(keras):
    keras.backend.clear_session()
    return keras.layers


@pytest.fixture
def functional(keras):
    """Build a model of one input by a function."""

    def build(function, shape=SHAPE, name="m"):
        inputs = keras.Input(shape)
        return keras.Model(inputs, function(inputs), name=name)

    return build


def one(keras, layer, shape=SHAPE):
    """Read a model of one layer."""
    network, notes = read(keras.Sequential([keras.Input(shape), layer]))
    (found,) = network.layers
    return found, notes


def initializer(kind, **config):
    return {"kernel_initializer": {"module": "keras.initializers", "class_name": kind, "config": config}}


class TestLayers:
    """One layer and its settings."""

    def test_an_activation_that_is_a_layer(self, keras, layers):
        network, notes = read(
            keras.Sequential([keras.Input(SHAPE), layers.Conv2D(2, 3, activation=layers.LeakyReLU(0.1), name="conv")])
        )
        assert network.layers == (Conv2D(filters=2, kernel_size=(3, 3), name="conv"), LeakyReLU(negative_slope=0.1))
        assert notes == ()

    @pytest.mark.parametrize(
        ("setting", "note"),
        [
            ({"kernel_initializer": "he_normal"}, None),
            (initializer("TruncatedNormal", stddev=0.02), "kernel_initializer set to its default"),
            (initializer("Constant", value=1.0), "kernel_initializer set to its default"),
            ({"kernel_constraint": "max_norm"}, "kernel_constraint ignored"),
            ({"activity_regularizer": "l2"}, "activity_regularizer ignored"),
            ({"kernel_regularizer": "orthogonal_regularizer"}, "kernel_regularizer ignored"),
            ({"dtype": "mixed_float16"}, "computes in mixed_float16, but counted as float32"),
        ],
    )
    def test_what_only_steers_the_training_is_left_out_with_a_note(self, keras, layers, setting, note):
        layer = layers.Dense.from_config({"units": 3, "name": "out", **setting})
        found, notes = one(keras, layer)
        kept = {"kernel_initializer": "he_normal"} if note is None else {}
        assert found == Dense(units=3, name="out", **kept)
        assert notes == ((f"{note} (out)",) if note else ())

    def test_the_ways_of_batch_renormalization(self, keras, layers):
        setting = {"renorm": True, "renorm_clipping": {"rmax": 3.0}, "renorm_momentum": 0.9, "name": "n"}
        found, notes = one(keras, layers.BatchNormalization(**setting))
        assert found == BatchNormalization(name="n", renorm=True)
        assert set(notes) == {"renorm_clipping ignored (n)", "renorm_momentum ignored (n)"}

    @pytest.mark.parametrize(
        ("kind", "settings"),
        [
            ("Dense", {"units": 3, "activation": "glu"}),
            ("Dense", {"units": 3, "lora_rank": 2}),
            ("Conv2D", {"filters": 3, "kernel_size": 2_000, "padding": "same"}),
            ("Rescaling", {"scale": [1.0, -2.0, 3.0, 4.0]}),
        ],
    )
    def test_what_changes_the_numbers_is_opaque(self, keras, layers, kind, settings, functional):
        layer = getattr(layers, kind)(**settings)
        (found,) = read(functional(layer)).network.layers
        assert (type(found), found.kind) == (Opaque, kind)
        assert json.loads(found.config)["class_name"] in (kind, "Functional")

    def test_the_last_axis_by_any_number(self, keras, layers):
        assert one(keras, layers.BatchNormalization(axis=3, name="n"))[0] == BatchNormalization(name="n")
        assert one(keras, layers.BatchNormalization(axis=1, name="n"), (6,))[0] == BatchNormalization(name="n")
        assert one(keras, layers.LayerNormalization(axis=[3]))[0].epsilon == 0.001

    def test_a_factor_for_each_channel_is_a_normalization(self, keras, layers):
        """As in EfficientNet with the weights of ImageNet; the same numbers come out."""
        theirs = layers.Rescaling([0.5, 2.0, 3.0, 4.0], offset=[1.0, 0.0, -1.0, 0.5])
        ours, notes = one(keras, theirs)
        assert notes == ()
        assert type(ours) is Normalization
        image = np.random.default_rng(0).normal(size=(1, *SHAPE)).astype("float32")
        built = layers.Normalization(mean=ours.mean, variance=ours.variance)
        np.testing.assert_allclose(built(image), theirs(image), rtol=1e-5, atol=1e-5)

    @pytest.mark.parametrize(
        ("settings", "fields"),
        [
            ({}, {}),
            ({"axis": 3}, {}),
            ({"mean": 0.5, "variance": 2}, {"mean": (0.5,), "variance": (2,)}),
            ({"mean": [0, 1, 2, 3], "variance": [1] * 4}, {"mean": (0, 1, 2, 3), "variance": (1,) * 4}),
            ({"mean": [0.5], "variance": [2.0], "invert": True}, {"mean": (0.5,), "variance": (2,), "invert": True}),
        ],
    )
    def test_numbers_that_normalize(self, keras, layers, settings, fields):
        model = keras.Sequential([keras.Input(SHAPE), layers.Normalization(name="mine", **settings)])
        network, notes = read(model)
        assert (network.layers, notes) == ((Normalization(name="mine", **fields),), ())
        totals = analyze(network).totals
        assert (totals.non_trainable, totals.complete) == (model.count_params(), True)

    def test_strides_that_are_those_of_the_window_anyway(self, keras, layers):
        assert one(keras, layers.MaxPooling2D(2))[0] == MaxPooling2D()
        assert one(keras, layers.AveragePooling2D(3, strides=2))[0].strides == (2, 2)

    def test_quantized_weights(self, keras, layers):
        """There are other weights than those of the plain layer."""
        model = json.loads(keras.Sequential([keras.Input((4,)), layers.Dense(3)]).to_json())
        for policy in ("int8_from_float32", {"class_name": "QuantizedDTypePolicy", "config": {"name": "float32"}}):
            model["config"]["layers"][1]["config"]["dtype"] = policy
            (found,) = convert_model(loads_config(json.dumps(model), "m.json"), "m.json").network.layers
            assert (type(found), found.kind) == (Opaque, "Dense")

    @pytest.mark.parametrize(
        ("kind", "config", "word"),
        [
            ("L1", {"l1": 0.10000000149011612}, "l1(0.1)"),
            ("L2", {"l2": 1e-05}, "l2(0.00001)"),
            ("L1L2", {"l1": 0.0, "l2": 5e-4}, "l2(0.0005)"),
            ("L1L2", {"l1": 2, "l2": 0}, "l1(2)"),
            ("L1L2", {"l1": 1e-25, "l2": 0.5}, None),
            ("L1L2", {"l1": 1e-15, "l2": 0.5}, "l1_l2(0.000000000001e-3, 0.5)"),
            ("L2", {"l2": "0.1"}, None),
            ("L2", {"l2": 1e300}, None),
            ("L3", {"l2": 0.1}, None),
        ],
    )
    def test_penalties(self, kind, config, word):
        assert regularizer_identifier({"module": "keras.regularizers", "class_name": kind, "config": config}) == word
        assert regularizer_identifier({"module": "mine", "class_name": kind, "config": config}) is None

    def test_channels_first(self, keras, layers, functional):
        model = functional(lambda x: layers.ZeroPadding2D(1, data_format="channels_first", name="pad")(x))
        (padding,) = read(model).network.layers
        assert padding == ZeroPadding2D(data_format="channels_first", name="pad")
        assert padding.output_shape(SHAPE) == model.output_shape[1:]

    def test_dropout_that_is_never_off(self, layers, functional):
        (plain,) = read(functional(lambda x: layers.Dropout(0.5)(x))).network.layers
        assert plain == Dropout(rate=0.5)
        (always,) = read(functional(lambda x: layers.Dropout(0.5)(x, training=True))).network.layers
        assert (type(always), always.kind) == (Opaque, "Dropout")

    def test_frozen_statistics(self, layers, functional):
        network, notes = read(functional(lambda x: layers.BatchNormalization(name="bn")(x, training=False)))
        assert network.layers == (BatchNormalization(name="bn"),)
        assert notes == ("training=False is ignored (bn)",)

    def test_names(self, keras, layers):
        model = keras.Sequential(
            [keras.Input((4,)), *(layers.Dense(1, name=name) for name in (None, "branches_3", "opaque", "mine", "첫"))]
        )
        assert [layer.name for layer in read(model).network.layers] == ["", "branches_3", "opaque", "mine", ""]

    def test_names_that_keras_made_stay(self, keras, layers):
        """Only those that the rows have anyway are left out of the network."""
        value = inputs = keras.Input(SHAPE)
        for name in ("conv2d_1", "conv2d_2", "conv2d"):
            value = layers.Conv2D(4, 1, name=name)(value)
        model = keras.Model(inputs, layers.Flatten(name="flatten")(layers.Add(name="add_7")([value, inputs])))
        network = read(model).network
        assert list(names(network).values()) == ["add_7", "conv2d_1", "conv2d_2", "conv2d", "flatten"]
        assert network.layers[-1].name == ""


class TestGraphs:
    """Forks and merges."""

    def test_nested_branches(self, layers, functional):
        def build(x):
            y = layers.Conv2D(4, 1, name="a")(x)
            y = layers.Add(name="inner")([layers.Conv2D(4, 3, padding="same", name="b")(y), y])
            return layers.Concatenate()([x, y, layers.ReLU()(x)])

        (outer,) = read(functional(build)).network.layers
        assert outer.merge == "concatenate"
        identity, residual, relu = outer.branches
        assert identity == ()
        assert relu == (ReLU(),)
        assert residual[0].name == "a"
        assert residual[1].name == "inner"
        assert [len(branch) for branch in residual[1].branches] == [1, 0]

    def test_dense_blocks_are_a_chain(self, layers, functional):
        def build(x):
            for _ in range(3):
                x = layers.Concatenate()([x, layers.Conv2D(2, 3, padding="same")(x)])
            return x

        network = read(functional(build)).network
        assert [[len(branch) for branch in layer.branches] for layer in network.layers] == [[0, 1]] * 3
        assert analyze(network).output_shape == (8, 8, 10)

    @pytest.mark.parametrize("merge", ["Add", "Multiply", "Maximum", "Concatenate", "Average"])
    def test_branches_that_begin_alike_share_that_beginning(self, layers, functional, merge):
        def build(x):
            stem = layers.Conv2D(4, 1)(x)
            return getattr(layers, merge)()([x, layers.ReLU()(stem), layers.Softmax()(stem)])

        model = functional(build)
        found, notes = read(model)[0].layers, read(model)[1]
        assert notes == ()
        assert analyze(read(model).network).totals.params == model.count_params()
        assert analyze(read(model).network).output_shape == model.output_shape[1:]
        if merge == "Average":  # the average of an average is another
            assert found[-1] == Route(name="average", layers=("input_layer", "re_lu", "softmax"), merge="average")
            return
        (found,) = found
        assert [len(branch) for branch in found.branches] == [0, 2]
        assert isinstance(found.branches[1][1], Branches)

    def test_channels_are_never_reordered(self, layers, functional):
        def build(x):
            stem = layers.Conv2D(4, 1)(x)
            return layers.Concatenate()([layers.ReLU()(stem), x, layers.Softmax()(stem)])

        found = read(functional(build)).network.layers[-1]
        assert found == Route(name="concatenate", layers=("re_lu", "input_layer", "softmax"), merge="concatenate")

    def test_the_part_that_is_not_series_parallel(self, keras, layers, functional):
        """A bridge between two branches; what is before and behind it is as it was."""

        def build(x):
            x = layers.Conv2D(4, 1, name="before")(x)
            left, right = layers.ReLU(name="left")(x), layers.Conv2D(4, 1, name="right")(x)
            bridge = layers.Add(name="bridge")([left, right])
            x = layers.Add(name="join")([layers.Multiply(name="product")([left, bridge]), right])
            return layers.Dense(3, name="behind")(layers.Flatten()(x))

        model = functional(build)
        network, notes = read(model)
        before, *_knot, flatten, behind = network.layers
        assert (before.name, type(flatten), behind.name) == ("before", Flatten, "behind")
        routes = {layer.name: layer.layers for layer in network.layers if isinstance(layer, Route)}
        assert routes["bridge"] == ("left", "right")
        assert routes["product"] == ("left", "bridge")
        assert routes["join"] == ("product", "right")
        assert notes == ()
        analysis = analyze(network)
        assert (analysis.totals.complete, analysis.totals.params) == (True, model.count_params())
        assert analysis.output_shape == (3,)
        again = keras.models.model_from_json(dumps_keras(analysis))
        assert (again.count_params(), again.output_shape) == (model.count_params(), model.output_shape)

    def test_a_merge_that_we_do_not_have(self, layers, functional):
        def build(x):
            return layers.ReLU()(layers.Dot(axes=-1, name="dot")([layers.Dense(4, name="dense")(x), x]))

        *_before, dot, relu = read(functional(build, (8, 4))).network.layers
        assert (type(dot), dot.inputs, relu) == (Opaque, ("dense", "input_layer"), ReLU())

    @pytest.mark.parametrize(
        ("function", "scale", "offset"),
        [
            (lambda x: x * 0.5, 0.5, 0.0),
            (lambda x: 3 * x, 3.0, 0.0),
            (lambda x: x + 3.0, 1.0, 3.0),
            (lambda x: x - 0.5, 1.0, -0.5),
            (lambda x: 0.5 - x, -1.0, 0.5),
            (lambda x: x / 4, 0.25, 0.0),
        ],
    )
    def test_arithmetic_with_a_number(self, keras, layers, functional, function, scale, offset):
        """The hard sigmoid of MobileNet v3 is made so: relu6(x + 3) / 6. TensorFlow counts one operation for each."""
        model = functional(function)
        network = read(model).network
        (layer,) = network.layers
        assert (type(layer), layer.scale, layer.offset) == (ScalarOperation, scale, offset)
        assert analyze(network).totals.tf_flops == profiled_flops_of_model(model, SHAPE) == prod(SHAPE)
        assert loads_network(dumps_network(network), "it") == network
        image = np.random.default_rng(0).normal(size=(1, *SHAPE)).astype("float32")
        np.testing.assert_allclose(layers.Rescaling(scale, offset)(image), model(image), rtol=1e-6)

    @pytest.mark.parametrize("function", [lambda x: 1 / x, lambda x: x / 0, lambda x: x**2, lambda x: x + 1e31])
    def test_other_arithmetic_is_opaque(self, layers, functional, function):
        (layer,) = read(functional(function)).network.layers
        assert type(layer) is Opaque

    def test_arithmetic_on_tensors(self, keras, layers, functional):
        added, halved = read(functional(lambda x: (layers.ReLU()(x) + x) * 0.5)).network.layers
        assert added == Branches(branches=((ReLU(),), ()), name="add")
        assert halved.scale == 0.5

    def test_a_layer_without_weights_may_stand_in_two_places(self, layers, functional):
        relu = layers.ReLU(name="act")

        def build(x):
            return relu(layers.Conv2D(4, 1)(relu(x)))

        first, _conv, second = read(functional(build)).network.layers
        assert {first.name, second.name} == {"act", ""}

    def test_shared_weights(self, layers, functional):
        conv = layers.Conv2D(4, 1, name="twice")
        first, second = read(functional(lambda x: conv(conv(x)))).network.layers
        assert (first.name, second) == ("twice", Shared(layer="twice"))

    def test_several_inputs_or_outputs(self, keras, layers):
        a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
        network = read(keras.Model([a, b], layers.Add(name="sum")([a, b]))).network
        assert network.layers == (Branches(name="sum", branches=((), (Input(name="b", shape=(4,)),))),)
        model = keras.Model(a, [layers.Dense(1, name="x")(a), layers.Dense(2, name="y")(a)])
        network = read(model).network
        assert network.outputs == ("x", "y")
        assert network.layers == (Dense(name="x", units=1), Route(layers=("input_layer",)), Dense(name="y", units=2))

    @pytest.mark.parametrize(
        ("shape", "expected"),
        [
            (
                (None, None, 3),
                "is not fixed; set it with --input-shape",
            ),
            ((2,) * 5, "the input has 5 axes; at most depth, height, width and channels are supported"),
            ((2_000_000,), "is not a network: Expected int <= 1000000 at input_shape[0]"),
        ],
    )
    def test_inputs_that_we_cannot_take(self, layers, functional, shape, expected):
        assert refusal(functional(lambda x: layers.ReLU()(x), shape)).endswith(expected)


class TestModels:
    """Models within models, and names of models."""

    def test_a_model_within_is_a_block(self, keras, layers, functional):
        inner = keras.Sequential([keras.Input(SHAPE), layers.Conv2D(4, 1, name="conv")], name="stem:1")
        deeper = functional(lambda x: layers.Add()([inner(x), x]), name="middle")
        model = functional(lambda x: layers.ReLU()(deeper(x)))
        block, relu = read(model).network.layers
        assert block == Block(
            name="middle",
            layers=(
                Branches(
                    branches=(
                        (Block(name="stem:1", layers=(Conv2D(filters=4, kernel_size=(1, 1), name="conv"),)),),
                        (),
                    ),
                    name="add",
                ),
            ),
        )
        assert relu == ReLU()
        assert analyze(read(model).network).totals.params == model.count_params()

    def test_a_model_within_that_is_applied_twice_keeps_its_weights_once(self, keras, layers):
        inner = keras.Sequential([keras.Input((4,)), layers.Dense(3)], name="encoder")
        a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
        network = read(keras.Model([a, b], layers.Add(name="sum")([inner(a), inner(b)]))).network
        ((first,), (other, second)) = network.layers[0].branches
        assert (type(first), first.name, type(other), second.layer) == (Block, "encoder", Input, "encoder")
        assert (analyze(network).totals.params, analyze(network).totals.macs) == (15, 24)

    def test_a_model_within_of_two_inputs_is_dissolved(self, keras, layers):
        a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
        inner = keras.Model([a, b], layers.Dense(2)(layers.Concatenate()([a, b])), name="pair")
        x = keras.Input((4,), name="x")
        model = keras.Model(x, layers.Dense(1)(inner([layers.ReLU()(x), x])))
        analysis = analyze(read(model).network)
        assert (analysis.totals.params, analysis.totals.complete) == (model.count_params(), True)

    def test_an_unbuilt_model(self, keras, layers):
        assert refusal(keras.Sequential([layers.Dense(3)])) == (
            "has no input shape; start it with keras.Input, or build it, before you save it"
        )

    def test_a_model_built_without_an_input(self, keras, layers):
        model = keras.Sequential([layers.Dense(3)])
        model.build((None, 5))
        assert read(model).network.input_shape == (5,)

    @pytest.mark.parametrize(("name", "expected"), [("mine", "mine"), ("functional_3", "file"), ("model", "file")])
    def test_the_name(self, layers, functional, name, expected):
        assert read(functional(lambda x: layers.ReLU()(x), name=name)).network.name == expected

    def test_depth_max_pooling_is_recognized(self, layers, functional):
        def build(x, size):
            x = layers.Reshape((8, 8, 4, 1))(x)
            x = layers.MaxPooling3D((1, 1, size))(x)
            return layers.Reshape((8, 8, 4 // size), name="depth")(x)

        assert read(functional(lambda x: build(x, 2))).network.layers == (DepthMaxPooling2D(pool_size=2, name="depth"),)

        def turned(x):
            return layers.Reshape((4, 8, 4))(layers.MaxPooling3D((1, 1, 2))(layers.Reshape((8, 8, 4, 1))(x)))

        kinds = [type(layer) for layer in read(functional(turned)).network.layers]
        assert DepthMaxPooling2D not in kinds

        def of_rows(x):  # the same layers over another input
            return build(layers.Reshape((4, 4, 16))(x), 2)

        kinds = [type(layer) for layer in read(functional(of_rows)).network.layers]
        assert DepthMaxPooling2D not in kinds

        def forked(x):
            first = layers.Reshape((8, 8, 4, 1))(x)
            pooled = layers.Reshape((8, 8, 2))(layers.MaxPooling3D((1, 1, 2))(first))
            return layers.Concatenate()([pooled, layers.Reshape((8, 8, 4))(first)])

        kinds = [type(layer) for _path, layer in walk(read(functional(forked)).network.layers)]
        assert DepthMaxPooling2D not in kinds


def test_where_a_model_is_expected(keras, layers, functional, tmp_path):
    path = tmp_path / "net.JSON"
    model = functional(lambda x: layers.Dense(2, name="out", kernel_constraint="max_norm")(x))
    path.write_text(model.to_json())
    remarks = []
    network, found = find_network(str(path), remarks.append)
    assert (network.layers, found) == ((Dense(units=2, name="out"),), path)
    assert remarks == [f"{path}: kernel_constraint ignored (out)"]
    assert find_network(str(path))[0] == network


def test_an_image_of_another_size(layers, functional):
    """What opaque layers are said to give was for the size that the model was built on."""
    model = functional(lambda x: layers.Flatten()(layers.Dense(2, lora_rank=1)(layers.Conv2D(2, 3)(x))))
    entry = loads_config(model.to_json(), "file.json")
    shapes = {shape: convert_model(entry, "file.json", shape).network for shape in (None, (8, 8, 4), (9, 7, 4))}
    assert shapes[None] == shapes[8, 8, 4]
    assert [network.input_shape for network in shapes.values()] == [(8, 8, 4), (8, 8, 4), (9, 7, 4)]
    assert [network.layers[1].stated_shape for network in shapes.values()] == [(6, 6, 2), (6, 6, 2), None]


def test_an_image_of_any_size(layers, functional):
    model = functional(lambda x: layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3)(x)), shape=(None, None, 4))
    network = convert_model(loads_config(model.to_json(), "file.json"), "file.json", (16, 16, 4)).network
    assert analyze(network).output_shape == (2,)
    assert analyze(network).totals.params == model.count_params()


def test_a_deep_file_that_says_no_shapes():
    """An older file says only what goes in: what comes out of 3,000 layers is worked out one after the other."""
    layers = [{"class_name": "InputLayer", "config": {"batch_shape": [None, 4, 4, 2], "name": "image"}}]
    for number in range(3000):
        config = {"name": f"c{number}", "filters": 2, "kernel_size": [1, 1]}
        layers.append({"class_name": "Conv2D", "config": config})
    entry = {"class_name": "Sequential", "config": {"name": "deep", "layers": layers}, "module": "keras"}
    for layer in layers:
        layer |= {"module": "keras.layers", "registered_name": None}
    analysis = analyze(convert_model(loads_config(json.dumps(entry), "deep.json"), "deep.json").network)
    assert (analysis.output_shape, analysis.totals.params) == ((4, 4, 2), 3000 * 6)
