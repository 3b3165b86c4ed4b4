"""Strokes of a pen."""

import numpy as np
import pytest

from tui_cnn.data import images

BLANK = np.zeros((9, 9), np.uint8)


def stroke(image, *line, **options):
    """On a grey image without its channel; in colour the same is drawn in each."""
    coloured = images.stroke(np.repeat(image[..., None], 3, axis=-1), *line, **options)
    assert (coloured == coloured[..., :1]).all()
    drawn = images.stroke(image[..., None], *line, **options)
    assert (drawn == coloured[..., :1]).all()
    return drawn[..., 0]


def test_a_dot_is_round_and_soft_at_its_rim():
    dot = stroke(BLANK, (4, 4), (4, 4), 2)
    assert dot[3:6, 3:6].tolist() == [[22, 128, 22], [128, 255, 128], [22, 128, 22]]
    assert not (dot.sum() - dot[3:6, 3:6].sum())


@pytest.mark.parametrize("end", [(2, 8), (8, 2), (7, 7), (2, 2), (-3, 12)])
def test_a_line_has_no_gaps_and_is_the_same_both_ways(end):
    line = stroke(BLANK, (2, 2), end, 2)
    steps = max(abs(end[0] - 2), abs(end[1] - 2), 1)
    for step in range(steps + 1):
        row, column = (round(2 + (each - 2) * step / steps) for each in end)
        if 0 <= row < 9 and 0 <= column < 9:
            assert line[row, column] >= 128
    assert (line == stroke(BLANK, end, (2, 2), 2)).all()


def test_wider_is_more():
    fine, broad = (stroke(BLANK, (4, 1), (4, 7), width) for width in (1, 5))
    assert (fine > 0).sum() == 7
    assert (broad[2:7, 1:8] == 255).all()
    assert (broad >= fine).all()


def test_strokes_lie_on_each_other_and_are_wiped_out():
    light = np.full((9, 9), 200, np.uint8)
    drawn = stroke(light, (0, 4), (8, 4), 2)
    assert (drawn[:, 4] == 255).all()
    assert (drawn[:, 3] == 200).all(), "a soft rim darkens nothing"
    wiped = stroke(drawn, (0, 4), (8, 4), 2, erase=True)
    assert not wiped[:, 4].any()
    assert (wiped[:, 3] == 127).all()
    assert (wiped[:, 0] == 200).all()
    assert (light == 200).all(), "what was given stays as it was"
