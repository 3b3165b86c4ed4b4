"""A network with its weights as an ONNX model, an operator at a time."""
