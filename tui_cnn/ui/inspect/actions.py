"""What can be done on the Inspect screen, and in each of its views."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

INSPECT = Scope(
    "inspect",
    _("Inspect (arrows move within the view)"),
    (
        Action("next_image", "n", _("Next"), _("Go to the next image")),
        Action("previous_image", "p", _("Previous"), _("Go to the image before"), footer=False),
        Action("find_images", "slash", _("Find"), _("Choose images by number, class, or mistake")),
        Action("own_picture", "o", _("Picture"), _("Look at a picture file of your own")),
        Action("write_view", "x", _("Export"), _("Write what is shown as SVG, PNG, CSV or NPZ")),
        Action("choose_run", "i", _("Run"), _("Look into another run"), footer=False),
        Action("next_view", "tab", _("View"), _("Go to the next view"), footer=False),
        Action("previous_view", "shift+tab", _("View"), _("Go to the view before"), footer=False),
        Action("view_maps", "m", _("Maps"), _("Show what each layer makes of the image"), footer=False),
        Action("view_kernels", "k", _("Kernels"), _("Show the weights of the convolutions"), footer=False),
        Action("view_field", "f", _("Field"), _("Show what a cell sees, and what excites it"), footer=False),
        Action("view_why", "w", _("Why"), _("Show which pixels speak for a class"), footer=False),
        Action("view_evaluation", "e", _("Test"), _("Show how good it is on the test set"), footer=False),
        Action("view_moves", "v", _("Moves"), _("Shift, rotate, zoom, flip the image"), footer=False),
        Action("view_pad", "d", _("Draw"), _("Draw an image by hand"), footer=False),
        Action("view_comparison", "c", _("Compare"), _("Compare with another run"), footer=False),
        Action("view_history", "h", _("History"), _("Show how the kernels came about"), footer=False),
        Action("previous_layer", "left_square_bracket", _("Layer"), _("Walk to the layer before"), footer=False),
        Action("next_layer", "right_square_bracket", _("Layer"), _("Walk to the next layer"), footer=False),
        Action("previous_map", "less_than_sign", _("Map"), _("Go to the map or unit before"), footer=False),
        Action("next_map", "greater_than_sign", _("Map"), _("Go to the next map or unit"), footer=False),
        Action("toggle_grey", "g", _("Grey"), _("Draw in grey, or in colours"), footer=False),
        Action("ask_again", "r", _("Ask again"), _("Ask again what could not be answered"), footer=False),
    ),
    on="screen",
)

MAPS = Scope(
    "maps",
    _("Inspect: maps (up and down walk the layers, left and right the maps)"),
    (
        Action("open_map", "enter", _("Large"), _("Make the chosen map large, with a cursor in it")),
        Action("close_map", "escape", _("Gallery"), _("Go back to all maps")),
        Action("toggle_order", "s", _("Sort"), _("Sort maps by strength, or by position")),
        Action("toggle_scale", "z", _("Scale"), _("Take one scale for the layer, or one for each map")),
        Action("map_to_lab", "t", _("Lab"), _("Take the map to the Lab, and slide a kernel over it")),
    ),
    within=("inspect",),
)

KERNELS = Scope(
    "kernels",
    _("Inspect: kernels (up and down walk the layers, left and right the filters)"),
    (
        Action("next_input", "space", _("Input"), _("Show the next input channel; first their sum")),
        Action("toggle_scale", "z", _("Scale"), _("Take one scale for the layer, or one for each filter")),
        Action("filter_to_lab", "t", _("Lab"), _("Take the filter to the Lab, and watch what it computes")),
    ),
    within=("inspect",),
)

FIELD = Scope("field", "", (), within=("inspect",))

WHY = Scope(
    "why",
    _("Inspect: why (up and down walk the layers, left and right the classes)"),
    (Action("next_explanation", "space", _("Method"), _("Show the next explanation, where all do not fit")),),
    within=("inspect",),
)

EVALUATION = Scope(
    "evaluation",
    _("Inspect: evaluation (arrows move in the table)"),
    (
        Action("open_cell", "enter", _("Images"), _("Walk through the images of the chosen cell")),
        Action("toggle_shares", "s", _("Shares"), _("Show counts, or shares of each class")),
        Action("turn_page", "space", _("Tables"), _("Show the next table, where all do not fit")),
    ),
    within=("inspect",),
)

MOVES = Scope(
    "moves",
    _("Inspect: moves (arrows shift the image)"),
    (
        Action("turn_left", "a", _("Angle"), _("Turn the image to the left")),
        Action("turn_right", "A", _("Angle"), _("Turn the image to the right"), footer=False),
        Action("zoom_in", "plus", _("Larger"), _("Make the image larger")),
        Action("zoom_out", "minus", _("Smaller"), _("Make the image smaller"), footer=False),
        Action("mirror", "l", _("Flip"), _("Flip the image left to right")),
        Action("add_noise", "asterisk", _("Noise"), _("Add noise; after the strongest there is none")),
        Action("put_back", "backspace", _("Reset"), _("Put the image back as it was")),
    ),
    within=("inspect",),
)

PAD = Scope(
    "pad",
    _("Inspect: drawing (arrows move the pen; the mouse draws, too)"),
    (
        Action("set_pen", "space", _("Pen"), _("Put the pen down, or lift it")),
        Action("toggle_eraser", "z", _("Eraser"), _("Draw in white, or erase")),
        Action("take_image", "y", _("Trace"), _("Put the image that is shown on the pad, to change it")),
        Action("change_width", "b", _("Width"), _("Take a broader pen; after the broadest the finest")),
        Action("undo_stroke", "u", _("Undo"), _("Take back the last stroke")),
        Action("clear_pad", "backspace", _("Clear"), _("Begin with an empty pad")),
    ),
    within=("inspect",),
)

COMPARISON = Scope(
    "comparison",
    _("Inspect: comparison (arrows choose)"),
    (
        Action("choose_other", "b", _("Beside"), _("Choose the run to compare with")),
        Action("open_list", "enter", _("Images"), _("Walk through the images of the chosen list")),
    ),
    within=("inspect",),
)

HISTORY = Scope(
    "history",
    _("Inspect: history (up and down walk the layers, left and right the maps)"),
    (Action("toggle_scale", "z", _("Scale"), _("Take one scale for all steps, or one for each")),),
    within=("inspect",),
)

VIEWS = (MAPS, KERNELS, FIELD, WHY, EVALUATION, MOVES, PAD, COMPARISON, HISTORY)
"""The views of the Inspect screen; one of them has the focus."""

SCOPES = (INSPECT, *VIEWS)
