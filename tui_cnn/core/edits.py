"""Edits: pure functions from a network to a network.

Each takes the path of the layer that it is about, and raises `IndexError` where there is none. A branch has an
address, too: the path of its `Branches` and its number, `(4, 1)`.
"""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from tui_cnn.core.layers import AnyLayer, Block, Branches, can_be_frozen
from tui_cnn.core.network import Network, Path, Stack, mapped, names
from tui_cnn.core.renaming import copied, referring
from tui_cnn.core.unrolling import is_unrolled, unrolled_at

Edit = Callable[[Network], Network]


def stack_at(network: Network, path: Path) -> Stack:
    """Return the stack that `path` points into."""
    stack = network.layers
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

    return structs.replace(network, layers=_in_stack(network.layers, path, edited))


def insert(network: Network, path: Path, layer: AnyLayer) -> Network:
    """Put `layer` at `path`; what stands there moves down."""
    return splice(network, path, 0, (layer,))


def replace(network: Network, path: Path, layer: AnyLayer) -> Network:
    """Put `layer` in the place of the one at `path`; who names that one then names this one."""
    before = layer_at(network, path).name
    network = splice(network, path, 1, (layer,))
    return _renamed(network, before, layer.name) if before and layer.name and before != layer.name else network


def _renamed(network: Network, before: str, after: str) -> Network:
    """Let all that names a layer follow its new name."""
    called = {before: after}
    layers = mapped(network.layers, lambda layer: referring(layer, called))
    return structs.replace(network, layers=layers, outputs=tuple(called.get(name, name) for name in network.outputs))


def change(network: Network, path: Path, **fields: Any) -> Network:
    """Set fields of the layer at `path`."""
    return replace(network, path, structs.replace(layer_at(network, path), **fields))


def delete(network: Network, path: Path, count: int = 1) -> Network:
    """Take away `count` layers from `path` on."""
    return splice(network, path, count, ())


def duplicate(network: Network, path: Path, count: int = 1) -> Network:
    """Put copies of `count` layers after the last of them."""
    copies = copied(network, layers_at(network, path, count))
    return splice(network, (*path[:-1], path[-1] + count), 0, copies)


def move(network: Network, path: Path, to: int) -> Network:
    """Move the layer at `path` to position `to` of its own stack."""
    layer = layer_at(network, path)
    return insert(delete(network, path), (*path[:-1], to), layer)


def set_muted(network: Network, path: Path, count: int, muted: bool) -> Network:
    """Mute `count` layers from `path` on, or unmute them: muted ones are skipped, but kept in their place."""
    changed = tuple(structs.replace(layer, muted=muted) for layer in layers_at(network, path, count))
    return splice(network, path, count, changed)


def rename(network: Network, name: str) -> Network:
    """Give the network a name."""
    return structs.replace(network, name=name)


def set_input_shape(network: Network, shape: tuple[int, ...]) -> Network:
    """Give the network another input."""
    return structs.replace(network, input_shape=shape)


def name_layer(network: Network, name: str) -> Network:
    """Give the layer that is shown as `name`, because it has no name, that name of its own, so that others can name it.

    Nothing changes where there is none, or where a layer has that name already.
    """
    shown = {shown: path for path, shown in names(network).items()}
    path = shown.get(name)
    if path is None or layer_at(network, path).name:
        return network
    return splice(network, path, 1, (structs.replace(layer_at(network, path), name=name),))


def set_outputs(network: Network, names: tuple[str, ...]) -> Network:
    """Say by name which layers give the network's outputs; none: the last."""
    return structs.replace(network, outputs=names)


def wrap_in_block(network: Network, path: Path, count: int) -> Network:
    """Make a block of `count` layers from `path` on."""
    return splice(network, path, count, (Block(layers=layers_at(network, path, count)),))


def repeat(network: Network, path: Path, count: int, times: int) -> Network:
    """Repeat `count` layers from `path` on: as a block, which one block is already."""
    layers = layers_at(network, path, count)
    if len(layers) == 1 and isinstance(block := layers[0], Block):
        return splice(network, path, 1, (structs.replace(block, repeat=times),))
    return splice(network, path, count, (Block(repeat=times, layers=layers),))


def wrap_in_branches(network: Network, path: Path, count: int) -> Network:
    """Put a skip connection around `count` layers from `path` on, and add it to what comes out: a residual."""
    return splice(network, path, count, (Branches(merge="add", branches=(layers_at(network, path, count), ())),))


def unwrap(network: Network, path: Path) -> tuple[Network, int]:
    """Put the layers of a block, or of a branch, in the place of the container; return how many these are, too.

    Those of a repeated block are put there as often as it is repeated, unless that is too often; those of one that is
    muted or frozen are so themselves then.

    For the address of a branch it is that one which stays. Branches of which more than one holds layers change nothing.
    """
    layers: Stack
    if is_branch(network, path):
        path, layers = path[:-1], branches_of(network, path)[path[-1]]
    else:
        match layer_at(network, path):
            case Block(repeat=1, layers=layers):
                pass
            case Block() as block if is_unrolled(block):
                network = unrolled_at(network, path)
                layers = tuple(layer for time in range(block.repeat) for layer in stack_at(network, (*path, time, 0)))
            case Branches(branches=branches) if sum(map(bool, branches)) <= 1:
                layers = next(filter(None, branches), ())
            case _:
                return network, 0
        layers = tuple(_as_within(layer_at(network, path), layer) for layer in layers)
    return splice(network, path, 1, layers), len(layers)


def _as_within(holder: AnyLayer, layer: AnyLayer) -> AnyLayer:
    """Let a layer be muted and frozen where what holds it is."""
    frozen = not holder.trainable and can_be_frozen(type(layer))
    return structs.replace(layer, muted=layer.muted or holder.muted, trainable=layer.trainable and not frozen)


def is_branch(network: Network, path: Path) -> bool:
    """Tell whether `path` is the address of a branch, not of a layer."""
    try:
        return len(path) > 1 and isinstance(layer_at(network, path[:-1]), Branches)
    except IndexError:
        return False


def branches_of(network: Network, path: Path) -> tuple[Stack, ...]:
    """Return the branches of which the address `path` is one."""
    holder = layer_at(network, path[:-1])
    if not isinstance(holder, Branches):
        raise IndexError(f"no branches at {path[:-1]}")
    return holder.branches


def add_branch(network: Network, path: Path, branch: Stack = ()) -> Network:
    """Put a branch at the address `path`; those from there on move down."""
    held = branches_of(network, path)
    return change(network, path[:-1], branches=(*held[: path[-1]], branch, *held[path[-1] :]))


def delete_branch(network: Network, path: Path) -> Network:
    """Take a branch away; the last two stay: with one there is nothing to merge."""
    held = branches_of(network, path)
    if len(held) <= 2:
        return network
    return change(network, path[:-1], branches=(*held[: path[-1]], *held[path[-1] + 1 :]))


def duplicate_branch(network: Network, path: Path) -> Network:
    """Put a copy of a branch after it, without names."""
    copy = copied(network, branches_of(network, path)[path[-1]])
    return add_branch(network, (*path[:-1], path[-1] + 1), copy)


def move_branch(network: Network, path: Path, to: int) -> Network:
    """Give a branch another number; one beyond the ends changes nothing."""
    branches = list(branches_of(network, path))
    if not 0 <= to < len(branches):
        return network
    branches.insert(to, branches.pop(path[-1]))
    return change(network, path[:-1], branches=tuple(branches))


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
        held = structs.replace(container, branches=branches)
    else:
        held = structs.replace(container, layers=within)
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
