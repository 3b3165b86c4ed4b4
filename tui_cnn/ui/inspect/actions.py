"""What can be done on the Inspect screen, and in each of its views."""

from functools import partial

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

_hidden = partial(Action, footer=False)
"""An action that the footer leaves out."""


def _view(name: str, key: str, label: str, help_text: str) -> Action:
    """Make the action that brings a view up."""
    return Action(f"view_{name}", key, label, help_text, footer=False, command=f"view('{name}')")


INSPECT = Scope(
    "inspect",
    _("Inspect (arrows to move within the view)"),
    (
        Action("next_image", "n", _("Next"), _("Go to the next image"), command="step(1)"),
        _hidden("previous_image", "p", _("Previous"), _("Go to the previous image"), command="step(-1)"),
        Action("find_images", "slash", _("Find"), _("Find images by number, class or mistake")),
        Action("own_picture", "o", _("File"), _("Open an image file")),
        Action("write_view", "x", _("Export"), _("Export the view as SVG, PNG, CSV or NPZ")),
        _hidden("choose_run", "i", _("Run"), _("Inspect another run")),
        _hidden("next_view", "tab", _("View"), _("Go to the next view"), command="turn_view(1)"),
        _hidden("previous_view", "shift+tab", _("View"), _("Go to the previous view"), command="turn_view(-1)"),
        _view("maps", "m", _("Maps"), _("Show the feature maps of each layer")),
        _view("kernels", "k", _("Kernels"), _("Show the weights of the convolutions")),
        _view("field", "f", _("RF"), _("Show the receptive field of a cell and its strongest activations")),
        _view("why", "w", _("Why"), _("Show which pixels support a class")),
        _view("evaluation", "e", _("Test"), _("Show the evaluation on the test set")),
        _view("moves", "v", _("Moves"), _("Shift, rotate, zoom or flip the image, or add noise")),
        _view("pad", "d", _("Draw"), _("Draw an image by hand")),
        _view("comparison", "c", _("Compare"), _("Compare with another run")),
        _view("history", "h", _("History"), _("Show how the kernels changed during training")),
        _hidden(
            "previous_layer",
            "left_square_bracket",
            _("Layer"),
            _("Go to the previous layer"),
            command="walk_layers(-1)",
        ),
        _hidden("next_layer", "right_square_bracket", _("Layer"), _("Go to the next layer"), command="walk_layers(1)"),
        _hidden(
            "previous_map", "less_than_sign", _("Map"), _("Go to the previous map or unit"), command="walk_maps(-1)"
        ),
        _hidden("next_map", "greater_than_sign", _("Map"), _("Go to the next map or unit"), command="walk_maps(1)"),
        _hidden("toggle_grey", "g", _("Grey"), _("Switch between grey and colour")),
        _hidden("ask_again", "r", _("Retry"), _("Retry the failed requests")),
    ),
)

MAPS = Scope(
    "maps",
    _("Inspect: maps (↑ ↓ layer, ← → map)"),
    (
        Action("open_map", "enter", _("Zoom"), _("Enlarge the selected map, with a cell cursor")),
        Action("close_map", "escape", _("Gallery"), _("Go back to all maps")),
        Action("toggle_order", "s", _("Sort"), _("Sort the maps by strength or position")),
        Action("toggle_scale", "z", _("Scale"), _("Use one scale for the layer or one per map")),
        Action("map_to_lab", "t", _("Lab"), _("Open the map in the Lab and slide a kernel over it")),
        Action("trace", "y", _("Trace"), _("Show how the selected cell or unit is calculated")),
    ),
    within=("inspect",),
)

TRACE = Scope(
    "trace",
    _("Inspect: a number written out (↑ ↓ channel, ← → term)"),
    (
        Action("go_back", "enter", _("Follow"), _("Go to the number that the selected term came from")),
        Action("return", "backspace,escape", _("Return"), _("Return to the number before, or to the maps")),
        Action("show_map", "m", _("Map"), _("Show this number in its map")),
    ),
)

