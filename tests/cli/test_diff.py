"""`cnn-tui diff`."""

import json

from tui_cnn.core import edits
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import save_network


def test_the_table(cnn_tui, tmp_path):
    narrow = edits.rename(edits.change(preset("fashion-cnn"), (2,), filters=48), "narrow")
    save_network(tmp_path / "narrow.toml", narrow)
    lines = cnn_tui("diff", "fashion-cnn", "narrow.toml").stdout.splitlines()
    assert lines[0] == "fashion-cnn → narrow"
    changed = next(line for line in lines if line.startswith("~"))
    assert "filters: 64 → 48" in changed
    assert "11×11×64 → 11×11×48  18,496 → 13,872  2,230,272 → 1,672,704     8" in changed
    assert "parameters: 93,322 → 79,482 (-14.8%)" in lines
    assert "MACs: 2,794,240 → 2,153,728 (-22.9%)" in lines


def test_the_problems_that_are_gone_and_the_new_ones(cnn_tui, tmp_path):
    mended = edits.change(preset("fashion-cnn"), (3,), padding="same")
    save_network(tmp_path / "mended.toml", edits.change(mended, (4,), activation="linear", kernel_size=(7, 7)))
    out = cnn_tui("diff", "fashion-cnn", "mended.toml").stdout
    assert "output: 10 → —\nreceptive field of the last feature map, in pixels: 18 → —\n" in out
    assert out.partition("resolved problems and new problems:\n")[2].splitlines() == [
        '- info[dropped]: layer 4: MaxPooling2D: image 11×11, window 2×2, stride 2: 1 row and 1 column dropped; fix: padding = "same"',  # noqa: E501
        (
            "+ error[shape]: layer 5: Conv2D: a 7×7 window does not fit into 6×6 (layer 2, MaxPooling2D, changed 26×26 "
            'to 13×13); fix: padding = "same"'
        ),
        (
            "+ warning[no-activation]: layer 5: Conv2D: no activation before the next Dense, so both act as one linear "
            'layer; fix: activation = "relu"'
        ),
    ]
    report = json.loads(cnn_tui("diff", "fashion-cnn", "mended.toml", "--json").stdout)
    assert [one["code"] for one in report["checks"]["gone"]] == ["dropped"]
    assert [one["code"] for one in report["checks"]["new"]] == ["shape", "no-activation"]
    assert report["output_shape"] == {"before": [10], "after": None}
    assert (report["receptive_field"]["before"]["size"], report["receptive_field"]["after"]) == ([18, 18], None)


def test_json(cnn_tui):
    report = json.loads(cnn_tui("diff", "fashion-cnn", "fashion-dnn", "--json").stdout)
    assert [layer["change"] for layer in report["layers"]] == ["removed"] * 5 + ["same", "changed", "same"]
    assert report["layers"][6]["fields"] == {"units": {"before": 64, "after": 128}}
    assert report["totals"]["params"] == {"before": 93_322, "after": 101_770}


def test_a_comment_for_a_pull_request(cnn_tui, tmp_path):
    """The last convolution with 5×5: 5·5·64·64 + 64 parameters on one cell, whose 64 values the dense layer takes."""
    wide = edits.change(preset("fashion-cnn"), (4,), kernel_size=(5, 5))
    save_network(tmp_path / "wide.toml", edits.rename(wide, "wide"))
    result = cnn_tui("diff", "fashion-cnn", "wide.toml", "--format", "markdown", "--exit-code")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "### fashion-cnn → wide: +35.1 % parameters, -9.4 % MACs, receptive field 18 → 26"
    assert "| parameters | 93,322 | 126,090 | +35.1 % |" in lines
    assert "| MACs | 2,794,240 | 2,532,096 | -9.4 % |" in lines
    assert "<details><summary>1 layer changed</summary>" in lines
    assert [line for line in lines if line.startswith("| `~` | 5 | Conv2D | kernel\\_size: 3×3 → 5×5 |")]


def test_the_exit_status_where_it_is_asked_for(cnn_tui, tmp_path):
    save_network(tmp_path / "same.toml", edits.rename(preset("lenet-5"), "same"))
    for other, status in (("same.toml", 0), ("fashion-cnn", 1)):
        assert cnn_tui("diff", "lenet-5", other, "--exit-code").exit_code == status
        assert cnn_tui("diff", "lenet-5", other).exit_code == 0
    same = cnn_tui("diff", "lenet-5", "same.toml", "--format", "markdown").stdout
    assert same.startswith("### lenet-5 → same: no differences\n")


def test_the_same(cnn_tui):
    out = cnn_tui("diff", "lenet-5", "lenet-5").stdout
    assert "→" not in out.partition("\n")[2]
    assert "~ " in out  # the legend only


def test_what_cannot_be_read(cnn_tui):
    result = cnn_tui("diff", "lenet-5", "nothing.toml")
    assert result.exit_code == 2
    assert result.stderr.startswith("nothing.toml: ")
