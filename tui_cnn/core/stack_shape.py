"""The shape that comes out of a stack, for those who need nothing else of it."""

from tui_cnn.core.layers import AnyLayer, Block, Branches
from tui_cnn.core.shape import Shape


def stack_shape(layers: tuple[AnyLayer, ...], shape: Shape) -> Shape:
    """Follow a stack from an input of `shape`.

    Raises:
        ShapeError: it cannot be built.
    """
    for layer in layers:
        if isinstance(layer, Block):
            shape = stack_shape(layer.layers, shape)
        elif isinstance(layer, Branches):
            shape = layer.merged_shape(tuple(stack_shape(branch, shape) for branch in layer.branches))
        else:
            shape = layer.output_shape(shape)
    return shape
