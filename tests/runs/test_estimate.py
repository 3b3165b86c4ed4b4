"""What a run will take, from what the machine is known to have done."""

import msgspec
import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Dense,
    Dropout,
    FixedConv2D,
    Flatten,
    MaxPooling2D,
)
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.estimate import Estimate, batches_per_epoch, estimate, precision_of
from tui_cnn.runs.events import PrecisionTrial
from tui_cnn.runs.machine import Machine, Measurement, digest, features, read_machine, record
from tui_cnn.runs.recipe import ImageCounts, Recipe
from tui_cnn.runs.runtime import thread_count

PRICES = {"step": 1e-3, "layers": 5e-5, "convolution": 2e-11, "channelwise": 1e-10, "dense": 4e-11, "values": 1e-9}
THREADS = thread_count(Recipe())
KNOWN = ("fashion-dnn", "lenet-5", "small-resnet", "small-mobile", "small-inception", "all-conv")


def cost(name, recipe):
    counted = features(analyze(preset(name)), recipe)
    return sum(counted[feature] * price for feature, price in PRICES.items())


def measured(name, recipe, **fields):
    counted = features(analyze(preset(name)), recipe)
    one = Measurement(
        network=digest(preset(name)),
        precision="float32",
        batch_size=recipe.batch_size,
        threads=THREADS,
        features=counted,
        step_seconds=cost(name, recipe),
    )
    return msgspec.structs.replace(one, **fields)


def machine(**fields):
    recipes = (Recipe(batch_size=32), Recipe(batch_size=128))
    return Machine(name="m", measured=tuple(measured(name, recipe, **fields) for name in KNOWN for recipe in recipes))


def test_features_are_counted_by_hand():
    counted = features(analyze(preset("fashion-dnn")), Recipe(batch_size=10))
    assert counted["layers"] == 2.5  # nothing goes back through Flatten
    assert counted["dense"] == pytest.approx(10 * (784 * 128 * 2 / 3 + 128 * 10))
    assert counted["values"] == 10 * (784 / 2 + 2 * 128 + 2 * 10)  # the activations within give as many again
    assert counted["parameters"] == 101_770
    assert counted["convolution"] == counted["patches"] == counted["channelwise"] == 0


def test_patches_of_convolutions_are_counted_by_hand():
    first = Conv2D(filters=4, kernel_size=(3, 3), padding="same", activation="relu")
    network = Network("n", (8, 8, 2), (first, BatchNormalization(), Conv2D(filters=6, kernel_size=(1, 1))))
    counted = features(analyze(network), Recipe(batch_size=10))
    assert counted["patches"] == 10 * 64 * (9 * 2 + 4)  # of 3×3 places in 2 channels, and of one in 4
    assert counted["back_patches"] == 10 * 64 * 6  # nothing goes back through the first
    assert counted["normalized"] == 10 * 64 * 4
    assert counted["values"] == 10 * 64 * (4 + 4 + 4 + 6)


def test_patches_of_what_slides_in_another_way_are_counted_by_hand():
    """The filters of a bank have a size that is no field of theirs, and a transposed convolution spreads its input."""
    first = Conv2D(filters=1, kernel_size=(1, 1))
    spread = Conv2DTranspose(filters=6, kernel_size=(2, 2), strides=(2, 2))
    network = Network("n", (8, 8, 2), (first, FixedConv2D(bank="sobel"), spread))
    counted = features(analyze(network), Recipe(batch_size=10))
    fixed = 10 * 36 * 9  # places of the 3×3 kernels of four filters, which do not learn
    assert counted["patches"] == 10 * 64 * 2 + fixed / 2 + 10 * 36 * 4 * 4
    assert counted["back_patches"] == fixed * 4 + 10 * 36 * 4 * 6


def test_a_repeated_block_costs_what_all_its_times_do_and_a_muted_layer_nothing():
    grown = Branches(merge="concatenate", branches=((), (Conv2D(filters=4, kernel_size=(3, 3), padding="same"),)))
    head = (Flatten(), Dense(units=10))
    muted = Dropout(rate=0.5, muted=True)
    declared = Network("n", (8, 8, 1), (muted, Block(repeat=3, layers=(grown, muted)), *head))
    written = Network("n", (8, 8, 1), (grown, grown, grown, *head))
    counted = features(analyze(declared), Recipe(batch_size=1))
    assert counted == features(analyze(written), Recipe(batch_size=1))
    assert counted["values"] == 64 * (4 + 4 + 4 + 13) + 10  # all but the containers learn, or are behind what does


