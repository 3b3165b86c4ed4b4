"""Every preset is a sound network that says what it is; the small ones are quick to train and fair to compare."""

import re
from itertools import pairwise
from math import prod

import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.layers import BatchNormalization, Block, Branches, Conv2D, DepthwiseConv2D, MaxPooling2D, Softmax
from tui_cnn.core.network import walk
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.presets import preset, preset_names, preset_path
from tui_cnn.formats.toml import dumps_network, loads_network

SMALL = [
    "all-conv",
    "fashion-classical",
    "fashion-cnn-strides",
    "fashion-dropout",
    "fashion-learned",
    "small-inception",
    "small-mobile",
    "small-resnet",
]


class TestEachFile:
    """What holds for every preset."""

    @pytest.fixture(params=preset_names())
    def name(self, request):
        return request.param

    def test_its_name_is_the_file_s(self, name):
        assert preset(name).name == name

    def test_it_can_be_built(self, name):
        assert [check for check in analyze(preset(name)).checks if check.severity == "error"] == []

    def test_a_round_trip_loses_nothing(self, name):
        assert loads_network(dumps_network(preset(name)), "memory") == preset(name)

    def test_it_begins_with_what_it_is_and_how_large(self, name):
        head = preset_path(name).read_text("utf-8").partition("\n\n")[0]
        assert all(line.startswith("#") for line in head.splitlines())
        totals = analyze(preset(name)).totals
        assert {f"{totals.trainable:,}", f"{totals.params:,}"} & set(re.findall(r"[\d,]*\d", head))

    def test_the_model_that_is_trained(self, keras, name):
        """Its weights are declared and never filled, which would take gigabytes."""
        from tui_cnn.worker.build import build

        analysis = analyze(preset(name))
        with keras.StatelessScope(initialize_variables=False):
            model = build(preset(name))
        assert model.output_shape == (None, *analysis.output_shape)
        weights = (model.trainable_weights, model.non_trainable_weights)
        trainable, non_trainable = (sum(prod(weight.shape) for weight in part) for part in weights)
        assert (trainable, non_trainable) == (analysis.totals.trainable, analysis.totals.non_trainable)

    def test_the_shapes_in_its_comments(self, name):
        _head, *tables = preset_path(name).read_text("utf-8").split("[[layers]]")
        given = {
            index: match[1]
            for index, before in enumerate([_head, *tables[:-1]])
            if (match := re.search(r"# gives ([\d×]+)\s*$", before))
        }
        rows = {row.path: row for row in analyze(preset(name)).rows}
        blocks = {index for index, layer in enumerate(preset(name).layers) if isinstance(layer, Block)}
        assert given == {index: format_shape(rows[(index,)].figures.output_shape) for index in blocks}


FINDINGS = {
    "alexnet": ["dense-heavy"],
    "alexnet-grouped": ["dense-heavy"],
    "fashion-classical": ["dropped", "small-field", "dense-heavy"],
    "fashion-cnn": ["dropped"],
    "fashion-cnn-strides": ["dropped"],
    "fashion-dropout": ["dropped"],
    "fashion-learned": ["dropped", "small-field", "dense-heavy"],
    "lenet-5": ["dense-heavy"],
    "resnet-9": ["dropped"],
    "resnet-50": ["bias-before-normalization"],
    "vgg-16": ["dense-heavy"],
    "yolo-v1": ["dense-heavy"],
}
"""What is worth knowing of the classics: all of it true, none of it more than a remark."""


@pytest.mark.parametrize("name", preset_names())
def test_a_sound_network_has_no_warnings_and_fixes_mend_its_remarks(name):
    network = preset(name)
    (*classes,) = analyze(network).output_shape
    checks = analyze(network, TrainingContext(classes=classes[0] if len(classes) == 1 else None, steps=10_000)).checks
    assert [check.code for check in checks] == FINDINGS.get(name, [])
    for check in checks:
        assert check.severity == "info"
        if check.code == "small-field":  # there is more than one way to see more
            assert check.fix is None
            continue
        mended = analyze(check.fix.apply(network))
        assert mended.output_shape == analyze(network).output_shape
        assert check.code not in {one.code for one in mended.checks}


class TestSmallOnes:
    """Networks to train on Fashion-MNIST in minutes."""

    @pytest.mark.parametrize("name", SMALL)
    def test_size(self, name):
        analysis = analyze(preset(name))
        assert preset(name).input_shape == (28, 28, 1)
        assert analysis.output_shape == (10,)
        assert 20_000 <= analysis.totals.params <= 250_000
        assert analysis.totals.macs <= 10_000_000

    @pytest.mark.parametrize("name", SMALL)
    def test_it_ends_in_a_softmax(self, name):
        last = preset(name).layers[-1]
        assert isinstance(last, Softmax) or last.activation == "softmax"

    @pytest.mark.parametrize("name", SMALL)
    def test_a_normalized_convolution_has_no_bias(self, name):
        layers = leaves(name)
        before = [first for first, then in pairwise(layers) if isinstance(then, BatchNormalization)]
        assert not any(layer.use_bias for layer in before)
        assert bool(before) == (not name.startswith("fashion-"))

    def test_all_conv_has_neither_pools_nor_dense_layers(self):
        kinds = {type(layer).__name__ for layer in leaves("all-conv")}
        assert kinds == {"Conv2D", "BatchNormalization", "Activation", "GlobalAveragePooling2D", "Softmax"}

    def test_all_conv_is_as_large_as_the_network_to_compare_it_with(self):
        ratio = analyze(preset("all-conv")).totals.params / analyze(preset("fashion-cnn")).totals.params
        assert 0.9 <= ratio <= 1.1

    def test_strides_in_place_of_pools_change_nothing_but_the_pools(self):
        pools, strides = analyze(preset("fashion-cnn")), analyze(preset("fashion-cnn-strides"))
        for pool, stride in zip(pools.rows, strides.rows, strict=True):
            assert (pool.figures.output_shape, pool.field) == (stride.figures.output_shape, stride.field)
            if isinstance(pool.layer, MaxPooling2D):
                kernel, step = pool.layer.window.kernel, pool.layer.window.strides
                assert (stride.layer.kernel_size, stride.layer.strides) == (kernel, step)
            else:
                assert pool.layer == stride.layer

    def test_small_mobile_mixes_channels_in_1x1_only(self):
        _stem, *convolutions = [layer for layer in leaves("small-mobile") if hasattr(layer, "kernel_size")]
        assert [type(layer) for layer in convolutions] == [DepthwiseConv2D, Conv2D] * 4
        assert {layer.kernel_size for layer in convolutions[1::2]} == {(1, 1)}

    @pytest.mark.parametrize(
        ("name", "merges"), [("small-resnet", ["add"] * 3), ("small-inception", ["concatenate"] * 3)]
    )
    def test_branches(self, name, merges):
        layers = [layer for _path, layer in walk(preset(name).layers)]
        assert [layer.merge for layer in layers if hasattr(layer, "merge")] == merges


def leaves(name):
    """Return the layers of a preset that hold no others, in order."""
    return [layer for _path, layer in walk(preset(name).layers) if not isinstance(layer, Block | Branches)]
