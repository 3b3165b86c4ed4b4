"""The one registry of actions: bindings, footer, help, palette and README's table all speak from it."""

from typing import Literal, NamedTuple

from textual.binding import Binding

from tui_cnn.i18n import _

Scope = Literal[
    "app", "stack", "checks", "form", "recipe", "train", "runs",
    "lab", "stepper", "lab_form", "chain", "weights", "pairs", "lesson",
]  # fmt: skip


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
        Action("delete_layer", "stack", "d,delete", _("Delete"), _("Delete the selected layers, or a branch")),
        Action(
            "duplicate_layer", "stack", "D", _("Duplicate"), _("Put a copy below the selected layers"), footer=False
        ),
        Action(
            "move_down",
            "stack",
            "J,alt+down",
            _("Move down"),
            _("Move the layers down, into what is open"),
            footer=False,
        ),
        Action("move_up", "stack", "K,alt+up", _("Move up"), _("Move the layers up, into what is open"), footer=False),
        Action("mute", "stack", "m", _("Mute"), _("Skip the layers without deleting them, or hear them"), footer=False),
        Action("fold", "stack", "space,z", _("Fold"), _("Fold a block or branches, or open them"), footer=False),
        Action("fold_or_leave", "stack", "left,h", _("Fold"), _("Fold, or go to what holds the layer"), footer=False),
        Action(
            "open_or_enter", "stack", "right,l", _("Open"), _("Open, or go to the first layer within"), footer=False
        ),
        Action("fold_all", "stack", "Z", _("Fold all"), _("Fold all blocks and branches, or open all"), footer=False),
        Action("select_range", "stack", "V", _("Select"), _("Select from here to where the cursor goes"), footer=False),
        Action("extend_down", "stack", "shift+down", _("Select down"), _("Select one line more below"), footer=False),
        Action("extend_up", "stack", "shift+up", _("Select up"), _("Select one line more above"), footer=False),
        Action("copy", "stack", "y", _("Copy"), _("Copy the selected layers to the clipboard, as TOML"), footer=False),
        Action("cut", "stack", "x", _("Cut"), _("Copy the selected layers, and delete them"), footer=False),
        Action(
            "paste_below", "stack", "p", _("Paste"), _("Put the copied layers below the selected one"), footer=False
        ),
        Action("paste_above", "stack", "P", _("Paste above"), _("Put them above the selected one"), footer=False),
        Action("wrap_block", "stack", "b", _("Block"), _("Make a block of the selected layers"), footer=False),
        Action(
            "wrap_branches", "stack", "B", _("Residual"), _("Put a skip connection around the layers"), footer=False
        ),
        Action("unwrap", "stack", "W", _("Unwrap"), _("Take the layers out of a block, or of a branch"), footer=False),
        Action(
            "add_branch", "stack", "plus", _("Add branch"), _("Add a branch, empty: a skip connection"), footer=False
        ),
        Action(
            "widen", "stack", "right_square_bracket", _("Double"), _("Twice as many filters or units"), footer=False
        ),
        Action("narrow", "stack", "left_square_bracket", _("Halve"), _("Half as many filters or units"), footer=False),
        Action(
            "enlarge", "stack", "right_curly_bracket", _("Larger"), _("A larger kernel or pooling window"), footer=False
        ),
        Action(
            "shrink", "stack", "left_curly_bracket", _("Smaller"), _("A smaller kernel or pooling window"), footer=False
        ),
        Action("stride", "stack", "s", _("Stride"), _("Stride 1 or 2"), footer=False),
        Action("padding", "stack", "equals_sign", _("Padding"), _("Padding same or valid"), footer=False),
        Action("function", "stack", "r", _("Activation"), _("The next activation, or way to merge"), footer=False),
        Action("apply_fix", "stack", "f", _("Fix"), _("Mend the first problem found, as its line proposes")),
        Action(
            "next_finding",
            "stack",
            "n",
            _("Next"),
            _("Go to the next layer that something is said about"),
            footer=False,
        ),
        Action("last_finding", "stack", "N", _("Before"), _("Go to the one before"), footer=False),
        Action("why", "stack", "w", _("Why"), _("Show the formula of every number of the layer"), footer=False),
        Action("choose_columns", "stack", "c", _("Columns"), _("Choose the columns of the stack"), footer=False),
        Action("undo", "stack", "u,ctrl+z", _("Undo"), _("Take back the last edit")),
        Action("redo", "stack", "U,ctrl+y", _("Redo"), _("Make the edit again that was taken back"), footer=False),
        Action("keep_variant", "stack", "v", _("Keep"), _("Keep the network as a variant, and go on"), footer=False),
        Action(
            "compare_variants", "stack", "C", _("Variants"), _("Compare variants side by side; load one"), footer=False
        ),
        Action(
            "sweep_setting", "stack", "t", _("Sweep"), _("Try several values of a setting of the layer"), footer=False
        ),
        Action("go_to_finding", "checks", "enter", _("Go there"), _("Go to the layer that the finding is about")),
        Action("fix_finding", "checks", "f", _("Fix"), _("Mend what the finding is about, as its line proposes")),
        Action("leave_checks", "checks", "escape", _("Back"), _("Go back to the stack"), footer=False),
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
        *lab_actions(),
        Action("mode_build", "app", "1", _("Build"), _("Go to the Build screen"), footer=False),
        Action("mode_train", "app", "2", _("Train"), _("Go to the Train screen"), footer=False),
        Action("mode_lab", "app", "4", _("Lab"), _("Go to the Lab and its lessons"), footer=False),
        Action("mode_runs", "app", "5", _("Runs"), _("Go to the list of runs"), footer=False),
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


