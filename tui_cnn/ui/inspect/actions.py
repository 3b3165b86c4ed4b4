"""What can be done on the Inspect screen, and in each of its views."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

INSPECT = Scope(
    "inspect",
    _("Inspect (arrows to move within the view)"),
    (
        Action("next_image", "n", _("Next"), _("Go to the next image")),
        Action("previous_image", "p", _("Previous"), _("Go to the previous image"), footer=False),
        Action("find_images", "slash", _("Find"), _("Find images by number, class or mistake")),
        Action("own_picture", "o", _("File"), _("Open an image file")),
        Action("write_view", "x", _("Export"), _("Export the view as SVG, PNG, CSV or NPZ")),
        Action("choose_run", "i", _("Run"), _("Inspect another run"), footer=False),
        Action("next_view", "tab", _("View"), _("Go to the next view"), footer=False),
        Action("previous_view", "shift+tab", _("View"), _("Go to the previous view"), footer=False),
        Action("view_maps", "m", _("Maps"), _("Show the feature maps of each layer"), footer=False),
        Action("view_kernels", "k", _("Kernels"), _("Show the weights of the convolutions"), footer=False),
        Action(
            "view_field",
            "f",
            _("RF"),
            _("Show the receptive field of a cell and its strongest activations"),
            footer=False,
        ),
        Action("view_why", "w", _("Why"), _("Show which pixels support a class"), footer=False),
        Action("view_evaluation", "e", _("Test"), _("Show the evaluation on the test set"), footer=False),
        Action("view_moves", "v", _("Moves"), _("Shift, rotate, zoom or flip the image, or add noise"), footer=False),
        Action("view_pad", "d", _("Draw"), _("Draw an image by hand"), footer=False),
        Action("view_comparison", "c", _("Compare"), _("Compare with another run"), footer=False),
        Action("view_history", "h", _("History"), _("Show how the kernels changed during training"), footer=False),
        Action("previous_layer", "left_square_bracket", _("Layer"), _("Go to the previous layer"), footer=False),
        Action("next_layer", "right_square_bracket", _("Layer"), _("Go to the next layer"), footer=False),
        Action("previous_map", "less_than_sign", _("Map"), _("Go to the previous map or unit"), footer=False),
        Action("next_map", "greater_than_sign", _("Map"), _("Go to the next map or unit"), footer=False),
        Action("toggle_grey", "g", _("Grey"), _("Switch between grey and colour"), footer=False),
        Action("ask_again", "r", _("Retry"), _("Retry the failed requests"), footer=False),
    ),
    on="screen",
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
    ),
    within=("inspect",),
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
    (Action("next_explanation", "space", _("Method"), _("Show the next explanation, if not all fit")),),
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
        Action("turn_left", "a", _("Angle"), _("Rotate the image counter-clockwise")),
        Action("turn_right", "A", _("Angle"), _("Rotate the image clockwise"), footer=False),
        Action("zoom_in", "plus", _("Larger"), _("Enlarge the image")),
        Action("zoom_out", "minus", _("Smaller"), _("Shrink the image"), footer=False),
        Action("mirror", "l", _("Flip"), _("Flip the image horizontally")),
        Action("add_noise", "asterisk", _("Noise"), _("Add more noise; after the maximum, none")),
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

SCOPES = (INSPECT, *VIEWS)
