"""What a convolutional network is: layers, their arithmetic, edits and analysis. Pure Python."""
