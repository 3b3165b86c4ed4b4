"""What is wrong is said exactly, and the fix that goes with it mends it."""

import pytest
from hypothesis import event, given, settings

from tests.core.strategies import mostly_sound, networks
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.checks import TrainingContext, grouped
from tui_cnn.core.layers import (
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Cropping2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Normalization,
    ReLU,
    UpSampling2D,
)
from tui_cnn.core.network import Network, walk


def network(*layers, shape=(8, 8, 1)):
    return Network("net", shape, layers)


def errors(broken):
    return [check for check in analyze(broken).checks if check.severity == "error"]


CONVOLUTION = Conv2D(filters=4, kernel_size=(3, 3))
SAME = Conv2D(filters=8, kernel_size=(3, 3), padding="same")


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (network(), "the network has no layers; add one"),
        (
            network(MaxPooling2D(), MaxPooling2D(), CONVOLUTION),
            (
                "layer 3: Conv2D: a 3×3 window does not fit into 2×2 (layer 2, MaxPooling2D, changed 4×4 "
                'to 2×2); fix: padding = "same"'
            ),
        ),
        (
            network(*[MaxPooling2D()] * 4),
            (
                "layer 4: MaxPooling2D: a 2×2 window does not fit into 1×1 (layer 3, MaxPooling2D, changed 2×2 "
                "to 1×1); fix: delete the layer"
            ),
        ),
        (
            network(CONVOLUTION, shape=(1, 1, 1)),
            "layer 1: Conv2D: a 3×3 window does not fit into 1×1; fix: kernel_size = [1, 1]",
        ),
        (
            network(MaxPooling2D(pool_size=(2, 3)), shape=(1, 8, 1)),
            "layer 1: MaxPooling2D: a 2×3 window does not fit into 1×8; fix: pool_size = [1, 3]",
        ),
        (
            network(Conv2D(filters=6, kernel_size=(1, 1), groups=4), shape=(8, 8, 4)),
            "layer 1: Conv2D: 6 filters cannot be split into 4 groups; fix: groups = 2",
        ),
        (
            network(Conv2D(filters=6, kernel_size=(1, 1), strides=(2, 2), dilation_rate=(3, 3))),
            "layer 1: Conv2D: strides 2×2 and dilation 3×3 cannot be combined; fix: dilation_rate = [1, 1]",
        ),
        (
            network(CONVOLUTION, Flatten(), Dense(units=3), CONVOLUTION),
            "layer 4: Conv2D: needs height × width × channels, but gets 3; fix: move it to position 2, before Flatten",
        ),
        (
            network(GlobalAveragePooling2D(), GlobalAveragePooling2D()),
            (
                "layer 2: GlobalAveragePooling2D: needs height × width × channels, but gets 1; "
                "fix: delete it, its input is already flat"
            ),
        ),
        (network(CONVOLUTION, shape=(784,)), "layer 1: Conv2D: needs height × width × channels, but gets 784"),
        (
            network(Block(layers=(CONVOLUTION, Branches(branches=((MaxPooling2D(),), ()))))),
            (
                "layer 1.2: Branches: add needs branches of the same shape, but gets 3×3×4, 6×6×4 "
                "(height, width differ); fix: add a 1×1 Conv2D with 4 filters and strides 2×2 to branch 2"
            ),
        ),
        (
            network(Branches(branches=((), (Flatten(), MaxPooling2D())), merge="multiply")),
            (
                "layer 1.2.2: MaxPooling2D: needs height × width × channels, but gets 64; "
                "fix: move it to position 1.2.1, before Flatten"
            ),
        ),
        (
            network(Flatten(name="a"), Dense(units=1, name="a")),
            "layer 2: the name “a” is already used by layer 1; names must be unique; fix: remove the name",
        ),
        (
            network(*[UpSampling2D(size=(1024, 1024))] * 4),
            "layer 3: UpSampling2D: the output has more values than TensorFlow can count",
        ),
        (
            network(Normalization(mean=(0.5,))),
            (
                "layer 1: Normalization: needs the same number of means and variances, but has 1 and 0; "
                "fix: remove mean, remove variance"
            ),
        ),
        (
            network(Normalization(mean=(0.5, 0.4), variance=(1.0, 2.0))),
            (
                "layer 1: Normalization: has 2 means and variances for 1 channels; give one per channel, "
                "or one for all; fix: mean = [0.5], variance = [1.0]"
            ),
        ),
        (
            network(Flatten(name="input_layer")),
            "layer 1: the name “input_layer” is already used by the input; names must be unique; fix: remove the name",
        ),
    ],
)
def test_the_line(broken, line):
    assert [str(check) for check in errors(broken)] == [line]


