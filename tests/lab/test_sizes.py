"""The calculator: the worked numbers of the notes and of papers, and the layers of a network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Dense, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.lab.sizes import Link, Slide, chain, compare, dense, stacked
from tui_cnn.lab.windows import WindowError, windows


def test_the_chain_of_the_notes():
    links = chain(39, (Slide(3), Slide(5, s=2), Slide(5, s=2)))
    assert [link.size for link in links] == [39, 37, 17, 7]
    assert links[-1] == Link(7, 15, 4)
    assert Slide(3, s=2).formula(7) == "floor((7 + 2·0 - 3) / 2) + 1 = 3"
    with pytest.raises(WindowError, match="does not fit into 2 pixels"):
        chain(4, (Slide(3), Slide(3)))


slides_of_keras = st.lists(
    st.one_of(
        st.builds(Slide, st.integers(1, 5), st.sampled_from([0, "same"]), st.integers(1, 3), st.just(1),
                  st.integers(1, 8)),
        st.builds(Slide, st.integers(1, 4), st.sampled_from([0, "same"]), st.just(1), st.integers(1, 3),
                  st.integers(1, 8)),
        st.builds(Slide, st.integers(1, 4), st.sampled_from([0, "same"]), st.integers(1, 3), is_pooling=st.just(True)),
    ),
    max_size=4,
)  # fmt: skip


def layer_of(slide, convolution, pooling):
    """The layer that a window is, of our classes or of those of Keras."""
    padding = {0: "valid"}.get(slide.p, slide.p)
    sizes = {"strides": (slide.s, slide.s), "padding": padding}
    if slide.is_pooling:
        return pooling(pool_size=(slide.f, slide.f), **sizes)
    dilation = {"dilation_rate": (slide.d, slide.d)}
    return convolution(filters=slide.filters, kernel_size=(slide.f, slide.f), **sizes, **dilation)


@given(st.integers(5, 40), slides_of_keras, st.integers(1, 4))
@settings(max_examples=40)
def test_a_chain_has_the_shapes_of_keras(keras, n, slides, channels):
    """With padding of both kinds, dilation, filters and pooling, as far as it goes."""
    shape = (1, n, n, channels)
    for number, slide in enumerate(slides, start=1):
        layer = layer_of(slide, keras.layers.Conv2D, keras.layers.MaxPooling2D)
        try:
            shape = layer.compute_output_shape(shape)
        except ValueError:
            shape = (0,)
        if min(shape) < 1:
            with pytest.raises(WindowError):
                chain(n, slides[:number], channels)
            return
        assert chain(n, slides[:number], channels)[-1].shape == tuple(shape[1:])


@given(st.integers(5, 40), slides_of_keras, st.integers(1, 4))
def test_a_chain_is_a_network(n, slides, channels):
    layers = tuple(layer_of(slide, Conv2D, MaxPooling2D) for slide in slides)
    analysis = analyze(Network("chain", (n, n, channels), layers))
    if analysis.output_shape is None and layers:
        with pytest.raises(WindowError):
            chain(n, slides, channels)
        return
    expected = [(row.figures.output_shape, row.field.down.size, row.field.down.stride) for row in analysis.rows]
    found = [(link.shape, link.field, link.step) for link in chain(n, slides, channels)[1:]]
    assert found == expected


def test_formulas_of_same_padding_and_of_dilation():
    """As TensorFlow documents `tf.nn.convolution`: ceil(28 / 2); three taps, two apart, reach over 5."""
    assert Slide(3, "same", 2).formula(28) == "ceil(28 / 2) = 14"
    assert Slide(3, d=2).formula(28) == "floor((28 + 2·0 - 5) / 1) + 1 = 24"
    assert Slide(3, d=2, is_pooling=True).size(28) == 26, "pooling has no dilation"


def test_alexnets_first_layer():
    """Krizhevsky et al., 2012: 227×227×3, 96 filters of 11×11 at stride 4; unshared it would be 105,705,600."""
    convolution, unshared, _dense = compare((227, 227, 3), Slide(11, s=4), 96)
    assert convolution == (34_944, "(11·11·3 + 1)·96", 105_415_200)
    assert unshared == (105_705_600, "(11·11·3 + 1)·55·55·96", 105_415_200)


def test_why_not_dense():
    """1,000 units on 64×64×3 are some 12 million weights, on 1,000×1,000×3 some 3 billion."""
    assert dense(64 * 64 * 3, 1000).parameters - 1000 == 12_288_000
    assert dense(1000 * 1000 * 3, 1000).parameters - 1000 == 3_000_000_000


@given(st.integers(3, 9), st.integers(1, 3), st.integers(1, 3), st.integers(1, 5))
def test_counts_are_those_of_the_layers(side, channels, f, filters):
    compared = compare((side, side, channels), Slide(f), filters)
    layer = Conv2D(filters=filters, kernel_size=(f, f))
    network = Network("one", (side, side, channels), (layer,))
    out = side - f + 1
    assert compared.convolution.parameters == analyze(network).totals.params
    flat = Network("flat", (side, side, channels), (Flatten(), Dense(units=out * out * filters)))
    assert compared.dense.parameters == analyze(flat).totals.params
    assert compared.convolution.macs == compared.unshared.macs == analyze(network).totals.macs
    assert compared.dense.macs == analyze(flat).totals.macs
    assert compared.unshared.parameters == compared.convolution.parameters * out * out


def test_two_small_kernels_for_a_large_one():
    """Simonyan and Zisserman, 2014: three 3×3 layers see 7×7 and have 27C² weights, one 7×7 layer has 49C²."""
    assert stacked(3, 2, 64).field == stacked(5, 1, 64).field == 5
    assert (stacked(3, 3, 1).parameters, stacked(7, 1, 1).parameters) == (27, 49)
    assert stacked(3, 3, 1).field == stacked(7, 1, 1).field


@pytest.mark.parametrize("p", [0, 1, 2, 3])
@pytest.mark.parametrize("s", [1, 2, 3])
def test_zeros_count_on_both_sides(p, s):
    """As many places as the stepper has, whose zeros can be seen."""
    for n in range(5, 12):
        laid = windows(np.zeros((n, n, 1)), (5, 5), (s, s), p)
        assert Slide(5, p, s).size(n) == laid.down.places
        assert Slide(5, p, s).formula(n) == laid.down.formula()
