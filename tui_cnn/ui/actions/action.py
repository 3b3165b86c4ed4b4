"""What an action is."""

from typing import Literal, NamedTuple

Scope = Literal[
    "app", "stack", "checks", "form", "recipe", "train", "curves", "runs", "compare", "scatter",
    "inspect", "maps", "kernels", "field", "why", "evaluation", "moves", "pad", "comparison", "history",
    "lab", "stepper", "lab_form", "chain", "weights", "pairs", "lesson",
]  # fmt: skip

VIEWS: tuple[Scope, ...] = ("maps", "kernels", "field", "why", "evaluation", "moves", "pad", "comparison", "history")
"""The views of the Inspect screen, whose actions are their own; one of them has the focus."""


class Action(NamedTuple):
    """Something that a user can do: its keys, where they work, and what it is called in a word and in a sentence."""

    id: str
    scope: Scope
    keys: str
    label: str
    help: str
    footer: bool = True

    @property
    def target(self) -> str:
        """The action as Textual runs it: the app's own on the app, a view's on the view, all others on the screen."""
        if self.scope in VIEWS:
            return self.id
        return f"{'app' if self.scope == 'app' else 'screen'}.{self.id}"

    @property
    def binding_id(self) -> str:
        """The name under which a user gives it other keys: an id may stand in two scopes."""
        return f"{self.scope}.{self.id}"
