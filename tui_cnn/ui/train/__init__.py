"""The Train screen: set up a run, start it, watch it."""
