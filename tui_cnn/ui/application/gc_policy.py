"""Garbage is collected seldom: a full collection delays the key that comes meanwhile.

Python makes a full collection after a few hundred thousand new objects, which is every thirty keys or so, and it takes
up to a tenth of a second on a machine that also trains. Young objects are still collected often, in no time.
"""

import gc

SELDOM = 30.0
"""Seconds between two full collections."""

_YOUNG, _OLDER, _NEVER = 5_000, 5, 1_000_000


def postpone_garbage() -> None:
    """Leave full collections to `collect_garbage`."""
    gc.set_threshold(_YOUNG, _OLDER, _NEVER)


def collect_garbage() -> None:
    """Make a full collection."""
    gc.collect()
