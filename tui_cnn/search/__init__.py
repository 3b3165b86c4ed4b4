"""Many runs: spaces, limits, brains, and the coordinator that trains the trials of a search. No TensorFlow."""
