"""The keys that a user chose instead of those in the registry of actions."""

import re
from collections.abc import Mapping
from string import punctuation
from typing import Any

from textual.keys import Keys, _character_to_key, key_to_character

from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.ui.actions import Action, actions, meant_together

Keymap = Mapping[str, str]
"""The id of a binding, `stack.add_layer`, and its keys, `o,insert`."""

_SIGNS = {_character_to_key(sign) for sign in punctuation}
_NAMED = sorted({key.value for key in Keys if key.value.isidentifier()} | _SIGNS)
_MODIFIERS = re.compile(r"((ctrl|shift|alt|meta|super|hyper)\+)+")


def read_keys(tables: Any) -> tuple[dict[str, str], list[str]]:
    """Read `{"stack": {"add_layer": "o"}}`: the keymap, and a line for each entry that cannot count."""
    if not isinstance(tables, dict):
        return {}, [_("keys must be tables such as [keys.stack]")]
    wished: dict[str, str] = {}
    problems: list[str] = []
    for scope, table in tables.items():
        if not isinstance(table, dict):
            problems.append(_("keys.{name} must stand in a table such as [keys.stack]").format(name=scope))
            continue
        for name, keys in table.items():
            if problem := _unknown(scope, name) or _wrong(scope, name, keys):
                problems.append(problem)
            else:
                wished[f"{scope}.{name}"] = ",".join(map(_key, keys.split(",")))
    return wished, problems + _drop_clashes(wished)


def keys_of(action: Action, keymap: Keymap) -> str:
    """The keys that an action has, whoever chose them."""
    return keymap.get(action.binding_id, action.keys)


def _key(text: str) -> str:
    """Name a key as Textual does: `?` is `question_mark`."""
    text = text.strip()
    return _character_to_key(text) if len(text) == 1 else text


def _unknown(scope: str, name: str) -> str:
    scopes = sorted({action.scope for action in actions()})
    if scope not in scopes:
        return _("unknown place “{name}” in keys").format(name=scope) + nearest(scope, list(scopes))
    named = [action.id for action in actions() if action.scope == scope]
    if name in named:
        return ""
    return _("unknown action “{name}” in keys.{scope}").format(name=name, scope=scope) + nearest(name, named)


def _wrong(scope: str, name: str, keys: Any) -> str:
    """Say what is wrong with the text of some keys; nothing if it is sound."""
    place = f"keys.{scope}.{name}"
    if not isinstance(keys, str):
        return _('{place} must be text, such as "o" or "f2,ctrl+n"').format(place=place)
    for key in (part.strip() for part in keys.split(",")):
        plain = _MODIFIERS.sub("", key)
        if not (len(plain) == 1 or plain in _NAMED or key_to_character(plain)):
            message = _("{place}: there is no key “{key}”").format(place=place, key=key)
            return message + (nearest(key, _NAMED) if key else "")
    return ""


def _drop_clashes(wished: dict[str, str]) -> list[str]:
    """Take out what would give two actions of one place the same key, and say which; what is left has no clash."""
    problems = []
    found = True
    while found:
        found = False
        for binding_id in list(wished):
            if clash := _clash(next(action for action in actions() if action.binding_id == binding_id), wished):
                message = _("keys.{place}: {key} is the key of keys.{other} already; give that one another first")
                problems.append(message.format(place=binding_id, key=clash[0], other=clash[1]))
                del wished[binding_id]
                found = True
    return problems


def _clash(action: Action, keymap: Keymap) -> tuple[str, str] | None:
    """Return the key that another action of the same place has too, and that action's id."""
    own = keys_of(action, keymap).split(",")
    for other in actions():
        if other.binding_id != action.binding_id and meant_together(action.scope, other.scope):
            for key in keys_of(other, keymap).split(","):
                if key in own:
                    return key, other.binding_id
    return None
