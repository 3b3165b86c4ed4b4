"""Layers and networks drawn by Hypothesis from the layers' own declarations, so that a new layer is drawn too."""

from functools import cache

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from tui_cnn.core.layers import (
    LAYER_TYPES,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    EinsumDense,
    Embedding,
    Flatten,
    GlobalMaxPooling2D,
    Input,
    Masking,
    MaxPooling2D,
    Normalization,
    Permute,
    Route,
    Shared,
    SpectralNormalization,
    TimeDistributed,
)
from tui_cnn.core.layers.base import COMMON_FIELDS, is_composite
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.network import Network
from tui_cnn.core.shape import ShapeError
from tui_cnn.formats.fields import start

SMALL = 6
"""The largest number drawn for a field: enough for every case of the arithmetic, and quick to build."""

LEAVES = [kind for kind in LAYER_TYPES.values() if not kind.joins_others]

TIMES = st.sampled_from([1, 1, 1, 2, 3])
"""How often a block is repeated."""

shapes = st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple)
images = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, SMALL))


def _takes(kind, shape):
    """Tell whether a layer as a new one begins takes a shape; one that only minds its channels does."""
    try:
        start(kind).output_shape(shape)
    except ShapeError:
        return False
    return True


EXAMPLES = ((12,), (12, 12), (12, 12, 6), (6, 6, 6, 6))
ALONE = [Masking, Embedding, *(kind for kind in LEAVES if kind.times_given > 1)]
"""Not in stacks: what comes after a mask warns that it ignores it; a tensor given twice makes another graph."""

ON_IMAGES = [kind for kind in LEAVES if _takes(kind, (64, 64, 96)) and kind not in ALONE]
"""The leaves that work on images: the others would make nearly every stack one that cannot be built."""


def inputs_of(kind):
    """Draw shapes of the ranks that a kind of layer takes, and of others."""
    if kind in (Block, Branches):
        return st.one_of(shapes, images, images)
    ranks = [len(example) for example in EXAMPLES if _takes(kind, example)] or [3]
    fitting = st.one_of(*(st.lists(st.integers(1, 8), min_size=rank, max_size=rank).map(tuple) for rank in ranks))
    return st.one_of(shapes, images, fitting, fitting)


_EQUATIONS = (
    ("ab,bc->ac", 1),
    ("ab,bcd->acd", 2),
    ("abc,cd->abd", 2),
    ("...b,bc->...c", 1),
    ("...bc,bcd->...d", 1),
    ("ab...,bc->ac...", 1),
)


@cache
def layers_of(kind):
    """Layers of one type, heard, trained and without names; containers hold what `stacks` draws."""
    if kind is Block:
        return st.builds(Block, repeat=TIMES, layers=st.deferred(lambda: stacks(most=3, depth=1)))
    if kind is Branches:
        branches = st.lists(st.deferred(lambda: stacks(most=2, depth=1)), min_size=2, max_size=3).map(tuple)
        return st.builds(Branches, merge=_values(_declared(Branches)["merge"]), branches=branches)
    if kind is Normalization:  # on its own it would nearly always have means without variances
        numbers = st.lists(st.floats(0, 2, width=32), min_size=1, max_size=3).map(tuple)
        given = st.tuples(numbers, numbers).map(lambda pair: {"mean": pair[0], "variance": pair[1][: len(pair[0])]})
        return st.builds(lambda invert, given: kind(invert=invert, **given), st.booleans(), st.just({}) | given)
    if kind is Permute:
        orders = st.integers(1, 4).flatmap(lambda count: st.permutations(range(1, count + 1)))
        return st.builds(Permute, dims=orders.map(tuple))
    if kind is EinsumDense:
        return st.sampled_from(_EQUATIONS).flatmap(
            lambda drawn: st.builds(
                EinsumDense,
                equation=st.just(drawn[0]),
                target_shape=st.lists(st.integers(1, SMALL), min_size=drawn[1], max_size=drawn[1]).map(tuple),
                bias_axes=st.sampled_from([None, drawn[0].replace(".", "")[-1]]),
            )
        )
    if kind in (SpectralNormalization, TimeDistributed):
        held = st.sampled_from([one for one in LEAVES if one is not kind and not is_composite(one)]).flatmap(layers_of)
        return st.builds(kind, layer=held)
    drawn = {name: _values(declared) for name, declared in _declared(kind).items() if name not in COMMON_FIELDS}
    usual = {field.name: st.just(field.default) for field in msgspec.structs.fields(kind) if not field.required}
    # Each field on its own: of a dictionary's optional keys Hypothesis leaves out nearly all.
    return st.builds(
        kind, **{name: usual[name] | values if name in usual else values for name, values in drawn.items()}
    )


