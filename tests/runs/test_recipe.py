"""Recipes in TOML."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.recipe import AUGMENTATIONS, Recipe, dumps_recipe, read_recipe


@given(
    recipe=st.builds(
        Recipe,
        epochs=st.integers(1, 1000),
        batch_size=st.integers(1, 1024),
        optimizer=st.sampled_from(["adam", "adamw", "muon", "rmsprop", "sgd"]),
        learning_rate=st.floats(1e-9, 1),
        validation=st.floats(0, 0.9),
        seed=st.integers(0, 2**31 - 1),
        limit=st.none() | st.integers(1, 60_000),
        augmentation=st.sets(st.sampled_from(AUGMENTATIONS)).map(lambda kinds: "+".join(kinds) or "none"),
        class_weights=st.sampled_from(["none", "balanced"]),
        ema=st.floats(0, 0.9999),
        data=st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_what_is_written_is_read(tmp_path_factory, recipe):
    path = tmp_path_factory.mktemp("recipe") / "recipe.toml"
    path.write_text(dumps_recipe(recipe), "utf-8")
    assert read_recipe(path) == recipe


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epochs = 0", "epochs must be a whole number, at least 1, not 0"),
        ("epochs = 2.5", "epochs must be a whole number"),
        ("learning_rate = 0", "learning_rate must be a number, more than 0"),
        ("validation = 1.0", "validation must be a number, less than 1"),
        ('optimizer = "adma"', "optimizer cannot be 'adma'; did you mean “adam”?"),
        ('augmentation = "flip+cropp"', "augmentation cannot be 'cropp'; did you mean “crop”?"),
        ('augmentation = ""', "augmentation cannot be ''; use one of flip, "),
        ('augmentation = "none+flip"', "augmentation cannot be 'none'; "),
        ('augmentation = "flip+"', "augmentation cannot be ''; "),
        ("augmentation = 3", "augmentation must be text, not 3"),
        ("ema = 1.0", "ema must be a number, less than 1"),
        ('class_weights = "even"', "class_weights cannot be 'even'; use one of none, balanced"),
        ("epoch = 3", "unknown field “epoch”; did you mean “epochs”?"),
        ("limit = 0", "limit must be"),
        ("epochs = ", "is not valid TOML"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_file(tmp_path, text, said):
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(FormatError) as caught:
        read_recipe(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_recipe_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(FormatError, match="file not found; check the path"):
        read_recipe(tmp_path / "recipe.toml")
    (tmp_path / "recipe.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match=r"is not UTF-8 text \(byte 0\)"):
        read_recipe(tmp_path / "recipe.toml")


def test_every_field_says_what_it_is():
    for field in msgspec.json.schema(Recipe)["$defs"]["Recipe"]["properties"].values():
        assert field["description"]
