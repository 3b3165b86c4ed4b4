"""What a user can do, declared once: bindings, footer, help, palette, settings and README's table all come from it."""

from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding


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
