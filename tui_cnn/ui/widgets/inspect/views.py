"""The views, in the order of their tabs."""

from tui_cnn.ui.inspecting.desk import Desk
from tui_cnn.ui.widgets.inspect.evaluation import EvaluationView
from tui_cnn.ui.widgets.inspect.kernels import KernelsView
from tui_cnn.ui.widgets.inspect.maps import MapsView
from tui_cnn.ui.widgets.inspect.view import View


def all_views(desk: Desk) -> list[View]:
    """Make them."""
    return [
        MapsView(desk, id="maps"),
        KernelsView(desk, id="kernels"),
        EvaluationView(desk, id="evaluation"),
    ]