@pytest.mark.parametrize(
    ("merge", "branches", "label"),
    [
        ("add", ((Conv2D(filters=4, kernel_size=(3, 3)),), ()), 'set padding = "same" in branch 1'),
        ("add", ((Conv2D(filters=8, kernel_size=(1, 1)),), ()), "add a 1×1 Conv2D with 8 filters to branch 2"),
        (
            "add",
            ((Conv2D(filters=8, kernel_size=(3, 3), strides=(2, 2), padding="same"), SAME), ()),
            "add a 1×1 Conv2D with 8 filters and strides 2×2 to branch 2",
        ),
        # A branch that ends in a convolution needs no second one.
        (
            "add",
            ((Conv2D(filters=8, kernel_size=(1, 1)),), (Conv2D(filters=6, kernel_size=(1, 1)),)),
            "set filters = 8 in branch 2",
        ),
        (
            "add",
            (
                (Conv2D(filters=8, kernel_size=(3, 3), strides=(2, 2), padding="same"), SAME),
                (Conv2D(filters=6, kernel_size=(1, 1)), ReLU()),
            ),
            "set filters = 8, strides = [2, 2] in branch 2",
        ),
        ("concatenate", ((MaxPooling2D(),), (SAME,)), "add a 2×2 MaxPooling2D to branch 2"),
        (
            "concatenate",
            ((Cropping2D(cropping=((1, 2), (0, 3))),), ()),
            "add a Cropping2D that crops to 5×5 to branch 2",
        ),
        ("add", ((Flatten(),), ()), None),
    ],
)
def test_what_branches_need(merge, branches, label):
    """A projection as in He et al., 2015, section 3.3; a pooling as beside Inception's strides; a crop as in U-Net."""
    broken = network(Branches(merge=merge, branches=branches), shape=(8, 8, 4))
    (found,) = errors(broken)
    assert (found.fix.label if found.fix else None) == label
    if found.fix:
        assert errors(found.fix.apply(broken)) == []


def test_a_shortcut_around_an_odd_size():
    """7 becomes 4 at a stride of 2, which is less than twice as small."""
    main = (Conv2D(filters=8, kernel_size=(3, 3), strides=(2, 2), padding="same"), SAME)
    broken = network(Branches(branches=(main, ())), shape=(7, 7, 4))
    (found,) = errors(broken)
    assert found.fix.label == "add a 1×1 Conv2D with 8 filters and strides 2×2 to branch 2"
    assert errors(found.fix.apply(broken)) == []


def test_codes():
    assert analyze(network()).checks[0].code == "empty"
    assert analyze(network(CONVOLUTION, shape=(2, 2, 1))).checks[0].code == "shape"
    assert analyze(network(Flatten(name="a"), Flatten(name="a"))).checks[0].code == "duplicate-name"


def test_blocks_may_share_a_name():
    stage = Block(name="stage", layers=(CONVOLUTION,))
    assert errors(network(stage, stage)) == []


def test_every_duplicate_is_named():
    assert [check.path for check in errors(network(*[Flatten(name="a")] * 3))] == [(1,), (2,)]


def test_a_fixed_network_has_its_layer_where_the_label_says():
    broken = network(CONVOLUTION, Flatten(), Dense(units=3), CONVOLUTION)
    fixed = analyze(broken).checks[0].fix.apply(broken)
    assert fixed.layers == (CONVOLUTION, CONVOLUTION, Flatten(), Dense(units=3))


def with_names(broken):
    """Name every layer by its path, so that it can be found again after an edit."""
    for path, _ in walk(broken.layers):
        broken = edits.change(broken, path, name=f"{path}")
    return broken


@given(networks() | mostly_sound())
@settings(max_examples=400)
def test_every_fix_removes_its_finding_and_adds_no_error(broken):
    """What lies behind a layer that could not be built was not known: only what was sound must stay so."""
    context = TrainingContext(classes=10, steps=100)
    broken = with_names(broken)
    before = analyze(broken, context)
    sound = {row.name for row in before.rows if row.figures is not None}
    alone = [group for check in before.checks for group in grouped([check])]
    for found in {*alone, *grouped(before.checks)}:
        if found.fix is None:
            continue
        code, message = found.checks[0].code, found.checks[0].message
        event(code)
        named = {edits.layer_at(broken, check.path).name for check in found.checks if check.fix}
        fixed = found.fix.apply(broken)
        assert fixed != broken
        after = analyze(fixed, context)
        again = [check for check in after.checks if check.code == code]
        if code == "shape":  # a layer with several faults has them fixed one at a time
            again = [check for check in again if check.message == message]
        assert named.isdisjoint(edits.layer_at(fixed, check.path).name for check in again)
        assert [row.name for row in after.rows if row.error and row.name in sound] == []
        assert {check.code for check in errors(fixed)} <= {"shape", *(check.code for check in errors(broken))}


