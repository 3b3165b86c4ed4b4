"""Networks as Python: what is written runs, and builds the model that the worker builds; it reads as a person's."""

import subprocess
import sys
from math import prod
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from tests.core.strategies import LEAVES, inputs_of, layers_of, mostly_sound, networks
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    Activation,
    Block,
    Branches,
    Conv2D,
    Cropping2D,
    Dense,
    DepthMaxPooling2D,
    Flatten,
    LocalResponseNormalization,
    MaxPooling2D,
    Reshape,
    Softmax,
    ZeroPadding2D,
)
from tui_cnn.core.network import Network
from tui_cnn.formats.export import export_text
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.runs.python_recipe import python_training
from tui_cnn.runs.recipe import Recipe, rate_at

pytestmark = pytest.mark.usefixtures("keras")


def sound(network):
    """Let Hypothesis draw another network if this one cannot be built."""
    assume(not any(check.severity == "error" for check in analyze(network).checks))
    return network


def built(network):
    """Run the file, as a module that is imported, and build its model."""
    namespace = {"__name__": "exported"}
    exec(compile(export_text(network, "python"), "exported.py", "exec"), namespace)
    return namespace["build_model"]()


def agree(network):
    from tui_cnn.worker.build import build

    analysis, model, ours = analyze(network), built(network), build(network)
    assert tuple(model.output_shape[1:]) == analysis.output_shape
    assert model.count_params() == analysis.totals.params
    assert sum(prod(weight.shape) for weight in model.trainable_weights) == analysis.totals.trainable
    kinds = [type(layer).__name__ for layer in model.layers if type(layer).__name__ != "InputLayer"]
    assert sorted(kinds) == sorted(
        type(layer).__name__ for layer in ours.layers if type(layer).__name__ != "InputLayer"
    )
    for mine, theirs in zip(_configs(model), _configs(ours), strict=True):
        assert mine == theirs


def _make_comparable(config):
    """Take out what Keras makes up, and write numbers as it computes with them; in layers that are held, too."""
    config.pop("name")
    config.pop("seed", None)
    for held in filter(None, (config.get("layer"), config.get("backward_layer"))):
        _make_comparable(held["config"])
    if "value_range" in config:
        config["value_range"] = tuple(map(float, config["value_range"]))
    for name, value in config.items():
        if name.endswith("_regularizer") and value:
            penalties = {"l1": 0.0, "l2": 0.0, **value["config"]}
            config[name] = {kind: float(np.float32(penalty)) for kind, penalty in penalties.items()}


def _configs(model):
    """List the settings of all layers, without their names, in an order that names have no part in."""
    configs = [layer.get_config() for layer in model.layers if type(layer).__name__ != "InputLayer"]
    for config in configs:
        _make_comparable(config)
    return sorted(str(sorted(config.items())) for config in configs)


@given(st.one_of(mostly_sound(), networks()))
@settings(max_examples=120)
def test_it_builds_the_same_model(network):
    agree(sound(network))


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=10)
def test_each_layer(kind, data):
    shape = data.draw(inputs_of(kind))
    layer = Reshape(target_shape=shape) if kind is Reshape else data.draw(layers_of(kind))
    network = Network("one", shape, (layer,))
    if not any(check.severity == "error" for check in analyze(network).checks):
        agree(network)


@pytest.mark.parametrize("name", [name for name in preset_names() if name not in ("yolo-v1", "vgg-16", "alexnet")])
def test_presets(name):
    assert built(preset(name)).count_params() == analyze(preset(name)).totals.params


