"""Statistics of a trained network: pure functions on numpy arrays."""
