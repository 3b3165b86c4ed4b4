"""Between which ends a network is looked into: one image goes in, and one output comes out."""

from typing import NamedTuple

from msgspec import structs

from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.graph import Node, graph
from tui_cnn.core.layers import CONTAINERS, AnyLayer, Branches, Input, Route, Shared, can_be_frozen
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.network import Network, Path, Stack, mapped, names, walk, with_inner
from tui_cnn.core.renaming import fresh_name, referring
from tui_cnn.core.shape import Shape, elements
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Imported

_FIRST = "first_input"


class Ends(NamedTuple):
    """A network that is looked into.

    Attributes:
        network: with one output; its own input takes the image. It may have further inputs.
        output: the name of its output, where there were several; else empty.
        same: the names of the further inputs that get the image, too.
        zeros: those of the further inputs that get zeros.
    """

    network: Network
    output: str = ""
    same: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()

    @property
    def scales_pixels(self) -> bool:
        """Whether all that takes the image begins with scaling its pixels."""
        images, takers, named = {0}, [], names(self.network)
        for number, node in enumerate(graph(self.network).nodes):
            is_route = isinstance(node.layer, Route) and len(node.inputs) == 1
            if (is_route and images.issuperset(node.inputs)) or named.get(node.path) in self.same:
                images.add(number)
            elif not images.isdisjoint(node.inputs):
                takers.append(node.layer)
        return bool(takers) and all(layer is not None and layer.scales_pixels for layer in takers)


def choices_of(chosen: Ends | Imported) -> list[str]:
    """Say what was chosen, a line for each; none for a network of one input and one output."""
    lines = [_("shown up to output “{name}”").format(name=chosen.output)] if chosen.output else []
    lines += [_("input “{name}” gets the same image").format(name=name) for name in chosen.same]
    return lines + [_("input “{name}” gets zeros").format(name=name) for name in chosen.zeros]


def between_ends(network: Network, output: str = "") -> Ends:
    """Choose an output, by its name, and the input that takes the image.

    Without a name it is the first output that is a list of classes, else the first of all. The image is for the first
    input that leads there and that images can be fitted to.

    Raises:
        RunError: the network has no such output.
    """
    chosen = _output(network, output)
    if chosen:
        network = _only_needed(structs.replace(_with_names(network), outputs=(chosen,)))
    whole, named = graph(network), names(network)
    inputs = whole.inputs
    shapes = {number: _input_shape(network, whole.nodes[number]) for number in inputs}
    image = next((number for number in inputs if takes_image(shapes[number])), inputs[0])
    if image:
        network = _with_own_input(network, whole.nodes[image].path, is_used=0 in whole.inputs)
        return between_ends(network)._replace(output=chosen)
    further = {named[whole.nodes[number].path]: gets_image(shapes[number], shapes[0]) for number in inputs if number}
    same = tuple(name for name, gets in further.items() if gets)
    return Ends(network, chosen, same, tuple(name for name in further if name not in same))


def takes_image(shape: Shape) -> bool:
    """Tell whether images of any size can be fitted to an input."""
    return len(shape) in (2, 3) and (*shape, 1)[2] in (1, 3)


def gets_image(shape: Shape, own: Shape) -> bool:
    """Tell whether a further input gets the image that the network's `own` input gets, resized where need be."""
    return shape == own or (takes_image(shape) and takes_image(own))


def class_count(shape: Shape) -> int:
    """Count the classes that an output is a list of, be it a map of a single pixel as in SqueezeNet; 0: it is none."""
    return shape[-1] if shape and elements(shape[:-1]) == 1 else 0


def require_classes(network: Network, count: int) -> None:
    """Make sure that the output of a network is a list of `count` classes.

    Raises:
        RunError: it is none.
    """
    if not count:
        message = _("{name}: its output is not a list of classes, so it cannot predict")
        raise RunError(message.format(name=network.name))


def _output(network: Network, output: str) -> str:
    """Find the output that is meant; empty: there is one only."""
    found = network.outputs
    if output and output not in found:
        listed = ", ".join(found) or _("the only output")
        message = _("{network} has no output “{name}”; available: {names}")
        raise RunError(message.format(network=network.name, name=output, names=listed))
    if output or len(found) < 2:
        return output if len(found) > 1 else ""
    analysis = analyze(network)
    if analysis.graph.dangling:
        return ""
    shapes = [analysis.shapes[number] or () for number in analysis.graph.outputs]
    best = max(shapes, key=lambda shape: min(2, class_count(shape)))  # a single number is seldom a class
    return found[shapes.index(best)]


def _input_shape(network: Network, node: Node) -> Shape:
    return node.layer.shape if isinstance(node.layer, Input) else network.input_shape


def _with_own_input(network: Network, path: Path, *, is_used: bool) -> Network:
    """Let the network's own input and a further one, at `path`, change places."""
    further = edits.layer_at(network, path)
    assert isinstance(further, Input)
    route = Route(layers=(NETWORK_INPUT,), name=names(network)[path])
    taken = set(names(network).values())
    old = fresh_name(_FIRST, taken) if _FIRST in taken else _FIRST  # nobody knows what it is called in the file

    def renamed(layer: AnyLayer) -> AnyLayer:
        return referring(layer, {NETWORK_INPUT: old})

    layers = mapped(network.layers, renamed)
    layers = edits.splice(structs.replace(network, layers=layers), path, 1, (route,)).layers
    own = (Input(name=old, shape=network.input_shape),) if is_used else ()
    return structs.replace(network, input_shape=further.shape, layers=(*own, *layers))


def _with_names(network: Network) -> Network:
    """Give the layers that have weights the names that they go by, which others before them would change by leaving."""
    named = names(network)
    for path, layer in walk(network.layers):
        if not layer.name and can_be_frozen(type(layer)) and type(layer) not in CONTAINERS:
            network = edits.change(network, path, name=named[path])
    return network


def _only_needed(network: Network) -> Network:
    """Leave out the layers that do not lead to the output."""
    whole = graph(network)
    paths = {whole.nodes[number].path for number in whole.needed()}
    needed = {path[:length] for path in paths for length in range(1, len(path) + 1)}
    homes = {layer.name: path for path, layer in walk(network.layers) if layer.name}
    for path, layer in walk(network.layers):
        if path in needed and isinstance(layer, Shared) and (home := homes[layer.layer]) not in needed:
            # Its own output leads nowhere, so it moves to where it is first applied again.
            moved = edits.replace(network, path, edits.layer_at(network, home))
            return _only_needed(edits.delete(moved, home))

    def kept(stack: Stack, prefix: Path) -> Stack:
        found: list[AnyLayer] = []
        for place, layer in enumerate(stack):
            is_idle = isinstance(layer, Route) and not layer.name and found and layer.layers == (found[-1].name,)
            if (*prefix, place) in needed and not is_idle:  # what stood between is gone
                found.append(inner(layer, (*prefix, place)))
        return tuple(found)

    def inner(layer: AnyLayer, path: Path) -> AnyLayer:
        if isinstance(layer, Branches):
            branches = (kept(branch, (*path, number)) for number, branch in enumerate(layer.branches))
            return structs.replace(layer, branches=tuple(branches))
        return with_inner(layer, lambda stack: kept(stack, path))

    return structs.replace(network, layers=kept(network.layers, ()))
