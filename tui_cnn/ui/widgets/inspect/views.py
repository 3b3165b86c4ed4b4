"""The views, in the order of their tabs."""

from tui_cnn.ui.inspecting.desk import Desk
from tui_cnn.ui.widgets.inspect.comparison import ComparisonView
from tui_cnn.ui.widgets.inspect.evaluation import EvaluationView
from tui_cnn.ui.widgets.inspect.field import FieldView
from tui_cnn.ui.widgets.inspect.history import HistoryView
from tui_cnn.ui.widgets.inspect.kernels import KernelsView
from tui_cnn.ui.widgets.inspect.maps import MapsView
from tui_cnn.ui.widgets.inspect.moves import MovesView
from tui_cnn.ui.widgets.inspect.pad import PadView
from tui_cnn.ui.widgets.inspect.view import View
from tui_cnn.ui.widgets.inspect.why import WhyView


def all_views(desk: Desk) -> list[View]:
    """Make them."""
    return [
        MapsView(desk, id="maps"),
        KernelsView(desk, id="kernels"),
        FieldView(desk, id="field"),
        WhyView(desk, id="why"),
        EvaluationView(desk, id="evaluation"),
        MovesView(desk, id="moves"),
        PadView(desk, id="pad"),
        ComparisonView(desk, id="comparison"),
        HistoryView(desk, id="history"),
    ]
