"""What can be done on the Train screen."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

RECIPE = Scope(
    "recipe",
    _("Train: run settings (arrows and Tab to move, ← → to choose)"),
    (
        Action("start_run", "enter", _("Start"), _("Start training with these settings")),
        Action("find_rate", "f2", _("Find rate"), _("Find a learning rate: try rates from low to high for some steps")),
        Action("choose_weights", "f3", _("Weights"), _("Start with the weights of another run or of a file")),
        Action("vary", "f6", _("Vary"), _("Let the setting vary in a search, over a list or a range of values")),
        Action("show_data", "ctrl+d", _("Data"), _("View the images of the data set, or choose another")),
        Action("leave_form", "escape", _("Leave form"), _("Leave the form to use the keys of the screen")),
    ),
    within=("train",),
    priority=True,
)

TRAIN = Scope(
    "train",
    _("Train"),
    (
        Action("start_run", "s", _("Start"), _("Start training with these settings")),
        Action("show_data", "d", _("Data"), _("View the images of the data set, or choose another")),
        Action("pause_run", "p", _("Pause"), _("Pause or continue training"), command="steer('pause')"),
        Action(
            "hurry_run",
            "h",
            _("Train now"),
            _("Start the queued run now, alongside the other run"),
            command="steer('skip_queue')",
        ),
        Action("stop_run", "x", _("Stop"), _("Stop training; you can resume it later"), command="steer('stop')"),
        Action("resume_run", "r", _("Resume"), _("Resume a stopped or interrupted run"), command="steer('resume')"),
        Action("train_further", "f", _("Train further"), _("Train the finished run for more epochs, in a new run")),
        Action("new_run", "n", _("New run"), _("Set up a new run; one that trains continues")),
        Action("next_view", "v", _("View"), _("Show the next view: loss and accuracy, rates, classes")),
        Action("lay_over", "o", _("Overlay"), _("Add or remove the curves of another run"), command="overlay"),
        Action("inspect_run", "i", _("Inspect"), _("Inspect the network of this run")),
        Action("show_log", "l", _("Log"), _("Show the log of the worker")),
    ),
)

DATA = Scope(
    "data",
    _("Train: data"),
    (
        Action("choose_data", "o", _("Open data"), _("Use another data set: a folder of images, a file, …")),
        Action(
            "next_sheet",
            "v",
            _("View"),
            _("Show the next view of the data"),
        ),
        Action("change_fit", "f", _("Fit"), _("Change how images are fitted to the input: pad, crop, stretch")),
        Action("adapt_network", "b", _("Adapt network"), _("Set the network's input and output to match the data")),
        Action("next_class", "down,j", _("Next class"), _("Go to the next class"), False, "walk_classes(1)"),
        Action("previous_class", "up,k", _("Previous class"), _("Go to the previous class"), False, "walk_classes(-1)"),
        Action("more_images", "pagedown,space", _("Next"), _("Show the next images"), False, "page_sheet(1)"),
        Action("earlier_images", "pageup", _("Previous"), _("Show the previous images"), False, "page_sheet(-1)"),
        Action("leave_data", "enter,escape,d", _("Settings"), _("Continue to the run settings")),
    ),
)

SCOPES = (RECIPE, TRAIN, DATA)

START_BINDING, DATA_BINDING, *RUN_BINDINGS = TRAIN.bindings()
"""The form starts a run; the view of a run does the rest."""
