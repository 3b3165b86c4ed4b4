"""Columns are aligned as a terminal shows them."""

from tui_cnn.cli.table import table


def test_words_to_the_left_and_numbers_to_the_right():
    assert table(("name", "count"), [("a", "1"), ("longer", "1,000")], numbers={1}) == [
        "name    count",
        "a           1",
        "longer  1,000",
    ]


def test_a_korean_letter_is_two_columns_wide():
    assert table(("이름", "n"), [("스테이지", "1"), ("abc", "2")]) == ["이름      n", "스테이지  1", "abc       2"]
