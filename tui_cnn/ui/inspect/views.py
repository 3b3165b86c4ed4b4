"""The views, in the order of their tabs."""

from tui_cnn.ui.inspect.answer_cache import AnswerCache
from tui_cnn.ui.inspect.comparison import ComparisonView
from tui_cnn.ui.inspect.evaluation import EvaluationView
from tui_cnn.ui.inspect.field import FieldView
from tui_cnn.ui.inspect.history import HistoryView
from tui_cnn.ui.inspect.kernels import KernelsView
from tui_cnn.ui.inspect.maps import MapsView
from tui_cnn.ui.inspect.pad import PadView
from tui_cnn.ui.inspect.transforms import TransformsView
from tui_cnn.ui.inspect.view import View
from tui_cnn.ui.inspect.why import WhyView


def all_views(answers: AnswerCache) -> list[View]:
    """Make them."""
    return [
        MapsView(answers, id="view-maps"),
        KernelsView(answers, id="view-kernels"),
        FieldView(answers, id="view-field"),
        WhyView(answers, id="view-why"),
        EvaluationView(answers, id="view-evaluation"),
        TransformsView(answers, id="view-moves"),
        PadView(answers, id="view-pad"),
        ComparisonView(answers, id="view-comparison"),
        HistoryView(answers, id="view-history"),
    ]
