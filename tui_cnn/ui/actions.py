"""The one registry of actions: bindings, footer, help, palette and README's table all speak from it."""

from typing import Literal, NamedTuple

from textual.binding import Binding

from tui_cnn.i18n import _

Scope = Literal["app", "stack", "form", "recipe", "train", "runs"]


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
        """The action as Textual runs it: the app's own on the app, all others on the screen."""
        return f"{'app' if self.scope == 'app' else 'screen'}.{self.id}"

    @property
    def binding_id(self) -> str:
        """The name under which a user gives it other keys: an id may stand in two scopes."""
        return f"{self.scope}.{self.id}"


def actions() -> tuple[Action, ...]:
    """List all actions, in the order in which the footer and the help show them."""
    return (
        Action("add_layer", "stack", "a", _("Add"), _("Add a layer below the selected one")),
        Action("insert_layer", "stack", "i", _("Insert"), _("Insert a layer above the selected one"), footer=False),
        Action("edit_layer", "stack", "enter,e", _("Edit"), _("Edit the settings of the selected layer")),
        Action("delete_layer", "stack", "d,delete", _("Delete"), _("Delete the selected layer")),
        Action("duplicate_layer", "stack", "D", _("Duplicate"), _("Put a copy below the selected layer"), footer=False),
        Action("move_down", "stack", "J,shift+down", _("Move down"), _("Move the selected layer down"), footer=False),
        Action("move_up", "stack", "K,shift+up", _("Move up"), _("Move the selected layer up"), footer=False),
        Action("apply_fix", "stack", "f", _("Fix"), _("Mend the first problem found, as its line proposes")),
        Action("undo", "stack", "u,ctrl+z", _("Undo"), _("Take back the last edit")),
        Action("redo", "stack", "U,ctrl+y", _("Redo"), _("Make the edit again that was taken back"), footer=False),
        Action("keep_variant", "stack", "v", _("Keep"), _("Keep the network as a variant, and go on"), footer=False),
        Action("compare_variants", "stack", "C", _("Variants"), _("Compare variants side by side; load one")),
        Action("sweep_setting", "stack", "t", _("Sweep"), _("Try several values of a setting of the layer")),
        Action("commit", "form", "enter", _("Apply"), _("Apply the settings as they stand in the form")),
        Action("cancel", "form", "escape", _("Back"), _("Leave the form as it was")),
        Action("start_run", "recipe", "enter", _("Start"), _("Start training with the settings as they stand")),
        Action("leave_form", "recipe", "escape", _("Leave form"), _("Leave the form, to use the screen's own keys")),
        Action("start_run", "train", "s", _("Start"), _("Start training the network with these settings")),
        Action("pause_run", "train", "p", _("Pause"), _("Pause the training, or let a paused one go on")),
        Action("stop_run", "train", "x", _("Stop"), _("Stop the training; it can be resumed later")),
        Action("resume_run", "train", "r", _("Resume"), _("Go on with a run that was stopped or interrupted")),
        Action("new_run", "train", "n", _("New run"), _("Leave this run and set up another")),
        Action("show_log", "train", "l", _("Log"), _("Show what the worker wrote"), footer=False),
        Action("open_run", "runs", "enter", _("Open"), _("Open the run on the Train screen, also while it trains")),
        Action("load_network", "runs", "b", _("Build"), _("Put the run's network on the Build screen")),
        Action("mode_build", "app", "1", _("Build"), _("Go to the Build screen"), footer=False),
        Action("mode_train", "app", "2", _("Train"), _("Go to the Train screen"), footer=False),
        Action("mode_runs", "app", "3", _("Runs"), _("Go to the list of runs"), footer=False),
        Action("save", "app", "ctrl+s", _("Save"), _("Save the network to its file")),
        Action("save_as", "app", "S", _("Save as"), _("Save the network to another file"), footer=False),
        Action("open", "app", "ctrl+o", _("Open"), _("Open a network from a file or a preset")),
        Action("export", "app", "E", _("Export"), _("Write the network as Python, Keras, ONNX, …"), footer=False),
        Action("help", "app", "question_mark,f1", _("Help"), _("Explain what has the focus, and show all keys")),
        Action(
            "settings",
            "app",
            "comma",
            _("Settings"),
            _("Show what can be set: keys, theme, FLOPs, signs"),
            footer=False,
        ),
        Action("quit", "app", "ctrl+q,q", _("Quit"), _("Leave; training goes on in the background"), footer=False),
    )


def meant_together(one: Scope, other: Scope) -> bool:
    """Whether the keys of both scopes work at the same time, so that none may be in both."""
    return one == other or "app" in (one, other) or {one, other} == {"recipe", "train"}


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
            priority=scope in ("form", "recipe", "runs"),
        )
        for action in actions()
        if action.scope == scope
    ]
