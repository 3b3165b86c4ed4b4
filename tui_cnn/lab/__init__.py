"""Convolution, pooling and filters, one step at a time: what the Lab and the lessons show."""
