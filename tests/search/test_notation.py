"""The values of what varies, as they are typed; and what they become in a `search.toml`."""

import pytest

from tests.search.networks import TINY
from tui_cnn.core.layers import Conv2D, Dropout
from tui_cnn.formats.fields import fields
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search.errors import SearchError
from tui_cnn.search.notation import proposed, read_values, syntax, varying_fields, write_values
from tui_cnn.search.space import Variation, read_space

CONV = {field.name: field for field in varying_fields(Conv2D(filters=32, kernel_size=(3, 3)))}
RECIPE = {field.name: field for field in varying_fields(Recipe())}


@pytest.mark.parametrize(
    ("field", "text", "given"),
    [
        (CONV["filters"], "16, 32,64", [16, 32, 64]),
        (CONV["filters"], "16..64", {"low": 16, "high": 64}),
        (CONV["filters"], "16 .. 64 step 16", {"low": 16, "high": 64, "step": 16}),
        (CONV["kernel_size"], "3x3, 5×5", [[3, 3], [5, 5]]),
        (CONV["kernel_size"], "3, 5", [[3, 3], [5, 5]]),
        (CONV["activation"], "relu, gelu", ["relu", "gelu"]),
        (CONV["use_bias"], "yes, no", [True, False]),
        (CONV["repeat"], "1..3", {"low": 1, "high": 3}),
        (CONV["present"], "no, yes", [False, True]),
        (RECIPE["learning_rate"], "1e-4..1e-2 log", {"low": 1e-4, "high": 1e-2, "log": True}),
        (RECIPE["learning_rate"], "0.1..0.5 step 0.1", {"low": 0.1, "high": 0.5, "step": 0.1}),
        (RECIPE["batch_size"], "[16, 32]", [16, 32]),
        (RECIPE["learning_rate"], "{low = 1e-4, high = 1e-2, log = true}", {"low": 1e-4, "high": 1e-2, "log": True}),
    ],
)
def test_what_is_typed_is_read_and_written_again(field, text, given):
    assert read_values(field, text) == given
    assert read_values(field, write_values(field, given)) == given


@pytest.mark.parametrize("text", ["", "16,,32", "16,", "a..b", "[16", "{low = }"])
def test_what_is_no_list_and_no_range_is_refused_in_one_line(text):
    with pytest.raises(SearchError) as error:
        read_values(CONV["filters"], text)
    assert "\n" not in str(error.value)


def test_every_field_of_every_layer_of_a_network_has_values_to_propose_that_are_valid():
    base = Variation(TINY, Recipe())
    for number, layer in enumerate(TINY.layers, 1):
        for field in varying_fields(layer):
            text = proposed(layer, field)
            assert syntax(field)
            if text:
                space = read_space({f"{number}.{field.name}": read_values(field, text)}, base)
                assert space.count is None or space.count > 1, (type(layer).__name__, field.name, text)
    for field in varying_fields(Recipe()):
        if text := proposed(Recipe(), field):
            assert read_space({f"recipe.{field.name}": read_values(field, text)}, base).parameters


def test_what_hardly_anyone_varies_comes_last():
    names = list(CONV)
    assert names[0] == "filters"
    assert names.index("trainable") > names.index("present")
    assert "name" not in names
    assert set(names) - {"repeat", "present"} < {field.name for field in fields(Conv2D)}
    assert "rate" in {field.name for field in varying_fields(Dropout(rate=0.5))}
