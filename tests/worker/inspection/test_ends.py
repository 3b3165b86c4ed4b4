"""Models of several inputs and outputs: an imported run, and a file, compute what Keras does of the chosen output."""

import numpy as np
import pytest

from tui_cnn.data.dataset import load_test
from tui_cnn.formats.models import read_model
from tui_cnn.insight.predictions import sample
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.importing import import_model
from tui_cnn.runs.inspection.ends import between_ends
from tui_cnn.runs.inspection.requests import (
    Activate,
    Evaluate,
    FieldRequest,
    GradCam,
    Kernels,
    Occlude,
    Open,
    Predict,
    Range,
    Saliency,
    Shift,
    Source,
    TopPatches,
)
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import outcome

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")


def several_outputs(keras):
    """The outputs are a picture, a single number, a list of classes, and another one."""
    layers = keras.layers
    image = keras.Input((28, 28, 1))
    maps = layers.Conv2D(3, 3, activation="relu", name="conv")(image)
    mask = layers.Conv2D(1, 1, name="mask")(maps)
    flat = layers.GlobalAveragePooling2D(name="pooled")(maps)
    size = layers.Dense(1, name="size")(flat)
    kind = layers.Dense(10, activation="softmax", name="kind")(flat)
    return keras.Model(image, [mask, size, kind, layers.Dense(4, name="shade", activation="softmax")(flat)])


def siamese(keras):
    layers = keras.layers
    pair = keras.Input((28, 28, 1), name="left"), keras.Input((28, 28, 1), name="right")
    inner = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(3, 3, activation="relu", name="conv"),
            layers.BatchNormalization(),
            layers.GlobalAveragePooling2D(),
        ]
    )
    both = layers.Concatenate()([inner(pair[0]), layers.Dense(3, name="turned")(inner(pair[1]))])
    return keras.Model(pair, layers.Dense(10, activation="softmax", name="kind")(both))


def numbers_first(keras):
    """Its first input takes no image, its second does, its third takes a smaller one in colour."""
    layers = keras.layers
    meta, image, small = keras.Input((4,), name="meta"), keras.Input((28, 28, 1)), keras.Input((7, 7, 3), name="small")
    maps = layers.Conv2D(3, 3, activation="relu", name="conv")(image)
    others = layers.Dense(3, name="numbers", bias_initializer="ones")(meta), layers.Flatten()(small)
    both = layers.Concatenate()([layers.GlobalAveragePooling2D()(maps), *others])
    return keras.Model([meta, image, small], layers.Dense(10, activation="softmax", name="kind")(both))


def saved(keras, path, make):
    keras.utils.set_random_seed(3)
    model = make(keras)
    model.save(path)
    return model


def images():
    """Two images of the test set, as `Recipe()` scales them."""
    return load_test(None).images[[0, 5]].astype("float32") / 255


def outputs(keras, model, given, *names):
    """What Keras computes of the layers."""
    return [np.asarray(each) for each in keras.Model(model.input, [model.get_layer(n).output for n in names])(given)]


def assert_computed(ask, source, expected, conv):
    found = ask(Predict(source=source, images=(0, 5))).probabilities.numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    maps = ask(Activate(source=source, image=5)).layers["conv"].numpy()
    np.testing.assert_allclose(maps, conv[1], rtol=1e-4, atol=1e-6)


def both_sources(run, file, output=""):
    return Source(str(run.path)), Source(str(file), output=output)


@pytest.mark.parametrize(("named", "chosen"), [("", "kind"), ("shade", "shade"), ("size", "size")])
def test_one_of_several_outputs(keras, ask, tmp_path, named, chosen):
    model = saved(keras, tmp_path / "several.keras", several_outputs)
    run = import_model(tmp_path / "several.keras", Recipe(), output=named)
    expected, conv = outputs(keras, model, images(), chosen, "conv")
    if chosen == "size":
        expected = np.ones_like(expected)  # the only class
    for source in both_sources(run, tmp_path / "several.keras", named):
        assert_computed(ask, source, expected, conv)
        names = [layer.name for layer in ask(Open(source=source)).layers]
        assert names == ["conv", "pooled", chosen]
    assert run.network().outputs == (chosen,)
    said = outcome(run, Follower(run).poll()).sentence
    assert said == f"Imported from {tmp_path}/several.keras: shown up to output “{chosen}”."


