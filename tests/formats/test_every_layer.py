"""Every layer as a new one begins: as Python, as JSON that Keras reads, and read again from both JSONs."""

import pytest

from tests.core.oracle import from_json
from tests.core.strategies import EXAMPLES, LEAVES
from tests.formats.test_keras_round_trip import plain, read
from tests.formats.test_python import agree
from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.formats.fields import start
from tui_cnn.formats.keras.writing import dumps_keras

KINDS = {kind.__name__: kind for kind in LEAVES}


def network_of(kind):
    """Make a network of one layer on the first shape that it takes."""
    shapes = (*EXAMPLES, (16, 16, 96), (8, 8, 3))
    networks = (Network("one", shape, (start(kind),)) for shape in shapes)
    return next(network for network in networks if analyze(network).output_shape)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_it_goes_through_every_file(keras, kind):
    network = network_of(kind)
    analysis = analyze(network)
    agree(network)
    text = dumps_keras(analysis)
    model = from_json(text)
    assert (tuple(model.output_shape[1:]), model.count_params()) == (analysis.output_shape, analysis.totals.params)
    for written in (text, model.to_json()):
        assert plain(read(written).network.layers) == plain(network.layers)
