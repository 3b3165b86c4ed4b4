"""Other names for layers: names are unique, and what names a layer follows it."""

from collections.abc import Container, Mapping

from msgspec import structs

from tui_cnn.core.layers import AnyLayer, Block, Opaque, Route, Shared
from tui_cnn.core.network import Network, Stack, mapped, names, walk, with_inner

_LONGEST = 64


def fresh_name(name: str, taken: Container[str]) -> str:
    """Number a name so that it is none of those taken: the second `conv` is `conv_2`."""
    number = 2
    while (fresh := f"{name[: _LONGEST - len(f'_{number}')]}_{number}") in taken:
        number += 1
    return fresh


def referring(layer: AnyLayer, called: Mapping[str, str]) -> AnyLayer:
    """Let a layer name others by what they are called now, where that differs."""
    match layer:
        case Route(layers=named) if any(name in called for name in named):
            return structs.replace(layer, layers=tuple(called.get(name, name) for name in named))
        case Opaque(inputs=named) if any(name in called for name in named):
            return structs.replace(layer, inputs=tuple(called.get(name, name) for name in named))
        case Shared(layer=name) if name in called:
            return structs.replace(layer, layer=called[name])
        case _:
            return layer


def copied(network: Network, layers: Stack) -> Stack:
    """Copy layers to be put into a network.

    They have no names of their own, for names are unique, but for those that other layers of the copy name: these get
    new ones. The titles of blocks inside stay.
    """
    held = [layer for _path, layer in walk(layers)]
    named = {name for layer in held for name in ((layer.layer,) if isinstance(layer, Shared) else layer.takes or ())}
    taken = {*names(network).values(), *(layer.name for layer in held)}
    called: dict[str, str] = {}
    for layer in held:
        if layer.name in named and layer.name not in called:
            called[layer.name] = fresh_name(layer.name, taken)
            taken.add(called[layer.name])

    def copy(layer: AnyLayer, title: str = "") -> AnyLayer:
        return referring(structs.replace(layer, name=called.get(layer.name, title)), called)

    def inner(layer: AnyLayer) -> AnyLayer:
        return copy(layer, layer.name if isinstance(layer, Block) else "")

    return tuple(with_inner(copy(layer), lambda stack: mapped(stack, inner)) for layer in layers)