def test_an_output_that_is_not_there(keras, ask, tmp_path):
    file = tmp_path / "several.keras"
    saved(keras, file, several_outputs)
    with pytest.raises(RunError, match=r"no output “kin”; available: mask, size, kind, shade$"):
        import_model(file, Recipe(), output="kin")
    with pytest.raises(RunError, match=r"no output “kin”; available: mask, size, kind, shade$"):
        ask(Open(source=Source(str(file), output="kin")))


def test_names_are_of_the_chosen_output(keras, ask, tmp_path):
    saved(keras, tmp_path / "several.keras", several_outputs)
    run = import_model(tmp_path / "several.keras", Recipe(), ["a", "b", "c", "d"], "shade")
    assert ask(Open(source=Source(str(run.path)))).class_names == ("a", "b", "c", "d")
    with pytest.raises(RunError, match="has 10 outputs, but there are 4 class names"):
        import_model(tmp_path / "several.keras", Recipe(), ["a", "b", "c", "d"])


def test_both_inputs_of_a_siamese_network_get_the_image(keras, ask, tmp_path):
    model = saved(keras, tmp_path / "siamese.keras", siamese)
    inner = model.get_layer("sequential")
    run = import_model(tmp_path / "siamese.keras", Recipe())
    conv = np.asarray(inner.get_layer("conv")(images()))
    for source in both_sources(run, tmp_path / "siamese.keras"):
        assert_computed(ask, source, np.asarray(model([images(), images()])), conv)
    said = outcome(run, Follower(run).poll()).sentence
    assert said == f"Imported from {tmp_path}/siamese.keras: input “right” gets the same image."


def test_inputs_that_take_other_images_and_none(keras, ask, tmp_path):
    model = saved(keras, tmp_path / "numbers.keras", numbers_first)
    run = import_model(tmp_path / "numbers.keras", Recipe())
    assert run.network().input_shape == (28, 28, 1)
    # A quarter of the size: the triangle of two quarters' reach, over what there is of it.
    weights = np.zeros((7, 28))
    for place in range(7):
        distance = np.abs(np.arange(28) + 0.5 - 4 * (place + 0.5)) / 4
        weights[place] = np.clip(1 - distance, 0, None)
    weights /= weights.sum(axis=1, keepdims=True)
    small = np.repeat(np.einsum("rh,nhwc,sw->nrsc", weights, images(), weights), 3, axis=-1).astype("float32")
    given = [np.zeros((2, 4), "float32"), images(), small]
    _kind, conv = outputs(keras, model, given, "kind", "conv")
    for source in both_sources(run, tmp_path / "numbers.keras"):
        assert_computed(ask, source, np.asarray(model(given)), conv)
        asked = FieldRequest(source=source, image=5, layer="flatten", row=0, column=0)
        assert ask(asked).computed is None, "it looks at another image"
    imported = Follower(run).poll().imported
    assert (imported.same, imported.zeros) == (("small",), ("first_input",))


def test_inputs_that_do_not_lead_to_the_output_are_not_told_of(keras, tmp_path):
    def apart(keras):
        one, two = keras.Input((9,), name="one"), keras.Input((28, 28, 1), name="two")
        dense = keras.layers.Dense
        return keras.Model([one, two], [dense(2, name="a")(one), dense(10, name="b")(keras.layers.Flatten()(two))])

    saved(keras, tmp_path / "apart.keras", apart)
    ends = between_ends(read_model(tmp_path / "apart.keras").network, "b")
    assert (ends.network.input_shape, ends.same, ends.zeros) == ((28, 28, 1), (), ())
    run = import_model(tmp_path / "apart.keras", Recipe(), output="b")
    assert run.best_file.exists()


def test_a_network_of_one_input_and_output_stays_as_it_is(keras, tmp_path):
    from tests.worker.inspection.test_opening import NETWORK

    assert between_ends(NETWORK) == (NETWORK, "", (), ())


def test_a_shared_layer_whose_first_use_leads_elsewhere(keras, ask, tmp_path):
    def crossed(keras):
        layers = keras.layers
        image, other = keras.Input((28, 28, 1), name="image"), keras.Input((28, 28, 1), name="other")
        conv = layers.Conv2D(3, 3, activation="relu", name="conv")
        inner = keras.Sequential([keras.Input((26, 26, 3)), layers.GlobalAveragePooling2D(), layers.Dense(5)])
        first = layers.Dense(2, name="first")(inner(conv(layers.Rescaling(2.0)(image))))
        both = layers.Concatenate()([inner(conv(other)), inner(conv(layers.Rescaling(3.0)(other)))])
        return keras.Model([image, other], [first, layers.Dense(10, name="second")(both)])

    model = saved(keras, tmp_path / "crossed.keras", crossed)
    run = import_model(tmp_path / "crossed.keras", Recipe(), output="second")
    _first, second = model([images(), images()])
    conv = np.asarray(model.get_layer("conv")(images()))
    for source in both_sources(run, tmp_path / "crossed.keras", "second"):
        assert_computed(ask, source, np.asarray(keras.ops.softmax(second)), conv)
    assert Follower(run).poll().imported.same == ()


