"""Layers: one class a layer type, one module a family. Class and field names are those of Keras."""

from tui_cnn.core.layers.activation import Activation
from tui_cnn.core.layers.base import Layer, Parameters, family
from tui_cnn.core.layers.convolution import Conv2D
from tui_cnn.core.layers.dense import Dense
from tui_cnn.core.layers.merging import LAYER_TYPES, AnyLayer, Block, Branches
from tui_cnn.core.layers.normalization import BatchNormalization
from tui_cnn.core.layers.pooling import (
    AveragePooling2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from tui_cnn.core.layers.regularization import Dropout
from tui_cnn.core.layers.reshaping import Flatten

__all__ = [
    "LAYER_TYPES",
    "Activation",
    "AnyLayer",
    "AveragePooling2D",
    "BatchNormalization",
    "Block",
    "Branches",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "Layer",
    "MaxPooling2D",
    "Parameters",
    "family",
]
