"""What can be done on the Search screen."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

SEARCH = Scope(
    "search",
    _("Search"),
    (
        Action("new_search", "n", _("New"), _("Set up a new search of the network on the Build screen")),
        Action("start_search", "s", _("Start"), _("Start the search")),
        Action("stop_search", "x", _("Stop"), _("Stop the search; its trials save checkpoints and can be resumed")),
        Action("resume_search", "r", _("Resume"), _("Resume a stopped or interrupted search")),
        Action("next_view", "v", _("View"), _("Show the next view: trials, best so far, scatter plot, parameters")),
        Action("mark_best", "m", _("Mark best"), _("Mark the best trials to compare them on the Runs screen")),
        Action("edit_plan", "e", _("Edit"), _("Edit the search.toml of the search"), footer=False),
        Action("rename_search", "t", _("Rename"), _("Rename the search"), footer=False),
        Action("delete_search", "d,delete", _("Delete"), _("Delete the search; its runs are kept"), False),
    ),
)

TRIALS = Scope(
    "trials",
    _("Search: trials (arrows to move)"),
    (
        Action("open_trial", "enter", _("Open"), _("Open the run of the trial on the Train screen")),
        Action("inspect_trial", "i", _("Inspect"), _("Inspect the network of the trial")),
        Action("load_trial", "b", _("Build"), _("Open the network of the trial on the Build screen")),
        Action("mark_trial", "space", _("Mark"), _("Mark or unmark the runs of the trial for comparison")),
        Action("sort_trials", "o", _("Sort"), _("Sort the trials by the next column"), footer=False),
        Action("next_values", "right", _("Right"), _("Show further columns"), False, "shift_columns(1)"),
        Action("last_values", "left", _("Left"), _("Show the previous columns"), False, "shift_columns(-1)"),
    ),
    within=("search",),
)

BEST = Scope(
    "best",
    _("Search: best so far"),
    (Action("next_axis", "a", _("Axis"), _("Switch the axis: number of trials or time")),),
    within=("search",),
)

COSTS = Scope(
    "costs",
    _("Search: accuracy against cost (← → to select)"),
    (
        Action("open_trial", "enter", _("Open"), _("Open the run of the trial on the Train screen")),
        Action("next_cost", "a", _("Axis"), _("Switch the axis: parameters, MACs, memory or seconds")),
        Action("next_dot", "right,down", _("Next"), _("Select the next trial to the right"), False, "select(1)"),
        Action("last_dot", "left,up", _("Previous"), _("Select the next trial to the left"), False, "select(-1)"),
        Action("front_only", "f", _("Front"), _("Step along the Pareto front only, or all trials")),
    ),
    within=("search",),
)

COORDINATES = Scope(
    "coordinates",
    _("Search: parameters (← → to select an axis)"),
    (
        Action("next_axis", "right", _("Axis"), _("Select the next axis"), False, "select_axis(1)"),
        Action("last_axis", "left", _("Axis"), _("Select the previous axis"), False, "select_axis(-1)"),
        Action("higher_part", "up", _("Values"), _("Highlight trials with higher values"), False, "select_part(1)"),
        Action("lower_part", "down", _("Values"), _("Highlight trials with lower values"), False, "select_part(-1)"),
    ),
    within=("search",),
)

NEW = Scope(
    "new_search",
    _("Search: new search (arrows and Tab to move)"),
    (
        Action("start_new", "enter", _("Start"), _("Make the search and start it")),
        Action("edit_toml", "f4", _("TOML"), _("Edit the search as the TOML of a search.toml")),
        Action("keep_new", "f5", _("Save"), _("Make the search, and start it later")),
        Action("back", "escape", _("Back"), _("Go back to the searches")),
    ),
    priority=True,
)

SCOPES = (SEARCH, TRIALS, BEST, COSTS, COORDINATES, NEW)
