"""cnn-tui: design, train and inspect convolutional networks in the terminal."""

__version__ = "0.1.0"
