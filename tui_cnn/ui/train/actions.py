"""What can be done on the Train screen."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

RECIPE = Scope(
    "recipe",
    _("Train: the settings of a run (arrows and Tab move, ← → choose)"),
    (
        Action("start_run", "enter", _("Start"), _("Start training with the settings as they stand")),
        Action("leave_form", "escape", _("Leave form"), _("Leave the form, to use the screen's own keys")),
    ),
    within=("train",),
    priority=True,
    on="screen",
)

TRAIN = Scope(
    "train",
    _("Train"),
    (
        Action("start_run", "s", _("Start"), _("Start training the network with these settings")),
        Action("pause_run", "p", _("Pause"), _("Pause the training, or let a paused one go on")),
        Action("hurry_run", "h", _("Train now"), _("Train a run that waits now, beside the other")),
        Action("stop_run", "x", _("Stop"), _("Stop the training; it can be resumed later")),
        Action("resume_run", "r", _("Resume"), _("Go on with a run that was stopped or interrupted")),
        Action("new_run", "n", _("New run"), _("Leave this run and set up another")),
        Action("next_view", "v", _("View"), _("Show loss and accuracy, then rates, then classes")),
        Action("lay_over", "o", _("Overlay"), _("Lay another run over the curves, or take one away")),
        Action("inspect_run", "i", _("Inspect"), _("Look inside the network of this run")),
        Action("show_log", "l", _("Log"), _("Show what the worker wrote")),
    ),
    on="screen",
)

SCOPES = (RECIPE, TRAIN)
