"""The Inspect screen: an image with its prediction, and a view for each way to look inside."""
