"""What can be done in the Lab."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

STEPPER = Scope(
    "stepper",
    _("Lab: the window on the image"),
    (
        Action("step_forward", "right", _("Step"), _("Move the window one step forward")),
        Action("step_back", "left", _("Back"), _("Move the window one step back")),
        Action("row_down", "down", _("Row down"), _("Move the window one row down"), footer=False),
        Action("row_up", "up", _("Row up"), _("Move the window one row up"), footer=False),
        Action("first_step", "home", _("First"), _("Go to the first position"), footer=False),
        Action("last_step", "end", _("Last"), _("Go to the last position (output complete)"), footer=False),
        Action("go_to", "g", _("Go to"), _("Enter the row and column to go to"), footer=False),
        Action("run_steps", "space", _("Run"), _("Start or stop automatic stepping")),
        Action("faster", "plus", _("Faster"), _("Increase the steps per second"), footer=False),
        Action("slower", "minus", _("Slower"), _("Decrease the steps per second"), footer=False),
        Action("next_filter", "f", _("Filter"), _("Show the next filter")),
        Action("type_image", "i", _("Image"), _("Edit the numbers of the image")),
        Action("type_kernel", "k", _("Kernel"), _("Edit the numbers of the kernel")),
        Action("take_picture", "o", _("File"), _("Open an image file"), footer=False),
        Action("shift_up", "shift+up", _("Up"), _("Move the image up"), footer=False),
        Action("shift_down", "shift+down", _("Move"), _("Move the image down")),
        Action("shift_left", "shift+left", _("Left"), _("Move the image to the left"), footer=False),
        Action("shift_right", "shift+right", _("Right"), _("Move the image to the right"), footer=False),
        Action("settings", "enter,e", _("Settings"), _("Change the image, kernel, padding, stride, …")),
    ),
    within=("lab",),
    on="screen",
)

LAB_FORM = Scope(
    "lab_form",
    _("Lab: settings (arrows and Tab to move, ← → to choose)"),
    (Action("leave_settings", "escape,enter", _("Done"), _("Close the settings")),),
    within=("lab",),
    priority=True,
    on="screen",
)

CHAIN = Scope(
    "chain",
    _("Lab: sizes (arrows to move, digits to change the number)"),
    (
        Action("larger", "plus", _("More"), _("Increase the number in brackets")),
        Action("smaller", "minus", _("Less"), _("Decrease the number in brackets")),
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
        Action("settings", "enter,e", _("Settings"), _("Change the image and the layers")),
    ),
    within=("lab",),
    on="screen",
)

PAIRS = Scope(
    "pairs",
    _("Lab: networks to compare (arrows to move)"),
    (
        Action("build_pair", "enter", _("Build"), _("Open the selected network on the Build screen")),
        Action("train_pair", "t", _("Train"), _("Open the selected network on the Train screen")),
        Action("train_both", "T", _("Train both"), _("Train both networks, one after the other")),
    ),
    within=("lab",),
    on="screen",
)

LESSON = Scope(
    "lesson",
    _("Lab: lesson (arrows to select an experiment)"),
    (
        Action("try_it", "enter", _("Try"), _("Set up the selected experiment")),
        Action("read_on", "pagedown,space", _("Scroll"), _("Scroll down")),
        Action("read_back", "pageup", _("Scroll up"), _("Scroll up"), footer=False),
        Action("leave_lesson", "escape", _("Lab"), _("Go back to the Lab")),
    ),
    within=("lab",),
    priority=True,
    on="screen",
)

LAB = Scope(
    "lab",
    _("Lab: pages and lessons"),
    (
        Action("lesson", "l", _("Lesson"), _("Read the lesson")),
        Action("lessons", "L", _("All lessons"), _("Choose a lesson"), footer=False),
        Action("next_lesson", "greater_than_sign", _("Next"), _("Go to the next lesson"), footer=False),
        Action("last_lesson", "less_than_sign", _("Previous"), _("Go to the previous lesson"), footer=False),
        Action("convolution_page", "c", _("Convolution"), _("Step through a convolution"), footer=False),
        Action("pooling_page", "p", _("Pooling"), _("Step through pooling"), footer=False),
        Action("sizes_page", "s", _("Sizes"), _("Calculate sizes layer by layer"), footer=False),
        Action("weights_page", "w", _("Weights"), _("Count the parameters of layer types"), footer=False),
        Action("pairs_page", "v", _("Pairs"), _("Train and compare two networks"), footer=False),
    ),
    on="screen",
)
SCOPES = (LAB, STEPPER, LAB_FORM, CHAIN, WEIGHTS, PAIRS, LESSON)