KERNELS = Scope(
    "kernels",
    _("Inspect: kernels (↑ ↓ layer, ← → filter)"),
    (
        Action("next_input", "space", _("Input"), _("Show the next input channel (first, the sum of all)")),
        Action("toggle_scale", "z", _("Scale"), _("Use one scale for the layer or one per filter")),
        Action("filter_to_lab", "t", _("Lab"), _("Open the filter in the Lab and step through it")),
    ),
    within=("inspect",),
)

FIELD = Scope("field", "", (), within=("inspect",))

WHY = Scope(
    "why",
    _("Inspect: why (↑ ↓ layer, ← → class)"),
    (
        Action("next_explanation", "space", _("Method"), _("Show the next explanation, if not all fit")),
        Action("toggle_scale", "z", _("Scale"), _("Use one scale for all layers or one per layer")),
        Action(
            "square_size", "s", _("Size"), _("Occlude with a square of another size"), command="change_square('size')"
        ),
        Action("square_step", "t", _("Step"), _("Move the square in other steps"), command="change_square('step')"),
        Action(
            "square_grey",
            "b",
            _("Grey"),
            _("Occlude with the background, or with black, grey or white"),
            command="change_square('grey')",
        ),
    ),
    within=("inspect",),
)

EVALUATION = Scope(
    "evaluation",
    _("Inspect: evaluation (arrows to move in the table)"),
    (
        Action("open_cell", "enter", _("Images"), _("Browse the images of the selected cell")),
        Action("toggle_shares", "s", _("Shares"), _("Switch between counts and shares of each class")),
        Action("turn_page", "space", _("Tables"), _("Show the next table, if not all fit")),
    ),
    within=("inspect",),
)

MOVES = Scope(
    "moves",
    _("Inspect: moves (arrows to shift the image)"),
    (
        Action("turn_left", "a", _("Angle"), _("Rotate the image counter-clockwise"), command="rotate(1)"),
        _hidden("turn_right", "A", _("Angle"), _("Rotate the image clockwise"), command="rotate(-1)"),
        Action("zoom_in", "plus", _("Larger"), _("Enlarge the image"), command="zoom(1)"),
        _hidden("zoom_out", "minus", _("Smaller"), _("Shrink the image"), command="zoom(-1)"),
        Action("mirror", "l", _("Flip"), _("Flip the image horizontally")),
        Action("add_noise", "asterisk", _("Noise"), _("Add more noise; after the maximum, none")),
        Action(
            "next_chart",
            "t",
            _("Chart"),
            _("Show the prediction over angle, scale or shift, or accuracy"),
        ),
        Action("put_back", "backspace", _("Reset"), _("Restore the original image")),
    ),
    within=("inspect",),
)

PAD = Scope(
    "pad",
    _("Inspect: drawing (arrows or mouse to draw)"),
    (
        Action("set_pen", "space", _("Pen"), _("Lower or lift the pen")),
        Action("toggle_eraser", "z", _("Eraser"), _("Switch between pen and eraser")),
        Action("take_image", "y", _("Copy"), _("Copy the shown image to the pad")),
        Action("change_width", "b", _("Width"), _("Use a wider pen; after the widest, the thinnest")),
        Action("undo_stroke", "u", _("Undo"), _("Undo the last stroke")),
        Action("clear_pad", "backspace", _("Clear"), _("Clear the pad")),
    ),
    within=("inspect",),
)

COMPARISON = Scope(
    "comparison",
    _("Inspect: comparison (arrows to select)"),
    (
        Action("choose_other", "b", _("Run"), _("Choose the run to compare with")),
        Action("open_list", "enter", _("Images"), _("Browse the images of the selected list")),
    ),
    within=("inspect",),
)

HISTORY = Scope(
    "history",
    _("Inspect: history (↑ ↓ layer, ← → map)"),
    (Action("toggle_scale", "z", _("Scale"), _("Use one scale for all steps or one per step")),),
    within=("inspect",),
)

VIEWS = (MAPS, KERNELS, FIELD, WHY, EVALUATION, MOVES, PAD, COMPARISON, HISTORY)
"""The views of the Inspect screen; one of them has the focus."""

SCOPES = (INSPECT, *VIEWS, TRACE)
