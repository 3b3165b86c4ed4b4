"""The form of a recipe: a name to begin with, the settings that most people change, and on request the rest."""

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from tui_cnn.formats.fields import format_value
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import RECIPES, TUTORIAL, Recipe, RecipeName, recipe_name, with_recipe
from tui_cnn.ui.toolkit.form import Choice, Fields, StructForm

_NAMES: dict[str, RecipeName] = {name: name for name in (*RECIPES, "custom")}
_FIRST = (
    *("epochs", "minutes", "batch_size", "optimizer", "learning_rate"),
    *("schedule", "validation", "precision", "data"),
)
_STAYING = ("data", "device", "threads")
_FEWER, _MORE = "few", "all"


class RecipeForm(StructForm):
    """A named recipe sets how to train, and leaves on what and where as it is."""

    DEFAULT_CSS = """
    RecipeForm {
        & #advice { min-height: 3; }
        &.-few .-more { display: none; }
        & .-unused { text-opacity: 40%; }
    }
    """

    def __init__(self, recipe: Recipe, *, id: str) -> None:  # noqa: A002
        super().__init__(recipe, id=id)
        order = sorted(self._fields, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
        self._fields = {name: self._fields[name] for name in order}
        self._helps = {
            "field-recipe": _("Start from a named recipe; any change makes it custom"),
            "field-settings": _("Show rarely changed settings too"),
        }
        self.add_class("-few")

    def compose(self) -> ComposeResult:
        """Lay out the recipe's name, its fields, and a line for help and errors."""
        with Fields():
            with Horizontal(classes="field", id="line-recipe"):
                yield Label(_("recipe"))
                yield Choice(tuple(_NAMES), recipe_name(self._recipe), id="field-recipe")
            for name, field in self._fields.items():
                if name == self._first_rare:
                    with Horizontal(classes="field", id="line-settings"):
                        yield Label(_("more…"))
                        yield Choice((_FEWER, _MORE), _FEWER, id="field-settings")
                with Horizontal(classes="field" if name in _FIRST else "field -more", id=f"line-{name}"):
                    yield Label(name)
                    yield self._control(field)
        yield Static("", id="advice", markup=False)

    @property
    def recipe(self) -> Recipe | None:
        """The recipe as it stands; None while it makes no sense."""
        return self.value if isinstance(self.value, Recipe) else None

    @property
    def lines(self) -> int:
        """How many lines the fields take, with the recipe's name and the choice to show more."""
        shown = [name for name in self._fields if name in _FIRST or not self.has_class("-few")]
        return len(shown) + 2

    def fill(self, recipe: Recipe) -> None:
        """Put the recipe of a link into the form: on the same data and machine; what it sets can be seen."""
        before = self.recipe or self._recipe
        self.set_recipe(msgspec.structs.replace(recipe, **{name: getattr(before, name) for name in _STAYING}))
        if any(getattr(recipe, name) != getattr(TUTORIAL, name) for name in self._fields if name not in _FIRST):
            self.query_one("#field-settings", Choice).value = _MORE

    def set_recipe(self, recipe: Recipe) -> None:
        """Put another recipe into the form."""
        for name, field in self._fields.items():
            control = self.query_one(f"#field-{name}")
            if isinstance(control, Input | Choice):
                control.value = format_value(field, getattr(recipe, name))

    @on(Choice.Changed, "#field-recipe")
    def _name_chosen(self, event: Choice.Changed) -> None:
        """Take over how the recipe of that name trains."""
        event.stop()
        if self.recipe is not None:
            self.set_recipe(with_recipe(self.recipe, _NAMES[event.choice.value]))

    @on(Choice.Changed, "#field-settings")
    def _more_chosen(self, event: Choice.Changed) -> None:
        """Show the other fields, or hide them."""
        event.stop()
        self.set_class(event.choice.value == _FEWER, "-few")
        self.post_message(self.Resized())

    @on(StructForm.Changed)
    def _name_it(self) -> None:
        """Call what stands in the form by its name; dim the number of epochs where minutes make it."""
        fills = self.recipe is not None and self.recipe.minutes is not None
        self.query_one("#line-epochs").query("*").set_class(fills, "-unused")
        choice = self.query_one("#field-recipe", Choice)
        if self.recipe is not None and choice.value != recipe_name(self.recipe):
            with choice.prevent(Choice.Changed):
                choice.value = recipe_name(self.recipe)

    @property
    def _recipe(self) -> Recipe:
        assert isinstance(self.original, Recipe)
        return self.original

    @property
    def _first_rare(self) -> str:
        return next(name for name in self._fields if name not in _FIRST)

    def _advise(self, error: str) -> None:
        super()._advise(error)
        focused = self.screen.focused
        if not error and focused is not None and focused.id in self._helps:
            self.query_one("#advice", Static).update(self._helps[focused.id])
