"""What can be done on the Runs screen, and where runs are compared."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

RUNS = Scope(
    "runs",
    _("Runs"),
    (
        Action("open_run", "enter", _("Open"), _("Open the run on the Train screen")),
        Action("mark_run", "space", _("Mark"), _("Mark or unmark the run for comparison")),
        Action("compare_runs", "c", _("Compare"), _("Compare the marked runs: curves, networks, recipes")),
        Action("pin_baseline", "p", _("Baseline"), _("Pin the run as the baseline of comparisons, or unpin it"), False),
        Action("group_runs", "G", _("Group"), _("Group runs that differ in the seed alone: mean and spread"), False),
        Action("filter_runs", "slash", _("Filter"), _("Filter the runs by words")),
        Action("sort_runs", "s", _("Sort"), _("Sort by the next column")),
        Action("reverse_runs", "o", _("Reverse"), _("Reverse the sort order"), footer=False),
        Action("show_scatter", "v", _("Scatter"), _("Plot accuracy against parameters, MACs or time")),
        Action("inspect_run", "i", _("Inspect"), _("Inspect the network of the run")),
        Action("load_network", "b", _("Build"), _("Open the run's network on the Build screen")),
        Action("resume_run", "r", _("Resume"), _("Resume the run from its checkpoint"), False, "steer('resume')"),
        Action("repeat_run", "R", _("Repeat"), _("Train the same network again with the same recipe"), footer=False),
        Action("train_further", "f", _("Train further"), _("Train the finished run for more epochs"), footer=False),
        Action("stop_run", "x", _("Stop"), _("Stop the run if it is training"), False, "steer('stop')"),
        Action("rename_run", "t", _("Rename"), _("Rename the run"), False, "edit_about('title')"),
        Action("tag_run", "g", _("Tags"), _("Edit the tags of the run"), False, "edit_about('tags')"),
        Action("note_run", "n", _("Note"), _("Edit the note of the run"), False, "edit_about('note')"),
        Action("export_run", "e", _("Export"), _("Export the best network as .keras or .onnx"), footer=False),
        Action("delete_run", "d,delete", _("Delete"), _("Move the marked runs or the selected run to the trash")),
        Action("open_trash", "T", _("Trash"), _("Restore runs from the trash, or empty it"), footer=False),
        Action("unmark_runs", "escape", _("Unmark"), _("Clear the filter and all marks"), footer=False),
    ),
)

COMPARE = Scope(
    "compare",
    _("Runs: comparison of the marked runs"),
    (
        Action("next_pair", "v", _("View"), _("Switch the curves: loss and accuracy, or rates")),
        Action("back", "escape", _("Back"), _("Close the comparison")),
    ),
)

SCATTER = Scope(
    "scatter",
    _("Runs: accuracy against cost"),
    (
        Action("next_cost", "a", _("Axis"), _("Switch the axis: parameters, MACs or seconds")),
        Action("other_accuracy", "y", _("Accuracy"), _("Switch between test and best validation accuracy")),
        Action("back", "escape", _("Back"), _("Close the scatter plot")),
    ),
)
SCOPES = (RUNS, COMPARE, SCATTER)
