"""Tests mirror `tui_cnn`; what several of them need stands beside them and is imported as `tests.…`."""
