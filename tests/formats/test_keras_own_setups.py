"""Every layer of Keras' own tests: shape and parameters of a model of that one layer, read from its JSON."""

import warnings
from collections import Counter
from math import prod

import pytest

from tests.core.oracle import garbles
from tests.formats.keras_setups import harvest
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Opaque
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.reading import convert_model
from tui_cnn.formats.keras.schema import loads_config


@pytest.fixture(scope="module")
def judged(keras, request):
    """Build all of them, and judge what we say of each: a list of (verdict, set-up)."""
    request.config.addinivalue_line("markers", "requires_trainable_backend: a mark of Keras' own tests")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(judge(keras, setup), setup) for setup in harvest()]


def judge(keras, setup):
    if (
        not 1 < len(setup.shape) <= 1 + 4
        or 0 in setup.shape
        or getattr(keras.layers, setup.kind.__name__, "") is not setup.kind
    ):
        return "no model"  # no axes, or five of them; a layer that only the tests have
    try:
        model = keras.Sequential([keras.Input(setup.shape[1:]), setup.kind(**setup.arguments)])
        text = model.to_json()
        shape = tuple(model.output_shape[1:])
    except Exception:
        return "no model"
    if not all(isinstance(axis, int) for axis in shape) or garbles(model.layers[0]):
        return "no model"
    try:
        network = convert_model(loads_config(text, "one.json"), "one.json").network
    except FormatError:
        return "refused"
    analysis = analyze(network)
    if isinstance(network.layers[0], Opaque):
        return "unknown"
    counted = [sum(prod(w.shape) for w in ws) for ws in (model.trainable_weights, model.non_trainable_weights)]
    ours = [analysis.totals.trainable, analysis.totals.non_trainable]
    return "equal" if (analysis.output_shape, ours) == (shape, counted) else "wrong"


def of(judged, verdict):
    return [str(setup) for found, setup in judged if found == verdict]


def test_none_is_wrong(judged):
    assert of(judged, "wrong") == []
    assert of(judged, "refused") == []


FAMILIES = (
    *("convolutional", "pooling", "normalization", "reshaping", "regularization", "core"),
    "preprocessing.image_preprocessing",
)
"""What networks for images are made of, by the packages of `keras.src.layers`."""


@pytest.mark.parametrize(("families", "share"), [(FAMILIES, 150 / 160), (("",), 0.85)], ids=["for images", "all"])
def test_nearly_all_are_equal(judged, families, share):
    mine = [(found, setup) for found, setup in judged if setup.kind.__module__.startswith(packages(families))]
    count = Counter(found for found, _setup in mine)
    print(*(f"{number} {verdict}" for verdict, number in count.most_common()), sep=", ")
    assert count["equal"] >= 150
    assert count["equal"] >= share * (len(mine) - count["no model"]), of(mine, "unknown")


def packages(families):
    return tuple(f"keras.src.layers.{family}" for family in families)
