"""How much memory the machine has."""

import os


def machine_memory() -> int | None:
    """Return the RAM of the system, in bytes; None where that is not known."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
