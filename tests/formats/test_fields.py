"""Fields as text: numbers in a row, as a person types them."""

import pytest

from tui_cnn.core.layers import ELU, Normalization
from tui_cnn.formats.fields import fields, format_value, rebuild
from tui_cnn.formats.validation import InvalidError
from tui_cnn.runs.recipe import Recipe


def texts(layer):
    return {field.name: format_value(field, getattr(layer, field.name)) for field in fields(type(layer))}


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("0.5", (0.5,)), ("0.485, 0.456, 0.406", (0.485, 0.456, 0.406)), ("1 -2e3", (1.0, -2000.0)), ("", None)],
)
def test_a_row_of_numbers(typed, numbers):
    assert rebuild(Normalization(), {"mean": typed}).mean == numbers


@pytest.mark.parametrize("mean", [(0.5,), (1 / 3, 2.0, 1e-12), None])
def test_what_is_written_is_read_again(mean):
    layer = Normalization(mean=mean, variance=mean)
    assert rebuild(Normalization(), texts(layer)) == layer


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("flip", "flip"),
        ("crop + Flip", "flip+crop"),
        ("brightness, flip crop", "flip+crop+brightness"),
        ("flip+flip", "flip"),
        ("none", "none"),
        ("", "none"),
    ],
)
def test_several_words(typed, text):
    assert rebuild(Recipe(), {"augmentation": typed}).augmentation == text


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("flip+flop", "augmentation cannot be 'flop'; did you mean “flip”?"),
        (
            "xyz",
            "augmentation cannot be 'xyz'; use one of flip, shift, rotate, crop, brightness, contrast, erase, mixup",
        ),
    ],
)
def test_a_word_that_is_none_of_several_is_named(typed, problem):
    with pytest.raises(InvalidError) as error:
        rebuild(Recipe(), {"augmentation": typed})
    assert (error.value.field, str(error.value)) == ("augmentation", problem)


@pytest.mark.parametrize(
    ("layer", "field", "typed", "problem"),
    [
        (Normalization(), "mean", "0.5, x", "must be a list or omitted, not '0.5, x'"),
        (Normalization(), "mean", "1, inf", "must be a finite number, not inf"),
        (ELU(), "alpha", "nan", "must be a finite number, not nan"),
        (ELU(), "alpha", "1e999", "must be a finite number, not inf"),
    ],
)
def test_what_is_no_number_is_named(layer, field, typed, problem):
    with pytest.raises(InvalidError) as error:
        rebuild(layer, {field: typed})
    assert (error.value.field, str(error.value)) == (field, f"{field} {problem}")
