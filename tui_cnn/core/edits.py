"""Edits: pure functions from a network to a network.

Each takes the path of the layer that it is about, and raises `IndexError` where there is none.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from tui_cnn.core.layers import AnyLayer, Block, Branches
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path

Stack = tuple[AnyLayer, ...]
Edit = Callable[[Network], Network]


def stack_at(network: Network, path: Path) -> Stack:
    """Return the stack that `path` points into."""
    stack: Stack = network.layers
    while len(path) > 1:
        stack, path = _descend(stack, path)
    return stack


def layer_at(network: Network, path: Path) -> AnyLayer:
    """Return the layer at `path`."""
    stack = stack_at(network, path)
    return stack[_position(stack, path[-1])]


def layers_at(network: Network, path: Path, count: int) -> Stack:
    """Return `count` layers of one stack, from `path` on."""
    stack = stack_at(network, path)
    _position(stack, path[-1] + count, room=1)
    return stack[_position(stack, path[-1], room=1) : path[-1] + count]


def splice(network: Network, path: Path, count: int, layers: Stack) -> Network:
    """Put `layers` in the place of the `count` layers from `path` on. The place after the last layer is allowed."""

    def edited(stack: Stack) -> Stack:
        begin = _position(stack, path[-1], room=1)
        end = _position(stack, path[-1] + count, room=1)
        return (*stack[:begin], *layers, *stack[end:])

    return msgspec.structs.replace(network, layers=_in_stack(network.layers, path, edited))


def insert(network: Network, path: Path, layer: AnyLayer) -> Network:
    """Put `layer` at `path`; what stands there moves down."""
    return splice(network, path, 0, (layer,))


def replace(network: Network, path: Path, layer: AnyLayer) -> Network:
    """Put `layer` in the place of the one at `path`."""
    return splice(network, path, 1, (layer,))


def change(network: Network, path: Path, **fields: Any) -> Network:
    """Set fields of the layer at `path`."""
    return replace(network, path, msgspec.structs.replace(layer_at(network, path), **fields))


def delete(network: Network, path: Path, count: int = 1) -> Network:
    """Take away `count` layers from `path` on."""
    return splice(network, path, count, ())


def duplicate(network: Network, path: Path, count: int = 1) -> Network:
    """Put copies of `count` layers after the last of them; they have no names of their own, for names are unique."""
    copies = tuple(map(unnamed, layers_at(network, path, count)))
    return splice(network, (*path[:-1], path[-1] + count), 0, copies)


def unnamed(layer: AnyLayer) -> AnyLayer:
    """Take the layer's name away, and those of all layers that it holds but the titles of blocks."""
    return msgspec.structs.replace(_bare(layer), name="")


def _bare(layer: AnyLayer) -> AnyLayer:
    match layer:
        case Block(layers=layers):
            return msgspec.structs.replace(layer, layers=tuple(map(_bare, layers)))
        case Branches(branches=branches):
            inner = tuple(tuple(map(_bare, branch)) for branch in branches)
            return msgspec.structs.replace(layer, branches=inner, name="")
        case _:
            return msgspec.structs.replace(layer, name="")


def move(network: Network, path: Path, to: int) -> Network:
    """Move the layer at `path` to position `to` of its own stack."""
    layer = layer_at(network, path)
    return insert(delete(network, path), (*path[:-1], to), layer)


def rename(network: Network, name: str) -> Network:
    """Give the network a name."""
    return msgspec.structs.replace(network, name=name)


def set_input_shape(network: Network, shape: tuple[int, ...]) -> Network:
    """Give the network another input."""
    return msgspec.structs.replace(network, input_shape=shape)


def _in_stack(stack: Stack, path: Path, edited: Callable[[Stack], Stack]) -> Stack:
    """Rebuild `stack` with `edited` applied to the stack that `path` points into."""
    if len(path) == 1:
        return edited(stack)
    inner, rest = _descend(stack, path)
    within = _in_stack(inner, rest, edited)
    container = stack[path[0]]
    held: AnyLayer
    if isinstance(container, Branches):
        branches = (*container.branches[: path[1]], within, *container.branches[path[1] + 1 :])
        held = msgspec.structs.replace(container, branches=branches)
    else:
        held = msgspec.structs.replace(container, layers=within)
    return (*stack[: path[0]], held, *stack[path[0] + 1 :])


def _descend(stack: Stack, path: Path) -> tuple[Stack, Path]:
    """Step into the container at `path[0]`: return the stack within, and the rest of the path."""
    match stack[_position(stack, path[0])]:
        case Block(layers=layers):
            return layers, path[1:]
        case Branches(branches=branches) if len(path) > 2:
            return branches[_position(branches, path[1])], path[2:]
        case layer:
            raise IndexError(f"{type(layer).__name__} at {path[0]} has no layer {path[1:]}")


def _position(stack: tuple[object, ...], index: int, room: int = 0) -> int:
    if not 0 <= index < len(stack) + room:
        raise IndexError(f"no position {index} among {len(stack)}")
    return index
