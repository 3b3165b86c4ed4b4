"""What can be done on the Runs screen, and where runs are compared."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

RUNS = Scope(
    "runs",
    _("Runs"),
    (
        Action("open_run", "enter", _("Open"), _("Open the run on the Train screen, also while it trains")),
        Action("mark_run", "space", _("Mark"), _("Mark the run to compare it, or no more")),
        Action("compare_runs", "c", _("Compare"), _("Compare the marked runs: curves, networks, recipes")),
        Action("filter_runs", "slash", _("Filter"), _("Show only runs in which all these words occur")),
        Action("sort_runs", "s", _("Sort"), _("Sort by the next column")),
        Action("reverse_runs", "o", _("Reverse"), _("Sort the other way round"), footer=False),
        Action("show_scatter", "v", _("Scatter"), _("Show accuracy against parameters, MACs or time")),
        Action("inspect_run", "i", _("Inspect"), _("Look inside the network of the run")),
        Action("load_network", "b", _("Build"), _("Put the run's network on the Build screen")),
        Action("resume_run", "r", _("Resume"), _("Go on with the run from its checkpoint"), footer=False),
        Action("repeat_run", "R", _("Repeat"), _("Train the same network by the same recipe again"), footer=False),
        Action("stop_run", "x", _("Stop"), _("Stop the run, if it is being trained"), footer=False),
        Action("rename_run", "t", _("Title"), _("Give the run a title"), footer=False),
        Action("tag_run", "g", _("Tags"), _("Give the run tags to find it by"), footer=False),
        Action("note_run", "n", _("Note"), _("Write a note about the run"), footer=False),
        Action("export_run", "e", _("Export"), _("Write the best network as .keras or .onnx"), footer=False),
        Action("delete_run", "d,delete", _("Delete"), _("Move the marked runs, or this one, to the trash")),
        Action("open_trash", "T", _("Trash"), _("Take runs back from the trash, or empty it"), footer=False),
        Action("unmark_runs", "escape", _("Unmark"), _("Show all runs, and mark none"), footer=False),
    ),
    priority=True,
    on="screen",
)

COMPARE = Scope(
    "compare",
    _("Runs: the marked ones compared"),
    (
        Action("next_pair", "v", _("View"), _("Show their rates, or loss and accuracy")),
        Action("back", "escape", _("Back"), _("Leave the comparison")),
    ),
    on="screen",
)

SCATTER = Scope(
    "scatter",
    _("Runs: accuracy against cost"),
    (
        Action("next_cost", "a", _("Axis"), _("Hold accuracy against parameters, MACs or seconds")),
        Action("other_accuracy", "y", _("Accuracy"), _("Take the test accuracy, or the best validation")),
        Action("back", "escape", _("Back"), _("Leave the drawing")),
    ),
    on="screen",
)
SCOPES = (RUNS, COMPARE, SCATTER)
