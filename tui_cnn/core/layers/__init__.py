"""Layers: one class a layer type, one module a family. Class and field names are those of Keras."""

from tui_cnn.core.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from tui_cnn.core.layers.augmentation import RandomFlip, RandomRotation, RandomTranslation, RandomZoom
from tui_cnn.core.layers.base import Family, KernelKind, Layer, Parameters, is_composite, keras_arguments
from tui_cnn.core.layers.convolution import Conv2D, Conv2DTranspose
from tui_cnn.core.layers.dense import Dense
from tui_cnn.core.layers.fixed import FixedConv2D
from tui_cnn.core.layers.merging import CONTAINERS, LAYER_TYPES, AnyLayer, Block, Branches
from tui_cnn.core.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    Normalization,
    UnitNormalization,
)
from tui_cnn.core.layers.opaque import Opaque
from tui_cnn.core.layers.pooling import (
    AveragePooling2D,
    DepthMaxPooling2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from tui_cnn.core.layers.regularization import Dropout, GaussianNoise, SpatialDropout2D
from tui_cnn.core.layers.reshaping import Cropping2D, Flatten, Rescaling, Reshape, UpSampling2D, ZeroPadding2D
from tui_cnn.core.layers.separable import DepthwiseConv2D, SeparableConv2D

__all__ = [
    "CONTAINERS",
    "ELU",
    "LAYER_TYPES",
    "Activation",
    "AnyLayer",
    "AveragePooling2D",
    "BatchNormalization",
    "Block",
    "Branches",
    "Conv2D",
    "Conv2DTranspose",
    "Cropping2D",
    "Dense",
    "DepthMaxPooling2D",
    "DepthwiseConv2D",
    "Dropout",
    "Family",
    "FixedConv2D",
    "Flatten",
    "GaussianNoise",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "GroupNormalization",
    "KernelKind",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "MaxPooling2D",
    "Normalization",
    "Opaque",
    "PReLU",
    "Parameters",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "Rescaling",
    "Reshape",
    "SeparableConv2D",
    "Softmax",
    "SpatialDropout2D",
    "UnitNormalization",
    "UpSampling2D",
    "ZeroPadding2D",
    "is_composite",
    "keras_arguments",
]
