"""Which output stands for which class."""

import pytest

from tui_cnn.insight.classes import outputs_of


@pytest.mark.parametrize(
    ("classes", "named", "trained_on", "expected"),
    [
        (("cat", "dog"), (), True, (0, 1)),
        (("cat", "dog"), ("cat", "dog"), True, (0, 1)),
        (("cat", "CAT"), ("cat", "CAT"), True, (0, 1)),
        (("dog", "fox"), ("cat", "dog", "fox"), True, (1, 2)),  # the folder of cats has been deleted since
        (("cat", "dog"), ("cat", "fox"), True, (0, -1)),
        (("dog", "cat"), ("cat", "dog"), False, (1, 0)),
    ],
)
def test_outputs_are_those_of_the_names_they_were_trained_with(classes, named, trained_on, expected):
    assert outputs_of(classes, max(len(named), 2), named, trained_on=trained_on) == expected
