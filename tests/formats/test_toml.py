"""Networks as TOML: what is written is read again, and the text is what a person would write."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.strategies import names_of, networks
from tui_cnn.core import edits
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Dropout, Flatten, MaxPooling2D, ReLU
from tui_cnn.core.network import Network, walk
from tui_cnn.formats.toml import dumps_network, loads_network, read_network


def test_what_is_nested_is_indented():
    inner = Branches(branches=((), (ReLU(),)))
    block = Block(name='a "[', layers=(Conv2D(filters=1, kernel_size=(1, 1)), inner))
    text = dumps_network(Network("net", (8, 8, 1), (Branches(branches=((block,), ())),)))
    assert (
        text
        == """name = "net"
input_shape = [8, 8, 1]

[[layers]]
type = "Branches"
branches = [
    [
        { type = "Block", name = "a \\"[", layers = [
            { type = "Conv2D", filters = 1, kernel_size = [1, 1] },
            { type = "Branches", branches = [
                [],
                [
                    { type = "ReLU" },
                ],
            ] },
        ] },
    ],
    [],
]
"""
    )


@given(networks(), st.data())
@settings(max_examples=120)
def test_a_round_trip_loses_nothing(network, data):
    for path, layer in walk(network.layers):
        network = edits.change(network, path, name=data.draw(names_of(type(layer))))
    assert loads_network(dumps_network(network), "memory") == network


SMALL = Network(
    "tiny “net”",
    (8, 8, 1),
    (
        Conv2D(filters=4, kernel_size=(3, 5), strides=(1, 2), activation="relu", name="stem"),
        MaxPooling2D(),
        Branches(
            merge="concatenate",
            branches=((Conv2D(filters=4, kernel_size=(1, 1)), Flatten()), ()),
        ),
        Block(layers=(Dropout(rate=0.25), Dense(units=3, use_bias=False))),
        Block(
            name="head", layers=(Dense(units=1000, activation="hard_sigmoid", kernel_initializer="truncated_normal"),)
        ),
    ),
)
SMALL_TEXT = dedent(
    """\
    name = "tiny “net”"
    input_shape = [8, 8, 1]

    [[layers]]
    type = "Conv2D"
    name = "stem"
    filters = 4
    kernel_size = [3, 5]
    strides = [1, 2]
    activation = "relu"

    [[layers]]
    type = "MaxPooling2D"

    [[layers]]
    type = "Branches"
    merge = "concatenate"
    branches = [
        [
            { type = "Conv2D", filters = 4, kernel_size = [1, 1] },
            { type = "Flatten" },
        ],
        [],
    ]

    [[layers]]
    type = "Block"
    layers = [
        { type = "Dropout", rate = 0.25 },
        { type = "Dense", units = 3, use_bias = false },
    ]

    [[layers]]
    type = "Block"
    name = "head"

    [[layers.layers]]
    type = "Dense"
    units = 1000
    activation = "hard_sigmoid"
    kernel_initializer = "truncated_normal"
    """
)


def test_the_text():
    assert dumps_network(SMALL) == SMALL_TEXT


def test_a_network_without_layers():
    assert dumps_network(Network("none", (784,))) == 'name = "none"\ninput_shape = [784]\n'
    assert loads_network('name = "none"\ninput_shape = [784]\n', "memory") == Network("none", (784,))


def test_one_number_for_both_axes():
    text = """
    name = "n"
    input_shape = [8, 8, 1]
    layers = [
        { type = "Conv2D", filters = 4, kernel_size = 3, strides = 2, dilation_rate = 1 },
        { type = "MaxPooling2D", pool_size = 3, strides = 1 },
        { type = "Block", layers = [{ type = "AveragePooling2D", pool_size = 4 }] },
        { type = "Normalization", mean = 0.5, variance = 1 },
    ]
    """
    conv, pool, block, normalization = loads_network(text, "memory").layers
    assert (conv.kernel_size, conv.strides, conv.dilation_rate) == ((3, 3), (2, 2), (1, 1))
    assert (pool.pool_size, pool.strides) == ((3, 3), (1, 1))
    assert block.layers[0].pool_size == (4, 4)
    assert (normalization.mean, normalization.variance) == ((0.5,), (1.0,))


@pytest.mark.parametrize(
    "data",
    [
        b'\xef\xbb\xbfname = "n"\ninput_shape = [8]\n',
        b'name = "n"\r\ninput_shape = [8]\r\n',
        b"# a comment\n\"name\" = 'n'\ninput_shape = [\n  8,\n]",
    ],
    ids=["byte order mark", "windows lines", "other spellings"],
)
def test_files_as_editors_write_them(tmp_path, data):
    path = tmp_path / "n.toml"
    path.write_bytes(data)
    assert read_network(path) == Network("n", (8,))
