"""The inspector: answers questions about a trained network over its standard input and output."""
