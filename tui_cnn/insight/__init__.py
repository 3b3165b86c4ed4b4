"""What the numbers of a trained network say: pure functions on numpy arrays."""
