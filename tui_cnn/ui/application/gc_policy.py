"""Garbage is looked for seldom: a search through all that is alive holds up the key that comes meanwhile.

Python searches everything after a few hundred thousand new objects, which is every thirty keys or so, and takes up to a
tenth of a second on a machine that also trains. Young objects are still searched often, and that takes no time.
"""

import gc

SELDOM = 30.0
"""Seconds between two searches through everything."""

_YOUNG, _OLDER, _NEVER = 5_000, 5, 1_000_000


def postpone_garbage() -> None:
    """Leave the search through everything to `collect_garbage`."""
    gc.set_threshold(_YOUNG, _OLDER, _NEVER)


def collect_garbage() -> None:
    """Search through everything."""
    gc.collect()
