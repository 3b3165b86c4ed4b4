"""Models of Keras as networks."""

import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui_cnn.core import edits
from tui_cnn.core.layers import AnyLayer, Block, Layer, Opaque
from tui_cnn.core.network import Network, walk
from tui_cnn.core.shape import Shape, changes_channels, of_size
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.graph import Graph, GraphError, Node, functional, sequential
from tui_cnn.formats.keras.layers import KERAS_LAYERS, ForeignError, read_layer
from tui_cnn.formats.keras.notes import KeptNames, Notes, enumerate_names, other_channels, without_usual_names
from tui_cnn.formats.keras.schema import Entry, Model, known_shape, misfit, read_config
from tui_cnn.formats.keras.series_parallel import series_parallel
from tui_cnn.i18n import _

_MOST_AXES = 4


class Import(NamedTuple):
    """A network as it was read, and a line for each kind of thing that could not be kept."""

    network: Network
    notes: tuple[str, ...]


def read_keras(path: Path, input_shape: Shape | None = None) -> Import:
    """Read a model of Keras 3 from a `.json` or a `.keras` file; nothing in it is loaded or run.

    `input_shape` takes the place of the model's own, which may leave the size of the image open.

    Layers that we do not have, and parts that are not series-parallel, become opaque layers.

    Raises:
        FormatError: the file cannot be read, or the model cannot be expressed at all.
    """
    return convert_model(read_config(path), path, input_shape)


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
        layers = reader.stack(graph)
        name = _network_name(entry, source)
        empty = msgspec.convert({"name": name, "input_shape": shape}, Network)
        network = without_usual_names(msgspec.structs.replace(empty, layers=layers))
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

    def graph(self, entry: Entry) -> Graph:
        """Make the graph of a model; refuse one without one input and one output, or with shared weights."""
        try:
            model = msgspec.convert(entry.config, Model)
        except (msgspec.ValidationError, RecursionError) as error:
            raise GraphError(_("is not a Keras 3 model: {reason}").format(reason=misfit(error))) from None
        if entry.class_name == "Sequential":
            return sequential(model, (entry.build_config or {}).get("input_shape"))
        graph = functional(model)
        _refuse_shared_weights(graph)
        return graph

    def stack(self, graph: Graph) -> tuple[AnyLayer, ...]:
        return series_parallel(graph, self._layers, self._names.keep, self._notes)

    def _layers(self, node: Node, before: Node) -> tuple[AnyLayer, ...]:
        entry = node.entry
        if entry.is_model:
            return (self._block(entry),)
        if entry.class_name == "BatchNormalization" and node.call.kwargs.get("training") is False:
            self._notes.add(_("training=False is ignored"), entry.label)
        first, *others = read_layer(entry, before.shape, self._notes)
        return (msgspec.structs.replace(first, name=self._names.keep(entry.label)), *others)

    def _block(self, entry: Entry) -> AnyLayer:
        try:
            return Block(name=self._names.of_block(entry.label, entry.class_name), layers=self.stack(self.graph(entry)))
        except GraphError:
            raise ForeignError from None


def _refuse_shared_weights(graph: Graph) -> None:
    """Refuse a layer that is applied several times, unless it is known to have no weights."""
    seen: set[str] = set()
    for node in graph.nodes:
        entry = node.entry
        kind = KERAS_LAYERS.get(entry.class_name, Layer) if entry.is_layer else None
        weightless = kind is not None and kind.parameters is Layer.parameters and kind is not Layer
        merges = entry.is_layer and entry.class_name.lower() in ("add", "concatenate", "multiply", "average", "maximum")
        if entry.label in seen and not weightless and not merges:
            message = _("“{name}” is used several times; shared weights are not supported")
            raise GraphError(message.format(name=enumerate_names([entry.label])))
        seen.add(entry.label)


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


def _input_shape(graph: Graph) -> tuple[int, ...]:
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
