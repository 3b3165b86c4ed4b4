"""Keys that change how curves are looked at, for every screen that has curves."""

from typing import ClassVar

from tui_cnn.ui.toolkit.curves import Curves

_CLOSER = 2 / 3
_STEP = 1 / 4


class Looking:
    """Mixed into a screen: its actions go to the screen's curves."""

    LOOKS: ClassVar[frozenset[str]] = frozenset(
        {
            "next_axis",
            "toggle_log",
            "next_smoothing",
            "cursor_left",
            "cursor_right",
            "zoom_in",
            "zoom_out",
            "pan_left",
            "pan_right",
            "whole_curve",
        }
    )
    """The actions that are about the curves."""

    @property
    def curves(self) -> Curves:
        """The curves that the keys are about."""
        raise NotImplementedError

    def action_next_axis(self) -> None:
        """Count in epochs, steps, or seconds."""
        self.curves.next_axis()

    def action_toggle_log(self) -> None:
        """Draw logarithms, or not."""
        self.curves.toggle_log()

    def action_next_smoothing(self) -> None:
        """Smooth more, or no more."""
        self.curves.next_smoothing()

    def action_cursor_left(self) -> None:
        """Read the values a column to the left."""
        self.curves.move_cursor(-1)

    def action_cursor_right(self) -> None:
        """Read the values a column to the right."""
        self.curves.move_cursor(1)

    def action_zoom_in(self) -> None:
        """Look closer."""
        self.curves.zoom(_CLOSER)

    def action_zoom_out(self) -> None:
        """Look from further away."""
        self.curves.zoom(1 / _CLOSER)

    def action_pan_left(self) -> None:
        """Look further to the left."""
        self.curves.pan(-_STEP)

    def action_pan_right(self) -> None:
        """Look further to the right."""
        self.curves.pan(_STEP)

    def action_whole_curve(self) -> None:
        """Look at all of it, without a cursor."""
        self.curves.reset()
