"""What can be done on the Runs screen, and where runs are compared."""

from tui_cnn.i18n import _
from tui_cnn.ui.actions.action import Action


def runs_actions() -> tuple[Action, ...]:
    """List what can be done with the runs that there are."""
    return (
        Action("open_run", "runs", "enter", _("Open"), _("Open the run on the Train screen, also while it trains")),
        Action("mark_run", "runs", "space", _("Mark"), _("Mark the run to compare it, or no more")),
        Action("compare_runs", "runs", "c", _("Compare"), _("Compare the marked runs: curves, networks, recipes")),
        Action("filter_runs", "runs", "slash", _("Filter"), _("Show only runs in which all these words occur")),
        Action("sort_runs", "runs", "s", _("Sort"), _("Sort by the next column")),
        Action("reverse_runs", "runs", "o", _("Reverse"), _("Sort the other way round"), footer=False),
        Action("show_scatter", "runs", "v", _("Scatter"), _("Show accuracy against parameters, MACs or time")),
        Action("inspect_run", "runs", "i", _("Inspect"), _("Look inside the network of the run")),
        Action("load_network", "runs", "b", _("Build"), _("Put the run's network on the Build screen")),
        Action("resume_run", "runs", "r", _("Resume"), _("Go on with the run from its checkpoint"), footer=False),
        Action(
            "repeat_run", "runs", "R", _("Repeat"), _("Train the same network by the same recipe again"), footer=False
        ),
        Action("stop_run", "runs", "x", _("Stop"), _("Stop the run, if it is being trained"), footer=False),
        Action("rename_run", "runs", "t", _("Title"), _("Give the run a title"), footer=False),
        Action("tag_run", "runs", "g", _("Tags"), _("Give the run tags to find it by"), footer=False),
        Action("note_run", "runs", "n", _("Note"), _("Write a note about the run"), footer=False),
        Action("export_run", "runs", "e", _("Export"), _("Write the best network as .keras or .onnx"), footer=False),
        Action("delete_run", "runs", "d,delete", _("Delete"), _("Move the marked runs, or this one, to the trash")),
        Action("open_trash", "runs", "T", _("Trash"), _("Take runs back from the trash, or empty it"), footer=False),
        Action("unmark_runs", "runs", "escape", _("Unmark"), _("Show all runs, and mark none"), footer=False),
    )


def comparing_actions() -> tuple[Action, ...]:
    """List what can be done where runs are compared."""
    return (
        Action("next_pair", "compare", "v", _("View"), _("Show their rates, or loss and accuracy")),
        Action("back", "compare", "escape", _("Back"), _("Leave the comparison")),
        Action("next_cost", "scatter", "a", _("Axis"), _("Hold accuracy against parameters, MACs or seconds")),
        Action("other_accuracy", "scatter", "y", _("Accuracy"), _("Take the test accuracy, or the best validation")),
        Action("back", "scatter", "escape", _("Back"), _("Leave the drawing")),
    )
