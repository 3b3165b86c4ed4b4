"""What can be done in the Lab."""

from tui_cnn.i18n import _
from tui_cnn.ui.actions.action import Action


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
        Action("take_picture", "stepper", "o", _("Picture"), _("Take a picture file of your own"), footer=False),
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
        Action("train_both", "pairs", "T", _("Train both"), _("Train both networks, one after the other")),
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