def lint(directory):
    """Let ruff look at what was written as anybody's code, with none of our settings."""
    for command in (["check", "--select", "B,C4,E4,E7,E9,F,I,N,PIE,SIM,UP,W"], ["format", "--check"]):
        whole = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(directory)]
        ended = subprocess.run(whole, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stdout


@given(st.lists(mostly_sound(), min_size=15, max_size=15))
@settings(max_examples=3, phases=[Phase.generate])
def test_it_is_formatted_as_black_does(tmp_path_factory, drawn):
    directory = tmp_path_factory.mktemp("exported")
    for number, network in enumerate([*map(preset, preset_names()), *drawn]):
        if not any(check.severity == "error" for check in analyze(network).checks):
            (directory / f"n{number}.py").write_text(export_text(network, "python"), "utf-8")
    lint(directory)


def test_an_argument_that_is_too_long_for_its_line_is_broken_as_black_does(tmp_path):
    layer = Conv2D(filters=2, kernel_size=(3, 3), padding="same", kernel_regularizer="l1_l2(9.04435, 0.493203835195)")
    deep = Branches(branches=((Branches(branches=((layer,), ())),), ()))
    scaled = LocalResponseNormalization(depth_radius=2, bias=11940.7373046875, alpha=407482.875, beta=0.5)
    for number, stack in enumerate([(layer, Dense(units=2)), (deep,), (scaled, Dense(units=2))]):
        (tmp_path / f"n{number}.py").write_text(export_text(Network("n", (8, 8, 2), stack), "python"))
    lint(tmp_path)


def test_recipes_are_formatted_as_black_does(tmp_path):
    for number, optimizer in enumerate(("adam", "adamw", "rmsprop", "sgd", "muon")):
        kind = number % 4
        for decay in (None, 0.0001, 0.000123456789):
            recipe = Recipe(
                epochs=10**number,
                optimizer=optimizer,
                weight_decay=decay,
                patience=number or None,
                limit=number or None,
                precision=("float32", "mixed_bfloat16", "auto", "mixed_float16")[kind],
                data="d\n/" * number,
                schedule=("constant", "cosine", "step", "one-cycle")[kind],
                warmup=0.25 * (number % 2),
                label_smoothing=0.05 * number,
                augmentation=("none", "flip+crop+contrast", "mixup", "flip+shift+rotate+erase+mixup")[kind],
                class_weights=("none", "balanced")[number % 2],
                ema=(0.0, 0.999, 0.9, 0.0)[kind],
                scale=("standardize", "0..1", "-1..1", "imagenet")[kind],
                deterministic=number > 1,
                ghost_batches=number > 2,
                tensorboard=number > 2,
            )
            for name in ("fashion-dnn", "lenet-5", "vgg-16"):
                text = export_text(preset(name), "python", python_training(recipe))
                (tmp_path / f"{name.replace('-', '_')}_{optimizer}_{decay is None}_{number}.py").write_text(text)
    lint(tmp_path)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "step", "one-cycle"])
@pytest.mark.parametrize("warmup", [0.0, 0.3, 2.0])
def test_the_schedule_is_that_of_the_recipe(keras, schedule, warmup):
    recipe = Recipe(epochs=3, learning_rate=0.02, schedule=schedule, warmup=warmup, limit=640, validation=0)
    text = export_text(preset("fashion-dnn"), "python", python_training(recipe))
    if schedule == "constant" and not warmup:
        assert "learning_rate=0.02" in text
        return
    namespace = {"__name__": "exported", "x_train": range(640)}
    exec(compile(text, "exported.py", "exec"), namespace)
    for line in text.splitlines():
        if line.startswith(("    steps = ", "    warmup = ")):
            exec(line.strip(), namespace)
    assert namespace["steps"] == 60
    made = namespace["Schedule"](namespace["steps"], namespace["warmup"])
    ours = [rate_at(recipe, step, 20) for step in range(60)]
    assert [float(made(step)) for step in range(60)] == pytest.approx(ours, rel=1e-4, abs=1e-8)


def test_lines_of_every_length_are_broken_as_black_does(tmp_path):
    """At one length all fits, then the last brackets are opened, then the arguments go on a line or on many."""
    for length in range(1, 65):
        name = "n" * length
        conv = Conv2D(filters=4, kernel_size=(1, 1), padding="same", name=name)
        dense = Dense(units=4, use_bias=False, kernel_initializer="random_normal", name=f"{name[:63]}d")
        for number, branches in enumerate([((conv,), ()), ((dense,), (), ()), ((dense,),) * 9]):
            merge = Branches(
                branches=branches[:2] if number < 2 else ((), *((),) * length), merge="add", name="m" * length
            )
            stack = (merge,) if number < 2 else (dense, merge)
            (tmp_path / f"n{length}_{number}.py").write_text(export_text(Network("n", (8, 8, 4), stack), "python"))
        plain = Network("n", (8, 8, 4), (conv, dense))
        (tmp_path / f"p{length}.py").write_text(export_text(plain, "python"))
    lint(tmp_path)


