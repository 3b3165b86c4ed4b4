"""Columns are aligned as a terminal shows them."""

from tui_cnn.cli.table import shortened, table


def test_words_to_the_left_and_numbers_to_the_right():
    assert table(("name", "count"), [("a", "1"), ("longer", "1,000")], numbers={1}) == [
        "name    count",
        "a           1",
        "longer  1,000",
    ]


def test_a_korean_letter_is_two_columns_wide():
    assert table(("이름", "n"), [("스테이지", "1"), ("abc", "2")]) == ["이름      n", "스테이지  1", "abc       2"]


def test_a_long_name_is_shortened_by_columns():
    assert shortened("cat") == "cat"
    assert shortened("x" * 41) == "x" * 39 + "…"
    assert shortened("가" * 30) == "가" * 19 + "…"
    assert shortened("a\nb") == r"a\nb"
