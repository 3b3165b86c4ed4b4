"""Which runs are worth their cost."""

from collections.abc import Sequence

Point = tuple[float, float]
"""A cost, and an accuracy."""


def front(points: Sequence[Point]) -> list[int]:
    """Find the points that no other beats: none costs as little and is as accurate, and better in one of both.

    Returns their places, from the cheapest to the dearest.
    """
    order = sorted(range(len(points)), key=lambda place: (points[place][0], -points[place][1]))
    found: list[int] = []
    for place in order:
        best = points[found[-1]] if found else None
        if best is None or points[place][1] > best[1] or points[place] == best:
            found.append(place)
    return found