@pytest.mark.parametrize(
    ("last", "loss"),
    [
        (Dense(units=10), "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"),
        (Dense(units=10, activation="softmax"), '"sparse_categorical_crossentropy"'),
        (Block(layers=(Dense(units=10), Softmax())), '"sparse_categorical_crossentropy"'),
        (Block(layers=(Dense(units=10), Activation(activation="softmax"))), '"sparse_categorical_crossentropy"'),
    ],
)
def test_the_loss_fits_the_last_layer(last, loss):
    assert f"        loss={loss}," in export_text(Network("n", (784,), (last,)), "python")


def test_blocks_with_names_inside_are_no_functions():
    """Names are unique in a model."""
    blocks = tuple(Block(name="b", layers=(Dense(units=3, name=name), Branches(branches=((), ())))) for name in "xy")
    network = Network("n", (3,), (*blocks, Block(layers=(Dense(units=3), Branches(branches=((), ()))))))
    assert "def b(" not in body(network)
    assert [layer.name for layer in built(network).layers if layer.name in ("x", "y")] == ["x", "y"]


def body(network):
    """Return what comes before the function `main`."""
    return export_text(network, "python").partition("\n\n\ndef main")[0]


def test_a_plain_stack():
    text = export_text(preset("fashion-cnn"), "python")
    assert text == dedent(
        '''\
        """The network “fashion-cnn”, in Keras."""

        import keras
        from keras import layers


        def build_model():
            """Build the model: 28×28×1 in, 10 out, 93,322 parameters."""
            return keras.Sequential(
                [
                    keras.Input((28, 28, 1)),
                    layers.Conv2D(32, 3, activation="relu"),
                    layers.MaxPooling2D(),
                    layers.Conv2D(64, 3, activation="relu"),
                    layers.MaxPooling2D(),
                    layers.Conv2D(64, 3, activation="relu"),
                    layers.Flatten(),
                    layers.Dense(64, activation="relu"),
                    layers.Dense(10, activation="softmax"),
                ],
                name="fashion_cnn",
            )


        def main():
            """Train on Fashion-MNIST, then test."""
            (x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
            x_train = x_train[..., None] / 255
            x_test = x_test[..., None] / 255

            model = build_model()
            model.summary()
            model.compile(
                optimizer="adam",
                loss="sparse_categorical_crossentropy",
                metrics=["accuracy"],
            )
            model.fit(x_train, y_train, epochs=5, validation_split=0.1)
            model.evaluate(x_test, y_test)


        if __name__ == "__main__":
            main()
        '''
    )


RESIDUAL = Block(
    name="Stage 1",
    layers=(
        Branches(branches=((Conv2D(filters=4, kernel_size=(3, 3), padding="same"),), ())),
        Activation(activation="relu"),
    ),
)


def test_blocks_that_repeat_are_functions():
    layers = (
        RESIDUAL,
        Block(layers=RESIDUAL.layers),
        DepthMaxPooling2D(name="depth"),
        Branches(
            merge="concatenate",
            branches=((), (MaxPooling2D(strides=(1, 1), padding="same"), Dense(units=2)), (Dense(units=3),)),
        ),
        Block(name="head", layers=(Flatten(), Dense(units=3, kernel_regularizer="l2(1e-4)"))),
    )
    assert body(Network("two “blocks”", (8, 8, 4), layers)) == dedent(
        '''\
        """The network “two “blocks””, in Keras."""

        import keras
        from keras import layers


        def stage(x):
            """Apply a block of layers that the network has 2 times."""
            residual = layers.Conv2D(4, 3, padding="same")(x)
            x = layers.Add()([residual, x])
            x = layers.Activation("relu")(x)
            return x


        def build_model():
            """Build the model: 8×8×4 in, 3 out, 1,658 parameters."""
            inputs = keras.Input((8, 8, 4))
            x = stage(inputs)
            x = stage(x)
            x = layers.Reshape((8, 8, 4, 1))(x)
            x = layers.MaxPooling3D((1, 1, 2), strides=(1, 1, 2))(x)
            x = layers.Reshape((8, 8, 2), name="depth")(x)

            branch_2 = layers.MaxPooling2D(strides=1, padding="same")(x)
            branch_2 = layers.Dense(2)(branch_2)
            branch_3 = layers.Dense(3)(x)
            x = layers.Concatenate()([x, branch_2, branch_3])

            # head
            x = layers.Flatten()(x)
            x = layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.0001))(x)

            return keras.Model(inputs, x, name="two_blocks_")'''
    )


