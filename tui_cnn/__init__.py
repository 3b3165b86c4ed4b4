"""cnn-tui: design and train convolutional networks in the terminal."""

__version__ = "0.1.0"
