"""Models of Keras as networks."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui_cnn.core import edits
from tui_cnn.core.layers import AnyLayer, Block, Opaque, can_be_frozen
from tui_cnn.core.network import Network, walk
from tui_cnn.core.network import Stack as Layers
from tui_cnn.core.shape import Shape, changes_channels, of_size
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.graph import GraphError, ModelGraph, ModelNode, functional, sequential
from tui_cnn.formats.keras.layers import ForeignError, read_layer
from tui_cnn.formats.keras.notes import KeptNames, Notes, enumerate_names, other_channels, without_needless_names
from tui_cnn.formats.keras.schema import Entry, Model, known_shape, misfit, read_config
from tui_cnn.formats.keras.series_parallel import SeriesParallel, with_shared_weights
from tui_cnn.formats.keras.weights import stored_counts
from tui_cnn.i18n import _

_MOST_AXES = 4


class Import(NamedTuple):
    """A network as it was read, and a line for each kind of thing that could not be kept."""

    network: Network
    notes: tuple[str, ...]


def read_keras(path: Path, input_shape: Shape | None = None) -> Import:
    """Read a model of Keras 3 from a `.json` or a `.keras` file; nothing in it is loaded or run.

    `input_shape` takes the place of the model's own, which may leave the size of the image open.

    Layers that we do not have become opaque layers, with the weights that the file stores for them.

    Raises:
        FormatError: the file cannot be read, or the model cannot be expressed at all.
    """
    found = convert_model(read_config(path), path, input_shape)
    return found._replace(network=_with_stored_counts(found.network, path))


def convert_model(entry: Entry, source: Path | str, input_shape: Shape | None = None) -> Import:
    """Turn the description of a model into a network; `source` names it in errors, `input_shape` is as above.

    Raises:
        FormatError: it cannot be expressed.
    """
    notes = Notes()
    try:
        if not entry.is_model:
            raise GraphError(_not_a_model(entry))
        reader = _Reader(notes)
        graph = reader.graph(entry)
        if input_shape:
            own = graph.input_shape[1:] if isinstance(graph.input_shape, list) else ()
            shape = of_size(own, input_shape)
            if changes_channels(own, shape):
                notes.of_model.append(other_channels(own, shape))
        else:
            shape = _input_shape(graph)
        layers, outputs = reader.stack(graph)
        name = _network_name(entry, source)
        empty = msgspec.convert({"name": name, "input_shape": shape}, Network)
        whole = msgspec.structs.replace(empty, layers=layers, outputs=outputs)
        network = without_needless_names(whole, reader.made_names)
        if shape != known_shape(graph.input_shape):
            network = _without_stated_shapes(network)
    except GraphError as error:
        raise FormatError(source, str(error)) from None
    except msgspec.ValidationError as error:
        raise FormatError(source, _("is not a network: {reason}").format(reason=misfit(error))) from None
    except RecursionError:
        raise FormatError(source, _("is nested too deeply")) from None
    return Import(network, notes.lines())


class _Reader:
    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._names = KeptNames()
        self._blocks: dict[tuple[str, ...], tuple[AnyLayer, ...]] = {}
        self._owners: dict[str, tuple[str, ...]] = {}
        """By name of a layer of ours: what is the same for all that have the same weights."""

    @property
    def made_names(self) -> set[str]:
        """The names of layers that are ours."""
        return self._names.made

    def graph(self, entry: Entry) -> ModelGraph:
        """Make the graph of a model."""
        try:
            model = msgspec.convert(entry.config, Model)
        except (msgspec.ValidationError, RecursionError) as error:
            raise GraphError(_("is not a Keras 3 model: {reason}").format(reason=misfit(error))) from None
        if entry.class_name == "Sequential":
            return sequential(model, (entry.build_config or {}).get("input_shape"))
        return functional(model)

    def stack(self, graph: ModelGraph, scope: tuple[str, ...] = ()) -> tuple[Layers, tuple[str, ...]]:
        """Turn a graph into layers; return the names of its outputs, too, where there are several."""
        times = Counter(node.owner for node in graph.nodes)
        repeated = {owner for owner, number in times.items() if number > 1}

        def convert(node: ModelNode, shape: Shape | None, name: str) -> tuple[AnyLayer, ...]:
            if node.owner in repeated:
                self._owners[name] = (*scope, *node.owner)
            return self._layers(node, shape, name, scope, shared=node.owner in repeated)

        made = SeriesParallel(graph, convert, self._names.keep, self._notes)
        return with_shared_weights(made.layers, self._owner), made.outputs

    def _layers(
        self, node: ModelNode, shape: Shape | None, name: str, scope: tuple[str, ...], *, shared: bool
    ) -> tuple[AnyLayer, ...]:
        entry = node.entry
        if entry.is_model:
            return (self._block(node, name if shared else "", (*scope, *node.owner)),)
        if entry.class_name == "BatchNormalization" and node.call.kwargs.get("training") is False:
            self._notes.add(_("training=False is ignored"), entry.label)
        *before, last = read_layer(entry, shape, self._notes)
        if not before:
            return (msgspec.structs.replace(last, name=name),)
        # The activation is a layer of its own, and what comes out of it is what others may name.
        first = msgspec.structs.replace(before[0], name=name)
        return (first, msgspec.structs.replace(last, name=self._names.make(f"{name}_activation")))

    def _block(self, node: ModelNode, name: str, owner: tuple[str, ...]) -> AnyLayer:
        entry = node.entry
        if owner not in self._blocks:
            try:
                graph = self.graph(entry)
                if len(graph.outputs) > 1:
                    raise ForeignError
                self._blocks[owner], _outputs = self.stack(graph, owner)
            except GraphError:
                raise ForeignError from None
        title = name or self._names.of_block(entry.label, entry.class_name)
        return Block(name=title, layers=self._blocks[owner], trainable=entry.config.get("trainable") is not False)

    def _owner(self, layer: AnyLayer) -> tuple[str, ...] | None:
        return self._owners.get(layer.name) if layer.takes is None and can_be_frozen(type(layer)) else None


def _with_stored_counts(network: Network, path: Path) -> Network:
    """Say of each opaque layer how many weights the file stores for it, if it stores any at all."""
    layers = list(walk(network.layers))
    unknown = [(place, layer) for place, layer in layers if isinstance(layer, Opaque)]
    if not unknown:
        return network
    try:
        counts = stored_counts(path)
    except FormatError:  # it is a description alone
        return network
    # In models within, a name may be another than in the file: only one that is found says something there.
    missing = None if not counts or any(isinstance(layer, Block) for _place, layer in layers) else 0
    for place, layer in unknown:
        if layer.weights is None:
            network = edits.change(network, place, weights=counts.get(layer.name, missing))
    return network


def _without_stated_shapes(network: Network) -> Network:
    """Forget what opaque layers are said to give: that was for another image."""
    for path, layer in walk(network.layers):
        if isinstance(layer, Opaque):
            network = edits.change(network, path, stated_shape=None)
    return network


def _not_a_model(entry: Entry) -> str:
    if entry.module is None and entry.class_name in ("Sequential", "Functional", "Model"):
        message = _("is a {kind} that was not saved by Keras 3; load it in Keras 3 and save it again")
        return message.format(kind=entry.class_name)
    message = _("is a {kind}, not a Sequential or Functional model of Keras 3, so its layers are only in its code")
    return message.format(kind=enumerate_names([entry.class_name]))


def _input_shape(graph: ModelGraph) -> tuple[int, ...]:
    shape = known_shape(graph.input_shape)
    if shape is None:
        message = _("the input shape {shape} is not fixed; set it with --input-shape")
        raise GraphError(message.format(shape=enumerate_names([str(graph.input_shape)])))
    if len(shape) > _MOST_AXES:
        message = _("the input has {count} axes; at most depth, height, width and channels are supported")
        raise GraphError(message.format(count=len(shape)))
    return shape


def _network_name(entry: Entry, source: Path | str) -> str:
    """NodeCall the network as the model is called; as the file, if Keras made the model's name up."""
    name = entry.config.get("name")
    if not isinstance(name, str) or re.fullmatch(r"(sequential|functional|model)(_\d+)?", name):
        name = Path(source).stem
    return re.sub(r"[/\\\x00-\x1f\x7f-\x9f]", "_", name)[:64] or "model"
