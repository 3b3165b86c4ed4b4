"""The Runs screen: the list of runs, comparisons, accuracy against cost."""
