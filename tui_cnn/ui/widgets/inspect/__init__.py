"""The parts of the Inspect screen: the image with its prediction, and a view for each way to look inside."""
