"""Models of Keras 3 as networks and back: their configuration only. Nothing of a file is ever loaded or run."""
