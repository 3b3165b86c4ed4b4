"""The one registry of actions: bindings, footer, help, palette and README's table all speak from it."""

from typing import Literal, NamedTuple

from textual.binding import Binding

from tui_cnn.i18n import _

Scope = Literal[
    "app",
    "stack",
    "form",
    "recipe",
    "train",
    "inspect",
    "maps",
    "kernels",
    "field",
    "why",
    "evaluation",
    "moves",
    "pad",
    "comparison",
    "history",
    "runs",
]

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
        Action("start_run", "train", "s", _("Start"), _("Start training the network with these settings")),
        Action("pause_run", "train", "p", _("Pause"), _("Pause the training, or let a paused one go on")),
        Action("stop_run", "train", "x", _("Stop"), _("Stop the training; it can be resumed later")),
        Action("resume_run", "train", "r", _("Resume"), _("Go on with a run that was stopped or interrupted")),
        Action("new_run", "train", "n", _("New run"), _("Leave this run and set up another")),
        Action("show_log", "train", "l", _("Log"), _("Show what the worker wrote"), footer=False),
        Action("inspect_run", "train", "i", _("Inspect"), _("Look inside the network of this run")),
        Action("next_image", "inspect", "n", _("Next"), _("Go to the next image")),
        Action("previous_image", "inspect", "p", _("Previous"), _("Go to the image before"), footer=False),
        Action("find_images", "inspect", "slash", _("Find"), _("Choose images by number, class, or mistake")),
        Action("own_picture", "inspect", "o", _("Picture"), _("Look at a picture file of your own")),
        Action("write_view", "inspect", "x", _("Export"), _("Write what is shown as SVG, PNG, CSV or NPZ")),
        Action("choose_run", "inspect", "i", _("Run"), _("Look into another run"), footer=False),
        Action("next_view", "inspect", "tab", _("View"), _("Go to the next view"), footer=False),
        Action("previous_view", "inspect", "shift+tab", _("View"), _("Go to the view before"), footer=False),
        Action("view_maps", "inspect", "m", _("Maps"), _("Show what each layer makes of the image"), footer=False),
        Action("view_kernels", "inspect", "k", _("Kernels"), _("Show the weights of the convolutions"), footer=False),
        Action("view_field", "inspect", "f", _("Field"), _("Show what a cell sees, and what excites it"), footer=False),
        Action("view_why", "inspect", "w", _("Why"), _("Show which pixels speak for a class"), footer=False),
        Action("view_evaluation", "inspect", "e", _("Test"), _("Show how good it is on the test set"), footer=False),
        Action("view_moves", "inspect", "v", _("Moves"), _("Shift, rotate, zoom, flip the image"), footer=False),
        Action("view_pad", "inspect", "d", _("Draw"), _("Draw an image by hand"), footer=False),
        Action("view_comparison", "inspect", "c", _("Compare"), _("Compare with another run"), footer=False),
        Action("view_history", "inspect", "h", _("History"), _("Show how the kernels came about"), footer=False),
        Action(
            "previous_layer", "inspect", "left_square_bracket", _("Layer"), _("Go to the layer before"), footer=False
        ),
        Action("next_layer", "inspect", "right_square_bracket", _("Layer"), _("Go to the next layer"), footer=False),
        Action("previous_map", "inspect", "comma", _("Map"), _("Go to the map or unit before"), footer=False),
        Action("next_map", "inspect", "full_stop", _("Map"), _("Go to the next map or unit"), footer=False),
        Action("toggle_grey", "inspect", "g", _("Grey"), _("Draw in grey, or in colours"), footer=False),
        Action("ask_again", "inspect", "r", _("Ask again"), _("Ask again what could not be answered"), footer=False),
        Action("open_map", "maps", "enter", _("Large"), _("Make the chosen map large, with a cursor in it")),
        Action("close_map", "maps", "escape", _("Gallery"), _("Go back to all maps")),
        Action("toggle_order", "maps", "s", _("Sort"), _("Sort maps by strength, or by position")),
        Action("toggle_scale", "maps", "z", _("Scale"), _("Take one scale for the layer, or one for each map")),
        Action("open_run", "runs", "enter", _("Open"), _("Open the run on the Train screen, also while it trains")),
        Action("next_input", "kernels", "space", _("Input"), _("Show the next input channel; first their sum")),
        Action("next_explanation", "why", "space", _("Method"), _("Show the next explanation, where all do not fit")),
        Action("turn_left", "moves", "a", _("Angle"), _("Turn the image to the left")),
        Action("turn_right", "moves", "A", _("Angle"), _("Turn the image to the right"), footer=False),
        Action("zoom_in", "moves", "plus", _("Larger"), _("Make the image larger")),
        Action("zoom_out", "moves", "minus", _("Smaller"), _("Make the image smaller"), footer=False),
        Action("mirror", "moves", "l", _("Flip"), _("Flip the image left to right")),
        Action("add_noise", "moves", "asterisk", _("Noise"), _("Add noise; after the strongest there is none")),
        Action("put_back", "moves", "backspace", _("Reset"), _("Put the image back as it was")),
        Action("set_pen", "pad", "space", _("Pen"), _("Put the pen down, or lift it")),
        Action("toggle_eraser", "pad", "z", _("Eraser"), _("Draw in white, or erase")),
        Action("take_image", "pad", "y", _("Trace"), _("Put the image that is shown on the pad, to change it")),
        Action("clear_pad", "pad", "backspace", _("Clear"), _("Begin with an empty pad")),
        Action("choose_other", "comparison", "b", _("Beside"), _("Choose the run to compare with")),
        Action("open_list", "comparison", "enter", _("Images"), _("Walk through the images of the chosen list")),
        Action("open_cell", "evaluation", "enter", _("Images"), _("Walk through the images of the chosen cell")),
        Action("toggle_shares", "evaluation", "s", _("Shares"), _("Show counts, or shares of each class")),
        Action("turn_page", "evaluation", "space", _("Tables"), _("Show the next table, where all do not fit")),
        Action("inspect_run", "runs", "i", _("Inspect"), _("Look inside the network of the run")),
        Action("load_network", "runs", "b", _("Build"), _("Put the run's network on the Build screen")),
        Action("mode_build", "app", "1", _("Build"), _("Go to the Build screen"), footer=False),
        Action("mode_train", "app", "2", _("Train"), _("Go to the Train screen"), footer=False),
        Action("mode_inspect", "app", "3", _("Inspect"), _("Go to the Inspect screen"), footer=False),
        Action("mode_runs", "app", "5", _("Runs"), _("Go to the list of runs"), footer=False),
        Action("save", "app", "ctrl+s", _("Save"), _("Save the network to its file")),
        Action("save_as", "app", "S", _("Save as"), _("Save the network to another file"), footer=False),
        Action("open", "app", "ctrl+o", _("Open"), _("Open a network from a file or a preset")),
        Action("help", "app", "question_mark,f1", _("Help"), _("Show all keys")),
        Action("quit", "app", "ctrl+q,q", _("Quit"), _("Leave; training goes on in the background"), footer=False),
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
