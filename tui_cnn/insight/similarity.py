"""How alike two arrays are."""

from typing import Any

import numpy as np
import numpy.typing as npt


def cosine(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> float:
    """Return the cosine of the angle between two arrays of the same shape, -1 to 1; 0 where one is all zeros."""
    a, b = np.ravel(first).astype(np.float64), np.ravel(second).astype(np.float64)
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / norms if norms else 0.0
