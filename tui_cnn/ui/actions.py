"""The one registry of actions: bindings, footer, help, palette and README's table all speak from it."""

from typing import Literal, NamedTuple

from textual.binding import Binding

from tui_cnn.i18n import _

Scope = Literal["app", "stack", "form", "recipe", "train", "curves", "runs", "compare", "scatter"]


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
        Action("commit", "form", "enter", _("Apply"), _("Apply the settings as they stand in the form")),
        Action("cancel", "form", "escape", _("Back"), _("Leave the form as it was")),
        Action("start_run", "recipe", "enter", _("Start"), _("Start training with the settings as they stand")),
        Action("leave_form", "recipe", "escape", _("Leave form"), _("Leave the form, to use the screen's own keys")),
        *train_actions(),
        *curves_actions(),
        *runs_actions(),
        *comparing_actions(),
        Action("mode_build", "app", "1", _("Build"), _("Go to the Build screen"), footer=False),
        Action("mode_train", "app", "2", _("Train"), _("Go to the Train screen"), footer=False),
        Action("mode_runs", "app", "3", _("Runs"), _("Go to the list of runs"), footer=False),
        Action("save", "app", "ctrl+s", _("Save"), _("Save the network to its file")),
        Action("save_as", "app", "S", _("Save as"), _("Save the network to another file"), footer=False),
        Action("open", "app", "ctrl+o", _("Open"), _("Open a network from a file or a preset")),
        Action("help", "app", "question_mark,f1", _("Help"), _("Show all keys")),
        Action("quit", "app", "ctrl+q,q", _("Quit"), _("Leave; training goes on in the background"), footer=False),
    )


def train_actions() -> tuple[Action, ...]:
    """List what can be done with a run that is being set up or watched."""
    return (
        Action("start_run", "train", "s", _("Start"), _("Start training the network with these settings")),
        Action("pause_run", "train", "p", _("Pause"), _("Pause the training, or let a paused one go on")),
        Action("hurry_run", "train", "h", _("Train now"), _("Train a run that waits now, beside the other")),
        Action("stop_run", "train", "x", _("Stop"), _("Stop the training; it can be resumed later")),
        Action("resume_run", "train", "r", _("Resume"), _("Go on with a run that was stopped or interrupted")),
        Action("new_run", "train", "n", _("New run"), _("Leave this run and set up another")),
        Action("next_view", "train", "v", _("View"), _("Show loss and accuracy, then rates, then classes")),
        Action("lay_over", "train", "o", _("Overlay"), _("Lay another run over the curves, or take one away")),
        Action("show_log", "train", "l", _("Log"), _("Show what the worker wrote")),
    )


def curves_actions() -> tuple[Action, ...]:
    """List the ways to look at curves."""
    return (
        Action("cursor_left", "curves", "left", _("Left"), _("Read the values a column to the left"), footer=False),
        Action("cursor_right", "curves", "right", _("Read"), _("Read the values at a cursor, and move it")),
        Action("zoom_in", "curves", "plus,equals_sign", _("Zoom"), _("Look closer, around the cursor"), footer=False),
        Action("zoom_out", "curves", "minus", _("Zoom out"), _("Look from further away"), footer=False),
        Action("pan_left", "curves", "shift+left", _("Pan left"), _("Look further to the left"), footer=False),
        Action("pan_right", "curves", "shift+right", _("Pan right"), _("Look further to the right"), footer=False),
        Action("whole_curve", "curves", "0,home", _("Whole"), _("Look at all of it, without a cursor"), footer=False),
        Action("next_axis", "curves", "a", _("Axis"), _("Count in epochs, steps, or seconds"), footer=False),
        Action(
            "toggle_log", "curves", "y", _("Log scale"), _("Draw logarithms, or the values themselves"), footer=False
        ),
        Action("next_smoothing", "curves", "m", _("Smooth"), _("Smooth the curves more, or not at all"), footer=False),
    )


def runs_actions() -> tuple[Action, ...]:
    """List what can be done with the runs that there are."""
    return (
        Action("open_run", "runs", "enter", _("Open"), _("Open the run on the Train screen, also while it trains")),
        Action("mark_run", "runs", "space", _("Mark"), _("Mark the run to compare it, or no more")),
        Action("compare_runs", "runs", "c", _("Compare"), _("Compare the marked runs: curves, networks, recipes")),
        Action("filter_runs", "runs", "slash", _("Filter"), _("Show only runs in which all these words occur")),
        Action("sort_runs", "runs", "s", _("Sort"), _("Sort by the next column")),
        Action("reverse_runs", "runs", "i", _("Reverse"), _("Sort the other way round"), footer=False),
        Action("show_scatter", "runs", "v", _("Scatter"), _("Show accuracy against parameters, MACs or time")),
        Action("load_network", "runs", "b", _("Build"), _("Put the run's network on the Build screen")),
        Action("resume_run", "runs", "r", _("Resume"), _("Go on with the run from its checkpoint"), footer=False),
        Action(
            "repeat_run", "runs", "R", _("Repeat"), _("Train the same network by the same recipe again"), footer=False
        ),
        Action("stop_run", "runs", "x", _("Stop"), _("Stop the run, if it is being trained"), footer=False),
        Action("rename_run", "runs", "t", _("Title"), _("Give the run a title"), footer=False),
        Action("tag_run", "runs", "g", _("Tags"), _("Give the run tags to find it by"), footer=False),
        Action("note_run", "runs", "n", _("Note"), _("Write a note about the run"), footer=False),
        Action("export_run", "runs", "e", _("Export"), _("Write the best network as .keras or .onnx"), footer=False),
        Action("delete_run", "runs", "d,delete", _("Delete"), _("Move the marked runs, or this one, to the trash")),
        Action("open_trash", "runs", "T", _("Trash"), _("Take runs back from the trash, or empty it"), footer=False),
        Action("unmark_runs", "runs", "escape", _("Unmark"), _("Show all runs, and mark none"), footer=False),
    )


def comparing_actions() -> tuple[Action, ...]:
    """List what can be done where runs are compared."""
    return (
        Action("next_pair", "compare", "v", _("View"), _("Show their rates, or loss and accuracy")),
        Action("back", "compare", "escape", _("Back"), _("Leave the comparison")),
        Action("next_cost", "scatter", "a", _("Axis"), _("Hold accuracy against parameters, MACs or seconds")),
        Action("other_accuracy", "scatter", "y", _("Accuracy"), _("Take the test accuracy, or the best validation")),
        Action("back", "scatter", "escape", _("Back"), _("Leave the drawing")),
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
            id=action.id,
            priority=scope in ("form", "recipe", "runs"),
        )
        for action in actions()
        if action.scope == scope
    ]
