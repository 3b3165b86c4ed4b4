"""What can be done on the Train screen, and with curves."""

from tui_cnn.i18n import _
from tui_cnn.ui.actions.action import Action


def train_actions() -> tuple[Action, ...]:
    """List what can be done with a run that is being set up or watched."""
    return (
        Action("start_run", "recipe", "enter", _("Start"), _("Start training with the settings as they stand")),
        Action("leave_form", "recipe", "escape", _("Leave form"), _("Leave the form, to use the screen's own keys")),
        Action("start_run", "train", "s", _("Start"), _("Start training the network with these settings")),
        Action("pause_run", "train", "p", _("Pause"), _("Pause the training, or let a paused one go on")),
        Action("hurry_run", "train", "h", _("Train now"), _("Train a run that waits now, beside the other")),
        Action("stop_run", "train", "x", _("Stop"), _("Stop the training; it can be resumed later")),
        Action("resume_run", "train", "r", _("Resume"), _("Go on with a run that was stopped or interrupted")),
        Action("new_run", "train", "n", _("New run"), _("Leave this run and set up another")),
        Action("next_view", "train", "v", _("View"), _("Show loss and accuracy, then rates, then classes")),
        Action("lay_over", "train", "o", _("Overlay"), _("Lay another run over the curves, or take one away")),
        Action("inspect_run", "train", "i", _("Inspect"), _("Look inside the network of this run")),
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
