"""“Let this vary”: a field of a layer or of the recipe, and the values that a search is to try of it."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from tui_cnn.core.layers import Layer
from tui_cnn.core.network import Path, format_path
from tui_cnn.formats.fields import Field, format_value
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search.domain import Domain
from tui_cnn.search.errors import SearchError
from tui_cnn.search.marks import fields_at, mark_key
from tui_cnn.search.notation import proposed, read_values, syntax, varying_fields, write_values
from tui_cnn.search.space import Variation, read_space
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame
from tui_cnn.ui.toolkit.form import VARIES, Choice
from tui_cnn.ui.toolkit.numbers import left
from tui_cnn.ui.workspace import Workspace

_MOST_SHOWN = 8


class Varied(NamedTuple):
    """The answer: a field, and its values as a `search.toml` has them; None: it no longer varies."""

    field: str
    given: Any | None


async def vary(app: App[Any], workspace: Workspace, path: Path | None, value: Layer | Recipe, field: str = "") -> None:
    """Ask what is to vary of a layer, or of the recipe without a path, and mark it."""
    network = workspace.design.network
    recipe = value if isinstance(value, Recipe) else workspace.recipe
    dialog = VaryDialog(value, path, Variation(network, recipe), fields_at(workspace.varied, path), field)
    answer = await app.push_screen_wait(dialog)
    if answer is not None and workspace.is_still(network):
        workspace.vary(path, answer.field, answer.given)


def varied_text(value: Layer | Recipe, field: str, given: Any) -> str:
    """Write the values of a field that varies: `~ 16, 32, 64`."""
    declared = next((each for each in varying_fields(value) if each.name == field), None)
    return f"{VARIES} {write_values(declared, given)}" if declared is not None else VARIES


class VaryDialog(SingleResult[Varied | None]):
    """A setting and a line for its values, which are checked as they are typed."""

    AUTO_FOCUS = "#values"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "setting(-1)", show=False, priority=True),
        Binding("down", "setting(1)", show=False, priority=True),
    ]

    def __init__(
        self,
        value: Layer | Recipe,
        path: Path | None,
        base: Variation,
        varied: Mapping[str, Any],
        field: str = "",
    ) -> None:
        super().__init__()
        self._value = value
        self._path = path
        self._base = base
        self._varied = varied
        self._fields = {each.name: each for each in varying_fields(value)}
        first = next(iter(varied), next(iter(self._fields)))
        self._first = field if field in self._fields else first
        self._given: Any | None = None
        self._is_valid = False

    def compose(self) -> ComposeResult:
        """Lay out the setting, its values, and what is said of them."""
        if self._path is None:
            title = _("Vary a setting of the training")
        else:
            kind, number = type(self._value).__name__, format_path(self._path)
            title = _("Vary · {kind} · layer {number}").format(kind=kind, number=number)
        with frame(title, _("Enter save   ↑ ↓ setting   Esc back"), "-vary"):
            with Horizontal(classes="line"):
                yield Label(left(_("setting"), 9))
                yield Choice(tuple(self._fields), self._first, id="setting")
                yield Static(id="now", markup=False)
            with Horizontal(classes="line"):
                yield Label(left(_("values"), 9))
                yield Input(compact=True, id="values", select_on_focus=False)
            yield Static(id="advice", markup=False)
            yield Static(id="syntax", classes="keys", markup=False)

    def on_mount(self) -> None:
        """Begin with the first setting."""
        self._begin()

    @property
    def _field(self) -> Field:
        return self._fields[self.query_one(Choice).value]

    def action_setting(self, by: int) -> None:
        """Go to another setting."""
        self.query_one(Choice).action_step(by)

    @on(Choice.Changed)
    def _begin(self) -> None:
        """Show the values of the setting, or propose some."""
        field = self._field
        given = self._varied.get(field.name)
        text = write_values(field, given) if given is not None else proposed(self._value, field)
        now = getattr(self._value, field.name, None)
        written = "" if now is None else _("now {value}").format(value=format_value(field, now))
        self.query_one("#now", Static).update(written)
        message = _("Write {examples}. Empty: it does not vary.")
        self.query_one("#syntax", Static).update(message.format(examples=syntax(field)))
        entry = self.query_one(Input)
        with self.prevent(Input.Changed):
            entry.value = text
        entry.cursor_position = len(text)
        self._check(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._check(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._check(event.value)
        if self._is_valid:
            self.dismiss(Varied(self._field.name, self._given))

    def _check(self, text: str) -> None:
        """Say which values these are, or what is wrong with them."""
        field, advice = self._field, self.query_one("#advice", Static)
        self._given, self._is_valid = None, True
        problem = ""
        if not text.strip():
            advice.update(_("does not vary"))
        else:
            try:
                given = read_values(field, text)
                key = mark_key(self._path, field.name, self._base.network)
                (parameter,) = read_space({key: given}, self._base).parameters
            except SearchError as error:
                self._is_valid, problem = False, str(error)
                advice.update(problem)
            else:
                self._given = given
                advice.update(_count(field, parameter.domain))
        advice.set_class(bool(problem), "-wrong")


def _count(field: Field, domain: Domain) -> str:
    """Say how many values there are, and list the first."""
    if domain.size is None:
        return _("any value of the range")
    counted = ngettext("{count:,} value", "{count:,} values", domain.size).format(count=domain.size)
    shown = [domain.at(place) for place in range(min(domain.size, _MOST_SHOWN))]
    more = ", …" if domain.size > _MOST_SHOWN else ""
    return f"{counted}: {write_values(field, shown)}{more}"