def test_fixes_of_equal_findings():
    """A dropout goes behind all normalizations whose statistics it shifts; deleted layers leave no gap."""
    dropouts = network(Dropout(rate=0.1), BatchNormalization(), Dropout(rate=0.1), BatchNormalization())
    activations = network(ReLU(), CONVOLUTION, ReLU(), MaxPooling2D(), ReLU(), MaxPooling2D(), ReLU())
    for broken, code, left in (
        (dropouts, "dropout-before-normalization", (BatchNormalization(),) * 2 + (Dropout(rate=0.1),) * 2),
        (activations, "repeated-activation", (ReLU(), CONVOLUTION, ReLU(), MaxPooling2D(), MaxPooling2D())),
    ):
        (group,) = [group for group in grouped(analyze(broken).checks) if group.checks[0].code == code]
        assert len(group.checks) == 2
        assert group.fix.apply(broken).layers == left


@pytest.mark.parametrize(
    ("code", "layer"),
    [
        ("dropped", MaxPooling2D(pool_size=(3, 3))),
        ("stride-gap", MaxPooling2D(strides=(3, 3))),
    ],
)
def test_no_fix_where_the_branches_would_no_longer_fit(code, layer):
    """Alone each has one: it changes 8 to another size than the other branch has."""
    alone, beside = network(layer, shape=(8, 8, 4)), network(Branches(branches=((layer,), (layer,))), shape=(8, 8, 4))
    assert [bool(check.fix) for check in analyze(alone).checks if check.code == code] == [True]
    assert [check.fix for check in analyze(beside).checks if check.code == code] == [None, None]


@given(networks())
@settings(max_examples=300)
def test_fixes_come_to_an_end_with_the_layer_mended(broken):
    """A layer with several faults is mended one at a time."""
    broken = with_names(broken)
    found = next((check for check in errors(broken) if check.fix), None)
    if found is None:
        return
    name = edits.layer_at(broken, found.path).name
    for _ in range(4):
        broken = found.fix.apply(broken)
        row = next((row for row in analyze(broken).rows if row.name == name), None)
        if row is None or row.error is None:
            return
        found = next(check for check in errors(broken) if check.path == row.path)
        if found.fix is None:
            return
    raise AssertionError(str(found))


@pytest.mark.parametrize(
    ("shape", "image", "lost"),
    [
        ((28, 28, 1), (28, 28, 1), None),
        ((32, 32, 3), (28, 28, 1), None),
        ((28, 28, 1), (28, 28, 3), "colour"),
        ((28, 32, 3), (32, 32, 3), "resolution"),
        ((8, 8, 1), (32, 32, 3), "colour and resolution"),
    ],
)
def test_what_the_input_loses_of_the_images(shape, image, lost):
    analysis = analyze(network(Flatten(), Dense(units=10), shape=shape), TrainingContext(classes=10, image_shape=image))
    found = [check for check in analysis.checks if check.code == "input"]
    if lost is None:
        assert not found
        return
    (check,) = found
    sizes = ("×".join(map(str, each)) for each in (shape, image))
    assert check.message == "the input is {}, so images of {} lose {}".format(*sizes, lost)
    assert check.severity == "info"
    assert check.fix.apply(analysis.network).input_shape == image


def test_colour_that_a_grey_input_loses_of_images_of_different_sizes():
    def found(shape, **known):
        analysis = analyze(network(Flatten(), Dense(units=10), shape=shape), TrainingContext(**known))
        return [check for check in analysis.checks if check.code == "input"]

    (check,) = found((28, 20, 1), in_colour=True)
    assert check.message == "the input is 28×20×1, so images in colour are trained on in grey"
    assert check.severity == "info"
    assert check.fix.label == "set the input to 28×20×3"
    assert check.fix.apply(network(shape=(28, 20, 1))).input_shape == (28, 20, 3)
    assert not found((28, 20, 3), in_colour=True)
    assert not found((28, 20, 1))
    assert not found((28, 20), in_colour=True)


def test_an_input_that_the_layers_cannot_take_is_not_offered():
    """Of 12 rows 20 cannot be cut off."""
    broken = network(Cropping2D(cropping=((10, 10), (10, 10))), Flatten(), Dense(units=10), shape=(28, 28, 1))
    (check,) = [
        check for check in analyze(broken, TrainingContext(image_shape=(12, 40, 1))).checks if check.code == "input"
    ]
    assert check.fix is None
