"""The comments of layers that were moved into another stack, where they are written anew."""

import re
from bisect import bisect
from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable

from tui_cnn.core.network import Network
from tui_cnn.formats.layer_matching import differing
from tui_cnn.formats.toml_positions import Steps, comments, positions


def with_moved_comments(text: str, before: Network, written: str, after: Network) -> str:
    """Put the comments that the layers had in `text` above those that are equal and new in `written`.

    The texts describe `before` and `after`. Only comments that `written` lacks are put there.
    """
    lost = Counter(comments(text).values()) - Counter(comments(written).values())
    if not lost:
        return written
    parts = differing(before, after)
    own = _comments_of([steps for steps, _part in parts.gone], text)
    waiting: defaultdict[object, deque[Steps]] = defaultdict(deque)
    for steps, part in parts.gone:
        waiting[part].append(steps)
    places = positions(written)
    added: dict[int, list[str]] = {}
    for steps, part in parts.new:
        for comment in own[waiting[part].popleft()] if waiting[part] else ():
            if lost[comment]:
                lost[comment] -= 1
                added.setdefault(_own_line(written, places, steps), []).append(comment)
    for start, lines in sorted(added.items(), reverse=True):
        indent = re.compile(r"[ \t]*").match(written, start)
        head = indent[0] if indent else ""
        written = written[:start] + "".join(f"{head}{line}\n" for line in lines) + written[start:]
    return written


def _comments_of(parts: Iterable[Steps], text: str) -> dict[Steps, list[str]]:
    """Give each comment to one of the parts: that which it stands directly above or in, the innermost, or follows."""
    own: dict[Steps, list[str]] = {steps: [] for steps in parts}
    ways = {offset: steps for steps, offset in positions(text).items()}  # the innermost of those that begin there
    offsets = sorted(ways)
    for offset, comment in comments(text).items():
        place = bisect(offsets, offset)
        alone = not text[text.rfind("\n", 0, offset) + 1 : offset].strip()
        near = offsets[place : place + alone] + offsets[place - 1 : place]
        owner = max((_around(ways[begin], own) for begin in near), key=len)
        if owner:
            own[owner].append(comment)
    return own


def _around(steps: Steps, parts: Container[Steps]) -> Steps:
    """Return the innermost of the parts in which the steps lead; no steps where there is none."""
    while steps and steps not in parts:
        steps = steps[:-1]
    return steps


def _own_line(text: str, places: dict[Steps, int], steps: Steps) -> int:
    """Return where the line of a part begins, or that of the part around it, until one begins its line."""
    while text[(start := text.rfind("\n", 0, places[steps]) + 1) : places[steps]].strip():
        steps = steps[:-1]
    return start
