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


def insert(network: Network, path: Path, layer: AnyLayer) -> Network:
    """Put `layer` at `path`; what stands there moves down. The place after the last layer is allowed."""
    return _edit(network, path, lambda stack, index: (*stack[:index], layer, *stack[index:]), room=1)


def replace(network: Network, path: Path, layer: AnyLayer) -> Network:
    """Put `layer` in the place of the one at `path`."""
    return _edit(network, path, lambda stack, index: (*stack[:index], layer, *stack[index + 1 :]))


def change(network: Network, path: Path, **fields: Any) -> Network:
    """Set fields of the layer at `path`."""
    return replace(network, path, msgspec.structs.replace(layer_at(network, path), **fields))


def delete(network: Network, path: Path) -> Network:
    """Take away the layer at `path`."""
    return _edit(network, path, lambda stack, index: stack[:index] + stack[index + 1 :])


def duplicate(network: Network, path: Path) -> Network:
    """Put a copy of the layer at `path` after it; the copy has no name of its own, for names are unique."""
    copy = msgspec.structs.replace(layer_at(network, path), name="")
    return insert(network, (*path[:-1], path[-1] + 1), copy)


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


def _edit(network: Network, path: Path, edit: Callable[[Stack, int], Stack], room: int = 0) -> Network:
    return msgspec.structs.replace(network, layers=_in_stack(network.layers, path, edit, room))


def _in_stack(stack: Stack, path: Path, edit: Callable[[Stack, int], Stack], room: int) -> Stack:
    """Rebuild `stack` with `edit` applied to the stack that `path` points into."""
    if len(path) == 1:
        return edit(stack, _position(stack, path[0], room))
    inner, rest = _descend(stack, path)
    edited = _in_stack(inner, rest, edit, room)
    container = stack[path[0]]
    held: AnyLayer
    if isinstance(container, Branches):
        branches = (*container.branches[: path[1]], edited, *container.branches[path[1] + 1 :])
        held = msgspec.structs.replace(container, branches=branches)
    else:
        held = msgspec.structs.replace(container, layers=edited)
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