def any_layers(depth=2):
    """Layers of any type, containers nested `depth` deep at most."""
    any_leaf = st.sampled_from([kind for kind in LEAVES if kind not in ALONE]).flatmap(layers_of)
    on_images = st.sampled_from(ON_IMAGES).flatmap(layers_of)
    leaves = st.one_of(any_leaf, on_images, on_images, on_images)
    if depth == 0:
        return leaves
    inner = stacks(most=3, depth=depth - 1)
    branches = st.lists(inner, min_size=2, max_size=3).map(tuple)
    blocks = st.builds(Block, name=st.sampled_from(["", "stage"]), repeat=TIMES, layers=inner)
    merges = st.builds(Branches, merge=_values(_declared(Branches)["merge"]), branches=branches)
    return st.one_of(leaves, leaves, leaves, blocks, merges)


def stacks(most=5, depth=2, least=0):
    """Any layers, one after the other, that fit or do not."""
    return st.lists(any_layers(depth), min_size=least, max_size=most).map(tuple)


def networks(most=5, depth=2, least=1, inputs=shapes):
    """Networks that can be built or not."""
    return st.builds(Network, name=names, input_shape=inputs, layers=stacks(most, depth, least))


KINDS = (*LEAVES, Block, Branches)
"""The layers that need no other to be there."""


def mostly_sound(most=7, depth=2):
    """Networks on images, without most of the layers that cannot take their input: deep ones, of every shape."""
    return networks(most, depth, inputs=images).map(_without_misfits).filter(lambda network: network.layers)


def _merging(shape):
    """Stacks for a branch whose outputs, on the image `shape`, can be merged in many ways and refused in many more."""
    height, width, channels = shape
    wide = st.sampled_from([1, channels, channels + 1])
    whole = {"pool_size": (height, width)}
    last = st.one_of(
        st.builds(Conv2D, filters=wide, kernel_size=st.just((1, 1))),
        st.builds(Conv2D, filters=wide, kernel_size=st.just((3, 3)), padding=st.just("same")),
        st.builds(Dense, units=wide),
        st.builds(GlobalMaxPooling2D, keepdims=st.booleans()),
        st.just(MaxPooling2D(**whole)),
        st.just(MaxPooling2D(pool_size=(2, 2), strides=(1, 1), padding="same")),
        st.just(Flatten()),
    )
    return st.lists(last, max_size=2).map(tuple)


@st.composite
def merges(draw):
    """An image, and branches that are merged."""
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)))
    branches = draw(st.lists(_merging(shape), min_size=2, max_size=4))
    merge = draw(_values(_declared(Branches)["merge"]))
    return Network("merge", shape, (Branches(merge=merge, branches=tuple(branches)),))


@st.composite
def convolutions(draw):
    """A convolution on a larger image that mostly fits: in groups, and with strides or with a dilation."""
    groups, by_channels, by_filters = (draw(st.integers(1, 3)) for _ in range(3))
    layer = draw(layers_of(Conv2D))
    more_filters, more_channels = draw(st.sampled_from([(0, 0), (0, 0), (0, 0), (1, 0), (0, 1)]))
    layer = msgspec.structs.replace(layer, groups=groups, filters=groups * by_filters + more_filters)
    if one := draw(st.sampled_from(["strides", "strides", "dilation_rate", "dilation_rate", ""])):
        layer = msgspec.structs.replace(layer, **{one: (1, 1)})
    height, width = draw(st.integers(9, 20)), draw(st.integers(9, 20))
    return Network("convolution", (height, width, groups * by_channels + more_channels), (layer,))


def names_of(kind):
    """Draw names that a type of layer may have; those of blocks are no names of Keras."""
    if kind is Block:
        return st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="/"), max_size=64)
    return st.from_regex(inspect.type_info(kind).fields[0].type.type.pattern, fullmatch=True).filter(
        lambda name: len(name) <= 64
    )


names = st.text(
    st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="/\\"), min_size=1, max_size=64
)


def _without_misfits(network):
    kept, shape = [], network.input_shape
    for layer in network.layers:
        if not isinstance(layer, Block | Branches):
            try:
                shape = layer.output_shape(shape)
            except ShapeError:
                continue
        kept.append(layer)
    return msgspec.structs.replace(network, layers=tuple(kept))


@cache
def _declared(kind):
    return {field.name: field.type for field in inspect.type_info(kind).fields}


