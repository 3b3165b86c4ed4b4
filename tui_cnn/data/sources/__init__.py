"""The kinds of files that a data set may be in, one module for each; `finding` decides which one is at a path."""
