"""The Lab: convolution, pooling and sizes one step at a time, beside the lessons."""