def _values(declared):
    """Draw what a declared type allows, numbers up to `SMALL`."""
    match declared:
        case inspect.Metadata(type=inner):
            return _values(inner)
        case inspect.LiteralType(values=words):
            return st.sampled_from(words)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.IntType(ge=-8):  # an axis: few images have eight
            return st.sampled_from([-1, -1, 1, 2, 3])
        case inspect.IntType(ge=least, le=most):
            return st.integers(least, min(most, SMALL))
        case inspect.FloatType(ge=-1):  # a strength
            return st.floats(0.125, 1, width=16)
        case inspect.FloatType(ge=None, gt=None):
            return st.floats(-2, 2, width=32).map(lambda number: number + 0.0)  # a minus zero is left out as a zero
        case inspect.FloatType(ge=least, gt=above, le=most):
            top = SMALL if most is None else most
            return st.floats(above if least is None else least, top, exclude_min=least is None, width=32)
        case inspect.StrType(pattern=str() as pattern):
            return st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
        case inspect.VarTupleType(item_type=inspect.FloatType(ge=-1)):
            return st.tuples(st.floats(0.125, 0.5, width=16), st.floats(0.5, 1, width=16))  # from 0: one number says it
        case inspect.VarTupleType(item_type=inspect.IntType(ge=-8)):
            several = st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True).map(tuple)
            return st.just((-1,)) | several
        case inspect.VarTupleType(item_type=item, min_length=least, max_length=most):
            return st.lists(_values(item), min_size=least or 1, max_size=min(most or 3, 3)).map(tuple)
        case inspect.StructType(cls=kind):
            return layers_of(kind)
        case inspect.TupleType(item_types=(inspect.FloatType(), inspect.FloatType())):  # the least and the largest
            return st.tuples(st.floats(0, 0.5, width=16), st.floats(1, 2, width=16))
        case inspect.TupleType(item_types=items):
            return st.tuples(*map(_values, items))
        case inspect.UnionType(types=options):
            return st.one_of(*map(_values, options))
    raise TypeError(f"no way to draw {declared}")


@st.composite
def graphs(draw, most=8):
    """Any acyclic graph, series-parallel or not: layers that go on from any earlier ones, share weights, are frozen.

    There may be several inputs and outputs; every layer leads to an output.
    """
    channels = 2
    image = (draw(st.integers(3, 5)), draw(st.integers(3, 5)), channels)
    same = {"kernel_size": (3, 3), "padding": "same"}
    leaves = [
        Conv2D(filters=channels, **same),
        Conv2D(filters=channels, activation="relu", **same),
        BatchNormalization(),
        MaxPooling2D(pool_size=(2, 2), strides=(1, 1), padding="same"),
        DepthwiseConv2D(**same),
    ]
    layers, ends, weighted = [], [NETWORK_INPUT], []
    loose = {NETWORK_INPUT}
    above = NETWORK_INPUT
    for number in range(draw(st.integers(1, most))):
        name = f"n{number}"
        kind = draw(st.sampled_from(["leaf", "leaf", "leaf", "jump", "merge", "merge", "shared", "input", "block"]))
        if kind == "merge" and len(ends) > 1:
            chosen = tuple(draw(st.lists(st.sampled_from(ends), min_size=2, max_size=3)))
            layers.append(Route(name=name, layers=chosen, merge=draw(st.sampled_from(["add", "multiply", "average"]))))
            loose -= {*chosen}
        elif kind == "input":
            layers.append(Input(name=name, shape=image))
        else:
            if kind == "jump":
                above = draw(st.sampled_from(ends))
                layers.append(Route(name=f"r{number}", layers=(above,)))
            loose.discard(above)
            if kind == "shared" and weighted:
                layers.append(Shared(name=name, layer=draw(st.sampled_from(weighted))))
            else:
                leaf = draw(st.sampled_from(leaves))
                leaf = msgspec.structs.replace(leaf, name=name, trainable=draw(st.booleans()))
                if kind == "block":
                    held = (leaf, leaves[0])
                    named = (msgspec.structs.replace(one, name=f"{name}_{place}") for place, one in enumerate(held))
                    leaf = Block(name=name, layers=tuple(named), trainable=draw(st.booleans()))
                layers.append(leaf)
                if not isinstance(leaf, MaxPooling2D):
                    weighted.append(name)
        ends.append(name)
        loose.add(name)
        above = name
    left = sorted(loose - {NETWORK_INPUT} - {layer.name for layer in layers if isinstance(layer, Input)})
    if not left or draw(st.booleans()):
        layers.append(Route(name="end", layers=tuple(sorted(loose)), merge="add"))
        return Network("graph", image, tuple(layers))
    if loose - {*left}:
        layers.append(Route(name="end", layers=tuple(sorted(loose - {*left})), merge="add"))
        left.append("end")
    outputs = tuple(left) if len(left) > 1 or left[0] != above else ()
    return Network("graph", image, tuple(layers), outputs)
