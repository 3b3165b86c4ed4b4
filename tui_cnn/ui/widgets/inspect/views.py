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
        MapsView(desk, id="view-maps"),
        KernelsView(desk, id="view-kernels"),
        FieldView(desk, id="view-field"),
        WhyView(desk, id="view-why"),
        EvaluationView(desk, id="view-evaluation"),
        MovesView(desk, id="view-moves"),
        PadView(desk, id="view-pad"),
        ComparisonView(desk, id="view-comparison"),
        HistoryView(desk, id="view-history"),
    ]
