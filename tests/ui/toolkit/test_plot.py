"""Plots, cell by cell, and the ticks of their axes."""

import pytest

from tui_cnn.ui.toolkit.numbers import spark
from tui_cnn.ui.toolkit.plot import (
    AxisScale,
    LegendEntry,
    Plot,
    Rule,
    Sign,
    Stroke,
    draw,
    labels,
    log_ticks,
    short_labels,
    ticks,
)
from tui_cnn.ui.toolkit.scatter import pareto_front

TEN = AxisScale(0, 9, [(0, "0"), (9, "9")])


def rows(plot, width=14, height=12, margin=3):
    return ["".join(character for character, _style in row) for row in draw(plot, width, height, margin)]


def test_signs_stand_where_their_values_are():
    drawn = rows(
        Plot(TEN, TEN, signs=[Sign(0, 0, "a", ""), Sign(9, 9, "b", ""), Sign(0, 9, "c", ""), Sign(10, 5, "x", "")])
    )
    assert drawn[0] == " 9 ┤c┈┈┈┈┈┈┈┈b"
    assert drawn[1] == "   │         ┊", "a grid at the ticks, except on the axes"
    assert drawn[9] == " 0 ┤a┈┈┈┈┈┈┈┈┈"
    assert drawn[10] == "   └┬────────┬"
    assert drawn[11] == "    0        9"
    assert not any("x" in row for row in drawn)


def test_a_line_goes_through_its_points():
    drawn = rows(Plot(TEN, TEN, strokes=[Stroke([(0, 0), (9, 9)], "one")]))
    for place in range(10):
        assert "\u2801" <= drawn[9 - place][4 + place] <= "\u28ff", "the diagonal"
    flat = rows(Plot(TEN, TEN, strokes=[Stroke([(0, 9), (9, 9)], "one")]))
    assert flat[0][4:] == "⠉" * 10, "the upper dots of both columns"
    assert all(row[4:].strip(" ┊") == "" for row in flat[1:9])


def test_a_line_is_cut_at_the_edges_where_it_crosses_them():
    inside = rows(Plot(TEN, TEN, strokes=[Stroke([(0, 0), (9, 9)], "one")]))
    beyond = rows(Plot(TEN, TEN, strokes=[Stroke([(-90, -90), (90, 90)], "one")]))
    assert beyond == inside


def test_the_line_drawn_last_has_the_cell():
    cells = draw(Plot(TEN, TEN, strokes=[Stroke([(0, 9), (9, 9)], "one"), Stroke([(0, 9), (4, 9)], "two")]), 14, 12, 3)
    assert [style for _character, style in cells[0][4:]] == ["two"] * 5 + ["one"] * 5
    ruled = draw(Plot(TEN, TEN, rules=[Rule(9, "rule")]), 14, 12, 3)
    assert [row[-1] for row in ruled[:10]] == [("│", "rule")] * 10


def test_the_legend_stands_in_the_corner_where_it_covers_least():
    legend = [LegendEntry("━", "one", "x"), LegendEntry("●", "two", "가")]
    free = rows(Plot(TEN, TEN, legend=legend))
    assert [row[-5:] for row in free[:2]] == ["━ x  ", " ● 가 "]
    assert rows(Plot(TEN, TEN, legend=legend, legend_at_bottom=True))[8].endswith(" ━ x  ")
    rising = draw(Plot(TEN, TEN, strokes=[Stroke([(5, 9), (9, 9)], "line")], legend=legend), 14, 12, 3)
    assert "".join(character for character, _style in rising[8]).endswith(" ━ x  ")
    assert ("●", "two") in rising[9]
    assert sum(cell == ("", "tick") for cell in rising[9]) == 1, "a Korean letter takes two cells"
    assert all("x" not in row for row in rows(Plot(TEN, TEN, legend=legend), width=9)), "none where there is no room"
    first = Sign(0, 9, "●", "line")
    ruled = rows(Plot(TEN, TEN, [Rule(9, "rule")], signs=[first], legend=legend))
    assert (ruled[0][4], ruled[0].endswith(" ━ x  ")) == ("●", True), "it covers a piece of a rule rather than a point"


@pytest.mark.parametrize("size", [(0, 0), (3, 1), (5, 40), (40, 3), (200, 60)])
def test_any_size_is_filled(size):
    drawn = draw(Plot(TEN, TEN, strokes=[Stroke([(0, 0), (9, 9)], "one")]), *size, 3)
    assert len(drawn) == size[1]
    assert all(len(row) == size[0] for row in drawn)


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 5, 6, [0, 1, 2, 3, 4, 5]),
        (0, 5, 5, [0, 2, 4]),
        (0.213, 0.787, 4, [0.4, 0.6]),
        (0, 9_375, 5, [0, 2_000, 4_000, 6_000, 8_000]),
        (3, 3, 5, [3]),
    ],
)
def test_ticks_are_round(low, high, most, expected):
    assert ticks(low, high, most) == pytest.approx(expected)


def test_ticks_keep_a_distance():
    assert ticks(0, 5, 20, least=1) == [0, 1, 2, 3, 4, 5]


def test_ticks_of_logarithms():
    assert [10**tick for tick in log_ticks(-3, 0, 10)] == pytest.approx(
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
    )
    assert [10**tick for tick in log_ticks(-3, 3, 7)] == pytest.approx([10.0**power for power in range(-3, 4)])
    assert [10**tick for tick in log_ticks(-0.7, -0.1, 4)] == pytest.approx([0.2, 0.4, 0.6])


def test_labels_tell_ticks_apart():
    assert labels([0.2, 0.25, 0.3]) == ["0.20", "0.25", "0.30"]
    assert labels([0, 2000, 4000]) == ["0", "2,000", "4,000"]
    assert labels([0, 1e-05, 2e-05]) == ["0", "1e-05", "2e-05"]
    assert labels([]) == []
    assert short_labels([0.002, 50.0]) == ["0.002", "50"]


def test_a_spark_goes_from_the_smallest_to_the_largest():
    assert spark([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert spark([5, 5, 5], 8) == "▄▄▄"
    assert spark([0, 0, 9, 9], 2) == "▁█", "the mean of each two"
    assert spark([], 8) == spark([1], 0) == ""


def test_the_front_is_what_nothing_beats():
    points = [(10, 0.90), (5, 0.80), (20, 0.90), (7, 0.79), (30, 0.95), (5, 0.70)]
    assert pareto_front(points) == [1, 0, 4]
    by_definition = [
        place
        for place, (cost, accuracy) in enumerate(points)
        if not any(c <= cost and a >= accuracy and (c, a) != (cost, accuracy) for c, a in points)
    ]
    assert sorted(pareto_front(points)) == by_definition
    assert pareto_front([(1, 0.5), (1, 0.5)]) == [0, 1], "twins are both worth it"
    assert pareto_front([]) == []
