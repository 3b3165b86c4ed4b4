"""A layer that nothing is known of: what comes before and after it keeps its numbers, and no total pretends."""

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Branches, Conv2D, Dense, Flatten, Opaque
from tui_cnn.core.memory import memory
from tui_cnn.core.network import Network

CONV = Conv2D(filters=4, kernel_size=(3, 3))


def opaque(shape=None):
    return Opaque(kind="Lambda", config="{}", stated_shape=shape)


def test_what_follows_has_the_shape_that_is_stated():
    analysis = analyze(Network("n", (8, 8, 3), (CONV, opaque((5, 5, 2)), CONV, Flatten(), Dense(units=3))))
    assert analysis.output_shape == (3,)
    assert [row.figures and row.figures.output_shape for row in analysis.rows] == [
        (6, 6, 4),
        None,
        (3, 3, 4),
        (36,),
        (3,),
    ]
    assert [row.field is None for row in analysis.rows] == [False, True, True, True, True]
    assert analysis.rows[1].input_shape == (6, 6, 4)
    assert not analysis.totals.complete
    assert analysis.totals.params == 112 + 76 + 111
    assert memory(analysis)[1:3] == (None, None)
    (found,) = [check for check in analysis.checks if check.code == "opaque"]
    assert (found.severity, found.path) == ("warning", (1,))


def test_nothing_follows_from_an_unknown_shape():
    analysis = analyze(Network("n", (8, 8, 3), (CONV, opaque(), Flatten())))
    assert analysis.output_shape is None
    assert [row.figures is None for row in analysis.rows] == [False, True, True]
    assert not any(check.severity == "error" for check in analysis.checks)


def test_in_a_branch():
    analysis = analyze(Network("n", (8, 8, 3), (Branches(branches=((opaque((8, 8, 3)),), ())), CONV)))
    assert analysis.output_shape == (6, 6, 4)
    assert (analysis.rows[0].field, analysis.rows[-1].field) == (None, None)
