"""The options of a recipe, made from its declaration."""

from collections.abc import Callable, Mapping

import click

from tui_cnn.formats.fields import Field, fields, rebuild
from tui_cnn.formats.validation import InvalidError
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import RECIPES, Recipe, RecipeName, with_recipe

Command = Callable[..., int]


def recipe_options(command: Command) -> Command:
    """Give a command an option for every field of a recipe, and one for a named recipe."""
    for field in reversed(fields(Recipe)):
        command = _option(field)(command)
    named = click.Choice(list(RECIPES))
    return click.option("--recipe", type=named, help=_("Recipe to start from; other options override it."))(command)


def read_options(options: Mapping[str, str | bool | None], base: Recipe | None = None) -> Recipe:
    """Make the recipe that the options ask for, beginning with `base`.

    Raises:
        UsageError: a value is none of its field.
    """
    name = options.get("recipe")
    named: dict[str, RecipeName] = {name: name for name in RECIPES}
    recipe = with_recipe(base or Recipe(), named[name] if isinstance(name, str) else "custom")
    flags = {True: "yes", False: "no"}
    texts = {
        key: flags[value] if isinstance(value, bool) else value
        for key, value in options.items()
        if value is not None and key != "recipe"
    }
    try:
        return rebuild(recipe, texts)
    except InvalidError as error:
        raise click.UsageError(str(error)) from None


def _option(field: Field) -> Callable[[Command], Command]:
    default = getattr(Recipe(), field.name)
    shown = "" if default in (None, "", False) else f"  [{default}]"
    name, text = "--" + field.name.replace("_", "-"), _("{help}.").format(help=_(field.description)) + shown
    if field.kind == "flag":
        return click.option(f"{name}/--no-{name[2:]}", field.name, default=None, help=text)
    metavars = {"whole": "N", "number": "X", "choice": "|".join(field.choices), "text": "DIRECTORY"}
    return click.option(name, field.name, metavar=metavars[field.kind], help=text)