_TOGETHER: dict[Scope, tuple[Scope, ...]] = {
    "train": ("recipe",),
    "lab": ("stepper", "lab_form", "chain", "weights", "pairs", "lesson"),
}
"""What a screen's own keys work together with."""


def meant_together(one: Scope, other: Scope) -> bool:
    """Whether the keys of both scopes work at the same time, so that none may be in both."""
    return one == other or "app" in (one, other) or other in _TOGETHER.get(one, ()) or one in _TOGETHER.get(other, ())


def lab_actions() -> tuple[Action, ...]:
    """List the actions of the Lab."""
    return (
        Action("step_forward", "stepper", "right", _("Step"), _("Move the window one place on")),
        Action("step_back", "stepper", "left", _("Back"), _("Move it one place back")),
        Action("row_down", "stepper", "down", _("Row down"), _("Move it one row down"), footer=False),
        Action("row_up", "stepper", "up", _("Row up"), _("Move it one row up"), footer=False),
        Action("first_step", "stepper", "home", _("First"), _("Go to the first place"), footer=False),
        Action("last_step", "stepper", "end", _("Last"), _("Go to the last place: all is filled in"), footer=False),
        Action("go_to", "stepper", "g", _("Go to"), _("Type the row and the column to go to"), footer=False),
        Action("run_steps", "stepper", "space", _("Run"), _("Let it run, or stop it")),
        Action("faster", "stepper", "plus", _("Faster"), _("Take more steps a second"), footer=False),
        Action("slower", "stepper", "minus", _("Slower"), _("Take fewer steps a second"), footer=False),
        Action("next_filter", "stepper", "f", _("Filter"), _("Look at the next filter")),
        Action("type_image", "stepper", "i", _("Image"), _("Type numbers into the image")),
        Action("type_kernel", "stepper", "k", _("Kernel"), _("Type numbers into the kernel")),
        Action("shift_up", "stepper", "shift+up", _("Up"), _("Move the picture up"), footer=False),
        Action("shift_down", "stepper", "shift+down", _("Move"), _("Move the picture down")),
        Action("shift_left", "stepper", "shift+left", _("Left"), _("Move the picture to the left"), footer=False),
        Action("shift_right", "stepper", "shift+right", _("Right"), _("Move the picture to the right"), footer=False),
        Action("settings", "stepper", "enter,e", _("Settings"), _("Change picture, kernel, padding, stride …")),
        Action("leave_settings", "lab_form", "escape,enter", _("Done"), _("Go back to the pictures")),
        Action("larger", "chain", "plus", _("More"), _("Make the number in brackets larger")),
        Action("smaller", "chain", "minus", _("Less"), _("Make it smaller")),
        Action("add_window", "chain", "a", _("Add"), _("Add a window below")),
        Action("delete_window", "chain", "d,delete", _("Delete"), _("Delete the window")),
        Action("next_example", "weights", "x", _("Example"), _("Show the next worked example")),
        Action("settings", "weights", "enter,e", _("Settings"), _("Change the picture and the layers")),
        Action("build_pair", "pairs", "enter", _("Build"), _("Put the selected network on the Build screen")),
        Action("train_pair", "pairs", "t", _("Train"), _("Put it on the Train screen")),
        Action("try_it", "lesson", "enter", _("Try"), _("Set everything up as the line says")),
        Action("read_on", "lesson", "pagedown,space", _("Read on"), _("Scroll the text")),
        Action("read_back", "lesson", "pageup", _("Read back"), _("Scroll it back"), footer=False),
        Action("leave_lesson", "lesson", "escape", _("Lab"), _("Go back to the Lab")),
        Action("lesson", "lab", "l", _("Lesson"), _("Read the lesson")),
        Action("lessons", "lab", "L", _("All lessons"), _("Choose a lesson"), footer=False),
        Action("next_lesson", "lab", "greater_than_sign", _("Next"), _("Go to the next lesson"), footer=False),
        Action("last_lesson", "lab", "less_than_sign", _("Before"), _("Go to the lesson before"), footer=False),
        Action("convolution_page", "lab", "c", _("Convolution"), _("Watch a convolution"), footer=False),
        Action("pooling_page", "lab", "p", _("Pooling"), _("Watch pooling"), footer=False),
        Action("sizes_page", "lab", "s", _("Sizes"), _("Work out sizes, layer after layer"), footer=False),
        Action("weights_page", "lab", "w", _("Weights"), _("Count parameters of kinds of layers"), footer=False),
        Action("pairs_page", "lab", "v", _("Versus"), _("Networks to train and compare"), footer=False),
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