def test_filters_that_do_not_learn_are_only_gone_through():
    fixed = FixedConv2D(bank="sobel")  # four of them
    network = Network("n", (28, 28, 1), (fixed, MaxPooling2D(), Flatten(), Dense(units=10)))
    counted = features(analyze(network), Recipe(batch_size=10))
    assert counted["convolution"] == pytest.approx(10 * 26 * 26 * 4 * 9 / 3)
    assert counted["layers"] == 1.5 + 1
    assert counted["values"] == 10 * ((26 * 26 + 13 * 13 + 13 * 13) * 4 / 2 + 10)


def predict(analysis, recipe, machine):
    return estimate(analysis, recipe, recipe.image_counts(60_000), machine)


def test_a_machine_that_costs_so_is_found_out():
    """The prices are made up; the network whose time is told is none of those that were measured."""
    for batch_size in (32, 64):
        recipe = Recipe(batch_size=batch_size, validation=0.0)
        told = predict(analyze(preset("fashion-cnn")), recipe, machine())
        assert told.source == "estimated"
        steps = -(-60_000 // batch_size)
        assert told.seconds_per_epoch == pytest.approx(steps * cost("fashion-cnn", recipe), rel=0.1)


def test_what_was_measured_itself_is_told_as_it_was():
    recipe = Recipe(validation=0.25, limit=6400)
    told = predict(analyze(preset("lenet-5")), recipe, machine(memory=7e8))
    step = cost("lenet-5", recipe)
    assert told == (pytest.approx((150 + 50 / 3) * step), 7e8, "measured", 0.0)


def compiling(counted):
    return 0.3 + 0.05 * counted["layers"]


def saving(counted):
    return 0.02 + 0.003 * counted["layers"] + 1e-8 * counted["parameters"]


def test_a_run_compiles_first_saves_each_epoch_and_is_tested():
    """The prices are made up; a batch is evaluated in a fifth of a step."""
    known = [
        msgspec.structs.replace(
            one,
            evaluation_seconds=one.step_seconds / 5,
            compile_seconds=compiling(one.features),
            save_seconds=saving(one.features),
        )
        for one in machine().measured
    ]
    recipe = Recipe(epochs=3, validation=0.25, limit=6400)
    name, counts = "fashion-cnn", recipe.image_counts(60_000)
    counted, step = features(analyze(preset(name)), recipe), cost(name, recipe)
    told = estimate(analyze(preset(name)), recipe, counts, Machine(name="m", measured=tuple(known)), 9_600)
    assert told.seconds_per_epoch == pytest.approx((150 + 50 / 5) * step + 2 * saving(counted), rel=0.1)
    assert told.beside == pytest.approx(compiling(counted) + 300 / 5 * step, rel=0.1)
    assert told.seconds(recipe) == told.beside + 3 * told.seconds_per_epoch
    # What a run of its own has measured counts alone; how long compiling takes is known from the others.
    own = measured(name, recipe, step_seconds=0.01, evaluation_seconds=0.002)
    told = estimate(analyze(preset(name)), recipe, counts, Machine(name="m", measured=(*known, own)), 9_600)
    assert told.source == "measured"
    assert told.seconds_per_epoch == pytest.approx(150 * 0.01 + 50 * 0.002 + 2 * saving(counted), rel=0.01)
    assert told.beside == pytest.approx(compiling(counted) + 300 * 0.002, rel=0.01)


def test_the_epochs_that_fit_into_some_minutes():
    recipe = Recipe(minutes=2.0)
    assert [Estimate(each, None, "measured").epochs(recipe) for each in (7.0, 500.0, None)] == [17, 1, 5]
    assert Estimate(7.0, None, "measured").epochs(Recipe(epochs=3)) == 3
    assert Estimate(7.0, None, "measured", beside=10.0).epochs(recipe) == 15
    assert Estimate(None, None, "unknown").seconds(recipe) is None
    # 1,000 batches of 32 and a test of 300, of 10 ms each; the images of validation are gone through forward only.
    counts = ImageCounts(32_000, 9_600)
    assert batches_per_epoch(recipe, counts) == pytest.approx(1_000 + 300 / 3)


def test_what_is_not_known_is_not_told():
    analysis = analyze(preset("fashion-cnn"))
    assert predict(analysis, Recipe(), Machine(name="m")) == (None, None, "unknown", 0.0)
    assert predict(analysis, Recipe(precision="mixed_bfloat16"), machine()).source == "unknown"
    assert predict(analysis, Recipe(threads=THREADS + 1), machine()).source == "unknown"


def test_the_precision_whose_steps_are_faster_is_expected_however_long_the_files_of_an_epoch_take():
    plain = [msgspec.structs.replace(one, save_seconds=9.0) for one in machine().measured]
    fast = [
        msgspec.structs.replace(one, precision="mixed_bfloat16", step_seconds=one.step_seconds / 2) for one in plain
    ]
    both = Machine(name="m", measured=(*plain, *fast))
    for name in ("fashion-cnn", "lenet-5"):  # the one follows from others, the other was measured itself
        assert precision_of(analyze(preset(name)), Recipe(precision="auto"), both) == "mixed_bfloat16"


def test_what_shares_its_batches_in_the_same_way_is_asked_first():
    """Lanes are many times faster on this machine; where they were not measured, the rest is better than nothing."""
    recipe = Recipe(threads=2, validation=0.0)
    whole = machine(threads=2).measured
    fast = tuple(msgspec.structs.replace(one, lanes=2, step_seconds=one.step_seconds / 10) for one in whole)
    by_lanes = Machine(name="m", measured=fast + whole)
    slow, quick = (
        predict(analyze(preset(name)), recipe, by_lanes).seconds_per_epoch / 1875 / cost(name, recipe)
        for name in ("all-conv", "lenet-5")  # the one normalizes batches, the other does not
    )
    assert (slow, quick) == (pytest.approx(1), pytest.approx(0.1))
    alone = predict(analyze(preset("lenet-5")), recipe, Machine(name="m", measured=whole))
    assert alone.seconds_per_epoch == pytest.approx(1875 * cost("lenet-5", recipe))


def test_a_gpu_is_told_of_by_what_was_measured_on_it():
    recipe = Recipe(validation=0.0)
    fast = tuple(
        msgspec.structs.replace(one, device="GPU", step_seconds=one.step_seconds / 100) for one in machine().measured
    )
    both = Machine(name="m", measured=fast + machine().measured)
    analysis = analyze(preset("lenet-5"))
    for device, quicker in (("auto", 100), ("gpu", 100), ("cpu", 1)):
        told = predict(analysis, msgspec.structs.replace(recipe, device=device), both)
        assert told.seconds_per_epoch == pytest.approx(1875 * cost("lenet-5", recipe) / quicker)


def test_memory_is_what_others_held_beside_their_network():
    known = machine()
    recipe = Recipe()
    rest = 5e8
    held = [measured(name, recipe, memory=rest + measured(name, recipe).features["bytes"]) for name in KNOWN]
    told = predict(analyze(preset("fashion-cnn")), recipe, Machine(name="m", measured=(*known.measured, *held)))
    assert told.memory == pytest.approx(rest + features(analyze(preset("fashion-cnn")), recipe)["bytes"])


def test_what_is_remembered_is_read_and_replaced(home):
    assert read_machine().measured == ()
    first, newer = measured("lenet-5", Recipe()), measured("lenet-5", Recipe(), memory=1.0)
    trials = (PrecisionTrial(precision="float32", images_per_second=10.0),)
    record(first, trials={"key": trials})
    record(newer)
    known = read_machine()
    assert known.measured == (newer,)
    assert known.trials == {"key": trials}
    (home / "machine.json").write_text("{")
    assert read_machine().measured == ()


def test_a_network_whose_layers_get_names_keeps_its_measurements():
    residual = Branches(branches=((Block(layers=(Dense(units=4),)),), ()))
    network = Network("n", (4,), (residual, Dense(units=2)))
    named = Branches(name="sum", branches=((Block(name="way", layers=(Dense(units=4, name="first"),)),), ()))
    assert digest(Network("other", (4,), (named, Dense(units=2, name="scores")))) == digest(network)
    assert digest(Network("n", (4,), (residual, Dense(units=3)))) != digest(network)
    assert digest(Network("n", (5,), (residual, Dense(units=2)))) != digest(network)


def test_auto_is_told_by_what_was_chosen_for_the_network_or_else_by_what_seems_faster():
    half = tuple(
        msgspec.structs.replace(one, precision="mixed_bfloat16", step_seconds=one.step_seconds / 2)
        for one in machine().measured
    )
    recipe = Recipe(precision="auto")
    both = Machine(name="m", measured=machine().measured + half)
    analysis = analyze(preset("fashion-cnn"))
    assert precision_of(analysis, recipe, both) == "mixed_bfloat16"
    assert precision_of(analysis, recipe, machine()) == "float32"
    assert precision_of(analysis, recipe, Machine(name="m")) == "float32"
    assert precision_of(analysis, Recipe(), both) == "float32"

    trials = tuple(
        PrecisionTrial(precision=precision, images_per_second=speed)
        for precision, speed in (("float32", 20.0), ("mixed_bfloat16", 10.0))
    )
    chosen = Machine(name="m", measured=both.measured, trials={f"{digest(preset('fashion-cnn'))} 32 2 2 CPU:0": trials})
    assert precision_of(analysis, recipe, chosen) == "float32"
    assert precision_of(analyze(preset("lenet-5")), recipe, chosen) == "mixed_bfloat16"
    assert precision_of(analysis, Recipe(precision="auto", batch_size=64), chosen) == "mixed_bfloat16"