@pytest.mark.parametrize(
    ("sides", "written"),
    [
        (((1, 1), (1, 1)), "()"),
        (((2, 2), (2, 2)), "(2)"),
        (((1, 1), (2, 2)), "((1, 2))"),
        (((1, 2), (1, 2)), "(((1, 2), (1, 2)))"),
    ],
)
def test_padding_is_not_mistaken(sides, written):
    network = Network("pad", (8, 8, 1), (ZeroPadding2D(padding=sides), Cropping2D(cropping=((1, 2), (1, 2)))))
    assert f"layers.ZeroPadding2D{written}," in body(network)
    agree(network)


def test_names_that_would_get_into_the_way():
    """Keras would make `dense_1` up for the second layer, too."""
    network = Network(
        'a "name"\u2028', (4,), (Dense(units=1, name="dense_1"), Dense(units=1), Dense(units=1, name="out"))
    )
    assert [layer.name for layer in built(network).layers][-1] == "out"
    assert '"""The network “a \'name\'”, in Keras."""' in body(network)


TRAIN = """
import sys
import keras
import numpy as np

images = np.arange(64 * 28 * 28, dtype="uint8").reshape(64, 28, 28)
labels = (np.arange(64) % 10).astype("uint8")
keras.datasets.fashion_mnist.load_data = lambda: ((images, labels), (images[:8], labels[:8]))
fit = keras.Model.fit
keras.Model.fit = lambda model, x, y, epochs, **options: fit(model, x, y, epochs=1, **options)
import runpy
runpy.run_path(sys.argv[1], run_name="__main__")
"""

HEAD = (Conv2D(filters=2, kernel_size=(3, 3), strides=(3, 3)), Flatten(), Dense(units=10))


@pytest.mark.parametrize(
    "network",
    [
        Network("native", (28, 28, 1), (RESIDUAL.layers[1], *HEAD)),
        Network("flat", (784,), (Dense(units=10, activation="softmax"),)),
        Network("larger-colour", (33, 32, 3), HEAD),
        Network("smaller", (9, 12, 1), HEAD),
        Network("other-data", (5, 5, 2), (Dense(units=3),)),
        preset("small-resnet"),
    ],
    ids=lambda network: network.name,
)
def test_it_trains(network, tmp_path, monkeypatch, capsys):
    import warnings

    import keras

    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", None)
    monkeypatch.setattr(keras.Model, "fit", keras.Model.fit)
    path = tmp_path / "exported.py"
    path.write_text(export_text(network, "python"), "utf-8")
    monkeypatch.setattr(sys, "argv", ["train", str(path)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(TRAIN, {"__name__": "train"})
    printed = capsys.readouterr().out
    assert "loss: " in printed
    assert f"Total params: {analyze(network).totals.params:,}" in printed


def test_it_runs_as_a_process(tmp_path):
    """By itself, with nothing of ours to import."""
    path = tmp_path / "exported.py"
    path.write_text(export_text(preset("fashion-dnn"), "python"), "utf-8")
    (tmp_path / "train.py").write_text(TRAIN)
    command = [sys.executable, "-I", str(tmp_path / "train.py"), str(path)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert "Total params: 101,770" in ended.stdout
    assert "accuracy: " in ended.stdout
