"""The keys of curves, wherever there are some."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

CURVES = Scope(
    "curves",
    _("Curves, of one run or of several"),
    (
        Action("cursor_left", "left", _("Left"), _("Read the values a column to the left"), footer=False),
        Action("cursor_right", "right", _("Read"), _("Read the values at a cursor, and move it")),
        Action("zoom_in", "plus,equals_sign", _("Zoom"), _("Look closer, around the cursor"), footer=False),
        Action("zoom_out", "minus", _("Zoom out"), _("Look from further away"), footer=False),
        Action("pan_left", "shift+left", _("Pan left"), _("Look further to the left"), footer=False),
        Action("pan_right", "shift+right", _("Pan right"), _("Look further to the right"), footer=False),
        Action("whole_curve", "0,home", _("Whole"), _("Look at all of it, without a cursor"), footer=False),
        Action("next_axis", "a", _("Axis"), _("Count in epochs, steps, or seconds"), footer=False),
        Action("toggle_log", "y", _("Log scale"), _("Draw logarithms, or the values themselves"), footer=False),
        Action("next_smoothing", "m", _("Smooth"), _("Smooth the curves more, or not at all"), footer=False),
    ),
    within=("train", "compare"),
    on="screen",
)
