"""The one registry of actions: bindings, footer, help, palette and README's table all speak from it."""

from textual.binding import Binding

from tui_cnn.ui.actions.action import VIEWS, Action, Scope
from tui_cnn.ui.actions.app import app_actions
from tui_cnn.ui.actions.build import build_actions
from tui_cnn.ui.actions.inspect import inspect_actions
from tui_cnn.ui.actions.lab import lab_actions
from tui_cnn.ui.actions.runs import comparing_actions, runs_actions
from tui_cnn.ui.actions.train import curves_actions, train_actions

__all__ = ["VIEWS", "Action", "Scope", "actions", "bindings", "meant_together", "runs_actions"]

_TOGETHER: dict[Scope, tuple[Scope, ...]] = {
    "train": ("recipe", "curves"),
    "compare": ("curves",),
    "inspect": VIEWS,
    "lab": ("stepper", "lab_form", "chain", "weights", "pairs", "lesson"),
}
"""What a screen's own keys work together with."""


def meant_together(one: Scope, other: Scope) -> bool:
    """Whether the keys of both scopes work at the same time, so that none may be in both."""
    return one == other or "app" in (one, other) or other in _TOGETHER.get(one, ()) or one in _TOGETHER.get(other, ())


def actions() -> tuple[Action, ...]:
    """List all actions, in the order in which the footer and the help show them."""
    return (
        *build_actions(),
        *train_actions(),
        *curves_actions(),
        *inspect_actions(),
        *runs_actions(),
        *comparing_actions(),
        *lab_actions(),
        *app_actions(),
    )


def bindings(scope: Scope) -> list[Binding]:
    """Make the key bindings of a scope; those of forms and tables go before the widgets' own."""
    return [
        Binding(
            action.keys,
            action.target,
            action.label,
            show=action.footer,
            tooltip=action.help,
            id=action.binding_id,
            priority=scope in ("form", "recipe", "runs", "lab_form", "lesson"),
        )
        for action in actions()
        if action.scope == scope
    ]
