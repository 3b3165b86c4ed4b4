"""Models of ONNX: read as networks, without running anything and without their weights."""
