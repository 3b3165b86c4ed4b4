"""How much memory the machine has."""

import os


def machine_memory() -> int | None:
    """Ask the system for its RAM, in bytes; None where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
