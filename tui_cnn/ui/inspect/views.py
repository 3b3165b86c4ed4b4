"""The views, in the order of their tabs."""

from tui_cnn.ui.inspect.answer_cache import Desk
from tui_cnn.ui.inspect.comparison import ComparisonView
from tui_cnn.ui.inspect.evaluation import EvaluationView
from tui_cnn.ui.inspect.field import FieldView
from tui_cnn.ui.inspect.history import HistoryView
from tui_cnn.ui.inspect.kernels import KernelsView
from tui_cnn.ui.inspect.maps import MapsView
from tui_cnn.ui.inspect.pad import PadView
from tui_cnn.ui.inspect.transforms import MovesView
from tui_cnn.ui.inspect.view import View
from tui_cnn.ui.inspect.why import WhyView


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
