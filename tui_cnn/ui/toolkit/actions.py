"""What a user can do, declared once, and the keys that a user chose instead.

Bindings, footer, help, palette, settings and README's table all come from the declaration.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import punctuation
from typing import Any, Literal

from textual.binding import Binding
from textual.keys import Keys, key_to_character

from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.ui.settings import Keymap


@dataclass(frozen=True)
class Action:
    """Something that a user can do.

    Attributes:
        id: its name in the user's keymap, once in each scope.
        label: a word for the footer; `help` is a sentence.
        footer: whether the footer shows it.
        command: what the owner of the keys runs, with its parameter (`nudge('wider')`); the id where it is left out.
    """

    id: str
    keys: str
    label: str
    help: str
    footer: bool = True
    command: str = ""


@dataclass(frozen=True)
class Scope:
    """A place where keys work: the class that declares `BINDINGS = SCOPE.bindings()` owns them and does what they do.

    Attributes:
        name: the table of the user's keymap, as in `[keys.stack]`.
        title: the heading in the help.
        within: the scopes of the screens around it, whose keys work at the same time.
        priority: whether its keys go before those of the widgets inside, as in a form.
        on: where the actions are: on the owner itself, or on another node that Textual knows by name.
    """

    name: str
    title: str
    actions: tuple[Action, ...]
    within: tuple[str, ...] = ()
    priority: bool = False
    on: Literal["", "app", "screen"] = ""

    def command(self, action: Action) -> str:
        """Return the action as Textual runs it."""
        command = action.command or action.id
        return f"{self.on}.{command}" if self.on else command

    def binding_id(self, action: Action) -> str:
        """Return the name under which a user gives an action other keys, such as `stack.add_layer`."""
        return f"{self.name}.{action.id}"

    def bindings(self) -> list[Binding]:
        """Make the key bindings."""
        return [
            Binding(
                action.keys,
                self.command(action),
                action.label,
                show=action.footer,
                tooltip=action.help,
                id=self.binding_id(action),
                priority=self.priority,
            )
            for action in self.actions
        ]

    def works_with(self, other: "Scope") -> bool:
        """Whether the keys of both work at the same time, so that none may be in both."""
        names = (self.name, *self.within)
        return "app" in (self.name, other.name) or self.name in (other.name, *other.within) or other.name in names


Scopes = Sequence[Scope]

_MODIFIERS = re.compile(r"((ctrl|shift|alt|meta|super|hyper)\+)+")


def read_keys(tables: Any, scopes: Scopes) -> tuple[dict[str, str], list[str]]:
    """Read `{"stack": {"add_layer": "o"}}`: the keymap, and a line for each entry that cannot count."""
    if not isinstance(tables, dict):
        return {}, [_("keys must contain tables such as [keys.stack]")]
    wished: dict[str, str] = {}
    problems: list[str] = []
    for scope, table in tables.items():
        if not isinstance(table, dict):
            problems.append(_("keys.{name} must be in a table such as [keys.stack]").format(name=scope))
            continue
        for name, keys in table.items():
            if problem := _unknown(scopes, scope, name) or _wrong(scope, name, keys):
                problems.append(problem)
            else:
                wished[f"{scope}.{name}"] = ",".join(map(_key, keys.split(",")))
    return wished, problems + _drop_clashes(wished, scopes)


def keys_of(scope: Scope, action: Action, keymap: Keymap) -> str:
    """The keys that an action has, whoever chose them."""
    return keymap.get(scope.binding_id(action), action.keys)


def _key(text: str) -> str:
    """Name a key as Textual does: `?` is `question_mark`."""
    return next(iter(Binding.make_bindings([Binding(text.strip(), "")]))).key


_NAMED = sorted(
    {*(key.value for key in Keys if key.value.isidentifier()), "comma", *map(_key, punctuation.replace(",", ""))}
)


def _unknown(scopes: Scopes, name: str, action: str) -> str:
    scope = next((scope for scope in scopes if scope.name == name), None)
    if scope is None:
        known = sorted(scope.name for scope in scopes)
        return _("unknown table “{name}” in keys").format(name=name) + nearest(name, known)
    known = [known.id for known in scope.actions]
    if action in known:
        return ""
    return _("unknown action “{name}” in keys.{scope}").format(name=action, scope=name) + nearest(action, known)


def _wrong(scope: str, name: str, keys: Any) -> str:
    """Say what is wrong with the text of some keys; nothing if it is sound."""
    place = f"keys.{scope}.{name}"
    if not isinstance(keys, str):
        return _('{place} must be text, such as "o" or "f2,ctrl+n"').format(place=place)
    for key in (part.strip() for part in keys.split(",")):
        plain = _MODIFIERS.sub("", key)
        if not (len(plain) == 1 or plain in _NAMED or key_to_character(plain)):
            message = _("{place}: unknown key “{key}”").format(place=place, key=key)
            return message + (nearest(key, _NAMED) if key else "")
    return ""


def _drop_clashes(wished: dict[str, str], scopes: Scopes) -> list[str]:
    """Take out what would give two actions of one place the same key, and say which; what is left has no clash."""
    problems = []
    declared = {scope.binding_id(action): (scope, action) for scope in scopes for action in scope.actions}
    clashing = True
    while clashing:
        clashing = False
        for binding_id in list(wished):
            if clash := next(_clashes(*declared[binding_id], wished, scopes), None):
                message = _("keys.{place}: {key} is already used by keys.{other}; change that key first")
                problems.append(message.format(place=binding_id, key=clash[0], other=clash[1]))
                del wished[binding_id]
                clashing = True
    return problems


def _clashes(scope: Scope, action: Action, keymap: Keymap, scopes: Scopes) -> Iterator[tuple[str, str]]:
    """Yield the keys that other actions of the same place have too, with their ids."""
    own = keys_of(scope, action, keymap).split(",")
    for other in scopes:
        if scope.works_with(other):
            for rival in other.actions:
                if other.binding_id(rival) != scope.binding_id(action):
                    shared = [key for key in keys_of(other, rival, keymap).split(",") if key in own]
                    yield from ((key, other.binding_id(rival)) for key in shared)
