"""What can be done on the Inspect screen, and in each of its views."""

from tui_cnn.i18n import _
from tui_cnn.ui.actions.action import Action


def inspect_actions() -> tuple[Action, ...]:
    """List what can be done with the image and the run, then what each view has of its own."""
    return (
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
            "previous_layer", "inspect", "left_square_bracket", _("Layer"), _("Walk to the layer before"), footer=False
        ),
        Action("next_layer", "inspect", "right_square_bracket", _("Layer"), _("Walk to the next layer"), footer=False),
        Action("previous_map", "inspect", "less_than_sign", _("Map"), _("Go to the map or unit before"), footer=False),
        Action("next_map", "inspect", "greater_than_sign", _("Map"), _("Go to the next map or unit"), footer=False),
        Action("toggle_grey", "inspect", "g", _("Grey"), _("Draw in grey, or in colours"), footer=False),
        Action("ask_again", "inspect", "r", _("Ask again"), _("Ask again what could not be answered"), footer=False),
        Action("open_map", "maps", "enter", _("Large"), _("Make the chosen map large, with a cursor in it")),
        Action("close_map", "maps", "escape", _("Gallery"), _("Go back to all maps")),
        Action("toggle_order", "maps", "s", _("Sort"), _("Sort maps by strength, or by position")),
        Action("toggle_scale", "maps", "z", _("Scale"), _("Take one scale for the layer, or one for each map")),
        Action("map_to_lab", "maps", "t", _("Lab"), _("Take the map to the Lab, and slide a kernel over it")),
        Action("next_input", "kernels", "space", _("Input"), _("Show the next input channel; first their sum")),
        Action("toggle_scale", "kernels", "z", _("Scale"), _("Take one scale for the layer, or one for each filter")),
        Action("filter_to_lab", "kernels", "t", _("Lab"), _("Take the filter to the Lab, and watch what it computes")),
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
        Action("change_width", "pad", "b", _("Width"), _("Take a broader pen; after the broadest the finest")),
        Action("undo_stroke", "pad", "u", _("Undo"), _("Take back the last stroke")),
        Action("clear_pad", "pad", "backspace", _("Clear"), _("Begin with an empty pad")),
        Action("choose_other", "comparison", "b", _("Beside"), _("Choose the run to compare with")),
        Action("open_list", "comparison", "enter", _("Images"), _("Walk through the images of the chosen list")),
        Action("toggle_scale", "history", "z", _("Scale"), _("Take one scale for all steps, or one for each")),
        Action("open_cell", "evaluation", "enter", _("Images"), _("Walk through the images of the chosen cell")),
        Action("toggle_shares", "evaluation", "s", _("Shares"), _("Show counts, or shares of each class")),
        Action("turn_page", "evaluation", "space", _("Tables"), _("Show the next table, where all do not fit")),
    )
