"""The keys of curves, wherever there are some."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

CURVES = Scope(
    "curves",
    _("Curves of one or more runs"),
    (
        Action(
            "cursor_left",
            "left",
            _("Left"),
            _("Move the cursor left and show the values"),
            footer=False,
            command="move_cursor(-1)",
        ),
        Action(
            "cursor_right",
            "right",
            _("Read"),
            _("Show a cursor with the values, and move it right"),
            command="move_cursor(1)",
        ),
        Action("zoom_in", "plus,equals_sign", _("Zoom"), _("Zoom in around the cursor"), False, "zoom(1)"),
        Action("zoom_out", "minus", _("Zoom out"), _("Zoom out"), False, "zoom(-1)"),
        Action("pan_left", "shift+left", _("Pan left"), _("Pan to the left"), False, "pan(-1)"),
        Action("pan_right", "shift+right", _("Pan right"), _("Pan to the right"), False, "pan(1)"),
        Action(
            "whole_curve",
            "0,home",
            _("Show all"),
            _("Show the whole curve and hide the cursor"),
            footer=False,
            command="show_all",
        ),
        Action("next_axis", "a", _("Axis"), _("Switch the axis: epochs, steps or seconds"), footer=False),
        Action("toggle_log", "y", _("Log scale"), _("Switch between logarithmic and linear scale"), footer=False),
        Action("next_smoothing", "m", _("Smooth"), _("Smooth the curves more, or turn smoothing off"), footer=False),
    ),
    within=("train", "compare"),
)
