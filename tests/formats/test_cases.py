"""Small models of Keras 3 that were once read wrongly, with what Keras counts of each.

Parameters, trainable ones and output shapes are those of the model that Keras 3.15 builds from the file; MACs are from
an independent count over TensorFlow's graph, or by hand; FLOPs are TensorFlow's profiler's.
"""

from pathlib import Path

import msgspec
import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Opaque
from tui_cnn.formats.keras.reading import convert_model, read_keras
from tui_cnn.formats.keras.schema import loads_config

CASES = Path(__file__).with_name("cases")

EXPECTED = {
    "bn_variants": (822, 798, [(8, 8, 6)], None),
    "concat_axis1": (152, 152, [(336,)], 5_616),
    "concatenate_op": (112, 112, [(8, 8, 7)], 6_912),
    "conv1d": (218, 202, [(2,)], 16_016),
    "custom_merge": (142, 142, [(2,)], 24_312),
    "flops_scalar": (112, 112, [(144,)], None),
    "frozen_layer": (1_698, 1_570, [(2,)], None),
    "frozen_submodel": (549, 378, [(1,)], None),
    "identity": (112, 112, [(6, 6, 4)], 3_888),
    "ln_scale": (66, 50, [(8, 8, 6)], None),
    "mean_reduction": (122, 122, [(2,)], 6_920),
    "multi_output": (4_037, 4_037, [(2,), (3,)], None),
    "names_shift": (1_104, 1_104, [(2,)], None),
    "permute": (112, 112, [(4, 6, 4)], 2_592),
    "random_contrast": (40, 40, [(26, 26, 4)], 24_336),
    "resizing": (40, 40, [(30, 30, 4)], 32_400),
    "shared_layer": (148, 148, [(1024,)], 73_728),
    "shufflenet": (120, 120, [(2048,)], 26_624),
    "timedist": (19_110, 19_110, [(2,)], None),
    "transpose_output_padding": (804, 804, [(30, 30, 6)], 161_280),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_numbers(name):
    analysis = analyze(read_keras(CASES / f"{name}.json").network)
    params, trainable, outputs, macs = EXPECTED[name]
    assert (analysis.totals.params, analysis.totals.trainable) == (params, trainable)
    assert [analysis.shapes[number] for number in analysis.graph.outputs] == outputs
    assert analysis.totals.complete
    if macs is not None:
        assert analysis.totals.macs == macs


def test_flops_of_arithmetic():
    assert analyze(read_keras(CASES / "flops_scalar.json").network).totals.tf_flops == 8_208


def test_names_stay():
    rows = analyze(read_keras(CASES / "names_shift.json").network).rows
    shapes = {row.name: row.figures.output_shape for row in rows}
    assert (shapes["conv2d_1"], shapes["conv2d_2"]) == ((10, 10, 4), (8, 8, 6))


def test_behind_a_merge_that_is_unknown_all_else_is_known():
    entry = loads_config((CASES / "custom_merge.json").read_bytes(), "custom_merge.json")
    layers = [
        {**layer, "class_name": "Mine", "module": "mine"} if layer["class_name"] == "CustomScaleLayer" else layer
        for layer in entry.config["layers"]
    ]
    entry = msgspec.structs.replace(entry, config={**entry.config, "layers": layers})
    analysis = analyze(convert_model(entry, "custom_merge.json").network)
    (unknown,) = [row for row in analysis.rows if isinstance(row.layer, Opaque)]
    assert unknown.layer.inputs == ("conv2d", "conv2d_1")
    totals = analysis.totals
    assert (totals.params, totals.macs, analysis.output_shape) == (142, 24_312, (2,))
    assert (totals.complete, totals.params_complete) == (False, False)