def u_net(keras):
    layers = keras.layers
    image = keras.Input((28, 28, 1))
    conv = layers.Conv2D(3, 3, padding="same", activation="relu", name="conv")(image)
    low = layers.Conv2D(4, 3, padding="same", activation="relu", name="low")(layers.MaxPooling2D()(conv))
    up = layers.Concatenate()([layers.Conv2DTranspose(3, 2, strides=2)(low), conv])
    return keras.Model(image, layers.Conv2D(2, 1, activation="softmax", name="mask")(up))


def test_a_network_that_gives_an_image(keras, ask, tmp_path):
    model = saved(keras, tmp_path / "u_net.keras", u_net)
    run = import_model(tmp_path / "u_net.keras", Recipe())
    (low, mask) = outputs(keras, model, images(), "low", "mask")
    refusal = "^u_net: its output is not a list of classes, so it cannot predict$"
    for source in both_sources(run, tmp_path / "u_net.keras"):
        opened = ask(Open(source=source))
        assert opened.class_names == ()
        assert opened.output_of(3) is None
        found = ask(Activate(source=source, image=5))
        np.testing.assert_allclose(found.layers["low"].numpy(), low[1], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(found.layers["mask"].numpy(), mask[1], rtol=1e-4, atol=1e-6)
        assert found.probabilities.shape == (0,)
        kernels = {layer.name: layer.weights["kernel"].numpy() for layer in ask(Kernels(source=source)).layers}
        np.testing.assert_array_equal(kernels["low"], np.asarray(model.get_layer("low").kernel))
        ranges = {layer.name: layer.maximum.numpy() for layer in ask(Range(source=source, sample=20)).layers}
        most = outputs(keras, model, sampled(20), "low", "mask")[0].max(axis=(0, 1, 2))
        np.testing.assert_allclose(ranges["low"], most, rtol=1e-4)
        assert ask(FieldRequest(source=source, image=5, layer="low", row=4, column=4)).computed == (5, 5, 12, 12)
        assert ask(TopPatches(source=source, layer="mask", sample=20)).values.shape == (2, 9)
        for request in (
            Predict(source=source, images=(0,)),
            Saliency(source=source, image=0),
            GradCam(source=source, image=0),
            Occlude(source=source, image=0),
            Shift(source=source),
            Evaluate(source=source),
        ):
            with pytest.raises(RunError, match=refusal):
                ask(request)


def sampled(count):
    test = load_test(None)
    return test.images[sample(test.labels, count)].astype("float32") / 255


def test_there_are_no_classes_to_name(keras, tmp_path):
    saved(keras, tmp_path / "u_net.keras", u_net)
    with pytest.raises(RunError, match=r"u_net.keras: its output is not a list of classes; leave the class names out"):
        import_model(tmp_path / "u_net.keras", Recipe(), ["a", "b"])


def test_layers_keep_their_weights_where_others_of_their_kind_are_left_out(keras, ask, tmp_path):
    def apart(keras):
        layers = keras.layers
        image = keras.Input((28, 28, 1))
        maps = [layers.Conv2D(3, 3, name=name)(image) for name in ("conv2d", "conv2d_1")]
        one, two = (layers.GlobalAveragePooling2D()(each) for each in maps)
        return keras.Model(image, [layers.Dense(4, name="dense")(one), layers.Dense(10, name="dense_1")(two)])

    model = saved(keras, tmp_path / "apart.keras", apart)
    run = import_model(tmp_path / "apart.keras", Recipe(), output="dense_1")
    expected = np.asarray(keras.ops.softmax(model(images())[1]))
    for source in both_sources(run, tmp_path / "apart.keras", "dense_1"):
        found = ask(Predict(source=source, images=(0, 5))).probabilities.numpy()
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
        assert "conv2d_1" in [layer.name for layer in ask(Open(source=source)).layers]
