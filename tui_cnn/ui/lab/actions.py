"""What can be done in the Lab."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

STEPPER = Scope(
    "stepper",
    _("Lab: the window on the picture"),
    (
        Action("step_forward", "right", _("Step"), _("Move the window one place on")),
        Action("step_back", "left", _("Back"), _("Move it one place back")),
        Action("row_down", "down", _("Row down"), _("Move it one row down"), footer=False),
        Action("row_up", "up", _("Row up"), _("Move it one row up"), footer=False),
        Action("first_step", "home", _("First"), _("Go to the first place"), footer=False),
        Action("last_step", "end", _("Last"), _("Go to the last place: all is filled in"), footer=False),
        Action("go_to", "g", _("Go to"), _("Type the row and the column to go to"), footer=False),
        Action("run_steps", "space", _("Run"), _("Let it run, or stop it")),
        Action("faster", "plus", _("Faster"), _("Take more steps a second"), footer=False),
        Action("slower", "minus", _("Slower"), _("Take fewer steps a second"), footer=False),
        Action("next_filter", "f", _("Filter"), _("Look at the next filter")),
        Action("type_image", "i", _("Image"), _("Type numbers into the image")),
        Action("type_kernel", "k", _("Kernel"), _("Type numbers into the kernel")),
        Action("take_picture", "o", _("Picture"), _("Take a picture file of your own"), footer=False),
        Action("shift_up", "shift+up", _("Up"), _("Move the picture up"), footer=False),
        Action("shift_down", "shift+down", _("Move"), _("Move the picture down")),
        Action("shift_left", "shift+left", _("Left"), _("Move the picture to the left"), footer=False),
        Action("shift_right", "shift+right", _("Right"), _("Move the picture to the right"), footer=False),
        Action("settings", "enter,e", _("Settings"), _("Change picture, kernel, padding, stride …")),
    ),
    within=("lab",),
    on="screen",
)

LAB_FORM = Scope(
    "lab_form",
    _("Lab: the settings (arrows and Tab move, ← → choose)"),
    (Action("leave_settings", "escape,enter", _("Done"), _("Go back to the pictures")),),
    within=("lab",),
    priority=True,
    on="screen",
)

CHAIN = Scope(
    "chain",
    _("Lab: sizes (arrows move, digits change the number)"),
    (
        Action("larger", "plus", _("More"), _("Make the number in brackets larger")),
        Action("smaller", "minus", _("Less"), _("Make it smaller")),
        Action("add_window", "a", _("Add"), _("Add a window below")),
        Action("delete_window", "d,delete", _("Delete"), _("Delete the window")),
    ),
    within=("lab",),
    on="screen",
)

WEIGHTS = Scope(
    "weights",
    _("Lab: weights"),
    (
        Action("next_example", "x", _("Example"), _("Show the next worked example")),
        Action("settings", "enter,e", _("Settings"), _("Change the picture and the layers")),
    ),
    within=("lab",),
    on="screen",
)

PAIRS = Scope(
    "pairs",
    _("Lab: networks to compare (arrows move)"),
    (
        Action("build_pair", "enter", _("Build"), _("Put the selected network on the Build screen")),
        Action("train_pair", "t", _("Train"), _("Put it on the Train screen")),
        Action("train_both", "T", _("Train both"), _("Train both networks, one after the other")),
    ),
    within=("lab",),
    on="screen",
)

LESSON = Scope(
    "lesson",
    _("Lab: a lesson (arrows choose what to try)"),
    (
        Action("try_it", "enter", _("Try"), _("Set everything up as the line says")),
        Action("read_on", "pagedown,space", _("Read on"), _("Scroll the text")),
        Action("read_back", "pageup", _("Read back"), _("Scroll it back"), footer=False),
        Action("leave_lesson", "escape", _("Lab"), _("Go back to the Lab")),
    ),
    within=("lab",),
    priority=True,
    on="screen",
)

LAB = Scope(
    "lab",
    _("Lab: its pages and lessons"),
    (
        Action("lesson", "l", _("Lesson"), _("Read the lesson")),
        Action("lessons", "L", _("All lessons"), _("Choose a lesson"), footer=False),
        Action("next_lesson", "greater_than_sign", _("Next"), _("Go to the next lesson"), footer=False),
        Action("last_lesson", "less_than_sign", _("Before"), _("Go to the lesson before"), footer=False),
        Action("convolution_page", "c", _("Convolution"), _("Watch a convolution"), footer=False),
        Action("pooling_page", "p", _("Pooling"), _("Watch pooling"), footer=False),
        Action("sizes_page", "s", _("Sizes"), _("Work out sizes, layer after layer"), footer=False),
        Action("weights_page", "w", _("Weights"), _("Count parameters of kinds of layers"), footer=False),
        Action("pairs_page", "v", _("Versus"), _("Networks to train and compare"), footer=False),
    ),
    on="screen",
)
SCOPES = (LAB, STEPPER, LAB_FORM, CHAIN, WEIGHTS, PAIRS, LESSON)
