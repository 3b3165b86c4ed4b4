"""A network prepared for inspection, and the checkpoints of it whose weights take turns in it."""

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Input, Route, Shared
from tui_cnn.core.memory import BYTES
from tui_cnn.core.network import Network, Path, keras_name
from tui_cnn.core.receptive_field import ReceptiveField
from tui_cnn.core.rows import Analysis
from tui_cnn.core.unrolling import as_built
from tui_cnn.data.dataset import TestSet
from tui_cnn.data.fitting import fit, fitted_shape
from tui_cnn.data.images import are_light_on_black
from tui_cnn.data.input_options import Fit
from tui_cnn.data.scaling import Scaling
from tui_cnn.data.source import ImageShape
from tui_cnn.formats.export import require_buildable
from tui_cnn.i18n import _
from tui_cnn.insight.classes import output_names, outputs_of
from tui_cnn.insight.predictions import sample
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.ends import class_count, require_classes
from tui_cnn.runs.inspection.replies import AnyReply, Array
from tui_cnn.runs.inspection.requests import Image
from tui_cnn.visible import visible
from tui_cnn.worker.build import BuiltNetwork, Call, build_network
from tui_cnn.worker.inputs import fitted, model_inputs
from tui_cnn.worker.inspection.further_input import FurtherInput
from tui_cnn.worker.inspection.layer_by_layer import LayerByLayer

_MOST_BATCH = 250
_MOST_VALUES = 1 << 27
"""Outputs of layers that a batch may have in all; TensorFlow frees most of them on its way."""
_LARGE = 64 << 20
"""Bytes of the outputs of all layers for one image, from which on they are not held at once."""
MAP_AXES = 3

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

Job = Generator[float, None, AnyReply]
"""A piece of work that pauses now and then, so that a quick question need not wait for a long answer.

Yields the share of the work that is done, 0 to 1, and returns the answer.
"""


class InspectedLayer(NamedTuple):
    """A layer whose activations can be seen."""

    path: Path
    name: str
    kind: str
    output: Any
    """The tensor that it gives."""
    parts: dict[str, keras.Layer]
    """All that it is made of, by the ends of their names."""
    field: ReceptiveField | None
    source: int | None
    """The number of the layer whose output goes in, of several the first; None: the image does."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(height, width, channels) or (features,) of its output."""
        return tuple(self.output.shape[1:])

    @property
    def weights(self) -> dict[str, keras.Variable]:
        """Its weights by name, those of a part with its suffix before; without what random layers draw from."""
        return {
            f"{suffix}_{weight.name}" if suffix else weight.name: weight
            for suffix, part in self.parts.items()
            for weight in part.weights
            if weight.dtype.startswith(("float", "bfloat"))
        }


class Described(NamedTuple):
    """What a run, or a model's file, says of how its network is used.

    Attributes:
        directory: that of the data set; empty: Fashion-MNIST.
        named: the names of the outputs, where a person has given some, or the classes when the run began.
        trained_on: whether the network was trained on the data set.
        light_on_black: whether its images were, when the run began.
    """

    network: Network
    directory: str
    fit: Fit
    scaling: Scaling
    named: tuple[str, ...] = ()
    trained_on: bool = True
    light_on_black: bool = False


class Engine:
    """The model of a network, whose weights may be exchanged.

    Inputs are float32, `(n, *input_shape)`: those of the network's own input, of which further ones are made, see
    `FurtherInput`. The network has one output. Scores are what a softmax makes probabilities of.

    Attributes:
        layers: in the order in which an image passes through them.
        is_large: whether the outputs of all layers are too much to be held at once, and all of them too many to be
            compiled before they are asked for: single images then pass through it layer by layer.
        gradients: (one input, class) -> (the gradient of its score in the input, Grad-CAM of each layer with maps).
        batch: how many images are computed at once.
        class_count: how many classes its output is a list of; 0: it is none. Then the scores are the output as it is.
        owner: whose weights are in it.

    Raises:
        FormatError: the network cannot be built.
    """

    def __init__(self, network: Network) -> None:
        network = as_built(network)
        self.analysis: Analysis = analyze(network)
        require_buildable(self.analysis)
        self.class_count = class_count(self.analysis.output_shape or ())
        self.network = network
        self.owner: object = None
        built = build_network(network, further=lambda layer, name: FurtherInput(layer.shape, name=name))
        self.model = built.model
        self.layers = inspected_layers(self.analysis, built)
        history = self.model.output._keras_history
        self._last = history.operation
        self._before = self._last._inbound_nodes[history.node_index].input_tensors[0]
        self._scorer: keras.Layer | None = None
        self._compiled: dict[str, Any] = {}
        self.with_maps = [layer for layer in self.layers if len(layer.shape) == MAP_AXES]
        values = sum(prod(layer.shape) for layer in self.layers)
        self.is_large = BYTES * values > _LARGE
        self.batch = max(1, min(_MOST_BATCH, _MOST_VALUES // values))
        self._scores = self._scores_of(built)
        self._layer_by_layer = LayerByLayer(self.model.input, built.calls)
        self._signature = tf.TensorSpec((None, *network.input_shape), tf.float32)
        self.gradients = self.compiled("gradients", self._gradients, numbers=1)

    def layer(self, name: str) -> InspectedLayer:
        """Find a layer by its name.

        Raises:
            RunError: no layer has this name.
        """
        for layer in self.layers:
            if layer.name == name:
                return layer
        message = _("{network} has no layer “{name}”; its layers are: {names}")
        listed = ", ".join(layer.name for layer in self.layers)
        raise RunError(message.format(network=self.network.name, name=name, names=listed))

    def until(self, layer: InspectedLayer) -> keras.Model:
        """Return the part of the model up to a layer."""
        return keras.Model(self.model.input, layer.output)

    def compiled(self, name: str, function: Callable[..., Any], numbers: int = 0) -> Any:
        """Compile a function of inputs and so many whole numbers, or return what was compiled by this name before."""
        if name not in self._compiled:
            signature = [self._signature, *[tf.TensorSpec((), tf.int32)] * numbers]
            self._compiled[name] = tf.function(function, input_signature=signature)
        return self._compiled[name]

    def activations(self, inputs: Floats, layers: Sequence[InspectedLayer]) -> tuple[list[Any], Any]:
        """Compute the outputs of some layers, in that order, and the scores. A large network keeps no others."""
        if self.is_large:
            *outputs, scores = self._layer_by_layer.outputs(inputs, [*(each.output for each in layers), self._scores])
            return outputs, scores
        every, scores = self.compiled("activations", self.forward)(inputs)
        by_name = dict(zip((each.name for each in self.layers), every, strict=True))
        return [by_name[each.name] for each in layers], scores

    def each_output(self, inputs: Floats) -> Iterator[tuple[InspectedLayer, Any]]:
        """Compute the output of each layer, one after the other; none is kept for longer than others need it."""
        layers: dict[int, list[InspectedLayer]] = {}
        for layer in self.layers:
            layers.setdefault(id(layer.output), []).append(layer)
        for tensor, value in self._layer_by_layer.each(inputs, [layer.output for layer in self.layers]):
            for layer in layers[tensor]:
                yield layer, value

    def probabilities(self, inputs: Floats) -> Any:
        """Compute the probabilities, (n, classes)."""
        if self.is_large and len(inputs) == 1:
            return tf.nn.softmax(self.activations(inputs, ())[1])
        return self.compiled("probabilities", self._probabilities)(inputs)

    def forward(self, inputs: Any) -> tuple[list[Any], Any]:
        """Compute the outputs of all layers, and the scores; to be part of what is compiled."""
        *outputs, scores = self._all(inputs, training=False)
        return outputs, scores

    @cached_property
    def _all(self) -> keras.Model:
        return keras.Model(self.model.input, [*(layer.output for layer in self.layers), self._scores])

    def set_weights(self, weights: list[npt.NDArray[Any]]) -> None:
        """Exchange the weights for those of another checkpoint of the same network."""
        self.model.set_weights(weights)
        if self._scorer is not None:
            self._scorer.set_weights(self._last.get_weights())

    def _scores_of(self, built: BuiltNetwork) -> Any:
        """Return the tensor of the scores, a row for each image."""
        scores = self._scores_before_softmax(built) if self.class_count else self.model.output
        if len(scores.shape) == 2 or not self.class_count:
            return scores
        flatten = keras.layers.Flatten()
        rows = flatten(scores)
        built.calls.append(Call(flatten, (scores,), rows))
        return rows

    def _scores_before_softmax(self, built: BuiltNetwork) -> Any:
        """Return what comes before a softmax at the end, else the output itself."""
        last = self._last
        if isinstance(last, keras.layers.Softmax):
            return self._before
        if getattr(last, "activation", None) is not keras.activations.softmax:
            return self.model.output
        if isinstance(last, keras.layers.Activation):
            return self._before
        self._scorer = type(last).from_config(
            last.get_config() | {"activation": "linear", "name": f"{last.name}_scores"}
        )
        scores = self._scorer(self._before)
        built.calls.append(Call(self._scorer, (self._before,), scores))
        return scores

    def _probabilities(self, inputs: Any) -> Any:
        return tf.nn.softmax(self.forward(inputs)[1])

    def _gradients(self, inputs: Any, target: Any) -> tuple[Any, list[Any]]:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs, scores = self.forward(inputs)
            score = scores[0, target]
        maps = [output for output in outputs if len(output.shape) == MAP_AXES + 1]
        pixels, *inner = tape.gradient(score, [inputs, *maps], unconnected_gradients=tf.UnconnectedGradients.ZERO)
        weighed = [
            tf.reduce_sum(each[0] * tf.reduce_mean(gradient[0], axis=(0, 1)), axis=-1)
            for each, gradient in zip(maps, inner, strict=True)
        ]
        return pixels, [tf.nn.relu(each) for each in weighed]


class LoadedModel:
    """The weights of a source as they were at `stamp`, in the engine of their network, beside the test set.

    Attributes:
        class_names: a name for each class; none where the output is no list of classes.
        outputs: for each class of the data set the output that stands for it; -1: none does.
        probabilities: of the whole test set, and of its mirror images (True), once they are known.
    """

    def __init__(self, stamp: int, engine: Engine, test: TestSet, described: Described) -> None:
        self.stamp = stamp
        self._test = test
        self.described = described
        count = engine.class_count
        classes, named = tuple(map(visible, test.class_names)), described.named
        self.class_names = output_names(count, named, classes)
        self.outputs = outputs_of(classes, count, named, trained_on=described.trained_on)
        self.probabilities: dict[bool, Floats] = {}
        self._engine = engine
        self._weights = engine.model.get_weights()

    @property
    def engine(self) -> Engine:
        """The engine, with these weights in it. Get it again after every `yield`: other jobs may use it meanwhile."""
        if self._engine.owner is not self:
            self._engine.set_weights(self._weights)
            self._engine.owner = self
        return self._engine

    @property
    def network(self) -> Network:
        """The network."""
        return self._engine.network

    @property
    def test(self) -> TestSet:
        """The test set.

        Raises:
            RunError: it cannot be read any more.
        """
        if self._test.missing:
            raise RunError(self._test.missing)
        return self._test

    @property
    def image_shape(self) -> ImageShape:
        """(height, width, channels) of the data set's images."""
        return _shape(self._test.images)

    @property
    def light_on_black(self) -> bool:
        """Whether a person's own image is to be made so, since the data set's images are; never one in colour."""
        if self.own_shape[2] > 1:
            return False
        return self.described.light_on_black if self._test.missing else are_light_on_black(self._test.images)

    @property
    def padding(self) -> tuple[int, int]:
        """Pixels of border (top, left) around an image of the data set."""
        (top, _bottom), (left, _right) = fit(self.image_shape, self.network.input_shape).padding
        return top, left

    @property
    def own_shape(self) -> ImageShape:
        """(height, width, channels) of a person's own image, see `OpenReply.own_shape`."""
        shape = self.network.input_shape
        return self.image_shape if self.described.trained_on or len(shape) == 1 else fitted_shape(None, shape)

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """The output to be expected for each test image, (n,).

        Raises:
            RunError: classes of the data set have no output that is known to stand for them, or there are none.
        """
        self._require_classes()
        unknown = [name for name, output in zip(self.test.class_names, self.outputs, strict=True) if output < 0]
        if unknown:
            message = _(
                "{name}: no output matches {classes} of the test set; import the model with --classes, "
                "the names of its outputs, or with the data set it was trained on"
            )
            if self.described.trained_on:
                message = _(
                    "{name}: was not trained on {classes}, which the data set has now; put back the classes that it "
                    "had, or train it again"
                )
            listed = ", ".join(unknown[:3]) + (", …" if len(unknown) > 3 else "")
            raise RunError(message.format(name=self.network.name, classes=listed))
        return np.array(self.outputs, np.int32)[self.test.labels]

    @property
    def input_size(self) -> tuple[int, int]:
        """(height, width) of the network's input; that of the images, where the input is a list of numbers."""
        shape = self.network.input_shape
        return (shape[0], shape[1]) if len(shape) > 1 else self.image_shape[:2]

    def pixels(self, image: Image) -> Pixels:
        """Return an image: (height, width, channels).

        Raises:
            RunError: no image has that number, or it has neither the shape of the data set's nor that of one's own.
        """
        (only, *_more) = self.batch((image,) if isinstance(image, int) else image)
        return np.asarray(only, np.uint8)

    def batch(self, images: tuple[int, ...] | Array) -> Pixels:
        """Return images, by their numbers or as arrays: (n, height, width, channels).

        Raises:
            RunError: as `pixels`.
        """
        if isinstance(images, Array):
            try:
                array = images.numpy()
            except ValueError as error:
                raise RunError(str(error)) from None
            array = array[np.newaxis] if array.ndim == MAP_AXES else array
            known = array.shape[1:] in (self.image_shape, self.own_shape)
            if array.dtype != np.uint8 or not known or not len(array):
                message = _("an image must be {expected} bytes, not {dtype} of {shape}")
                expected, shape = ("×".join(map(str, each)) for each in (self.own_shape, array.shape))
                raise RunError(message.format(expected=expected, dtype=array.dtype.name, shape=shape))
            return array
        count = len(self.test.images)
        if wrong := [number for number in images if not 0 <= number < count]:
            message = _("no test image {number}; the test images are 0 to {last:,}")
            raise RunError(message.format(number=wrong[0], last=count - 1))
        chosen: Pixels = self.test.images[list(images)]
        return chosen

    def fitted(self, pixels: Pixels) -> Pixels:
        """Pad and reshape images (n, height, width, channels) as the network's input, still in bytes."""
        return np.asarray(fitted(pixels, fit(_shape(pixels), self.network.input_shape)))

    def inputs(self, pixels: Pixels) -> Floats:
        """Convert images (n, height, width, channels) to the network's input."""
        fitting = fit(_shape(pixels), self.network.input_shape)
        return np.asarray(model_inputs(pixels, fitting, self.described.scaling))

    def as_map(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Reshape values of the input's shape to (height, width); the largest of several channels."""
        laid = values.reshape(*self.input_size, -1).max(axis=-1)
        return np.asarray(laid)

    def predict(self, pixels: Pixels) -> Floats:
        """Probabilities (n, classes) of images, in one call.

        Raises:
            RunError: the output is no list of classes.
        """
        self._require_classes()
        return np.asarray(self.engine.probabilities(self.inputs(pixels)))

    def _require_classes(self) -> None:
        require_classes(self.network, len(self.class_names))

    def target_class(self, pixels: Pixels, target: int | None) -> tuple[int, float]:
        """Return the target class of an image (height, width, channels), and its probability.

        Raises:
            RunError: no class has this number, or there are none.
        """
        probabilities = self.predict(pixels[np.newaxis])[0]
        if target is None:
            target = int(probabilities.argmax())
        if not 0 <= target < len(probabilities):
            message = _("no class {number}; the classes are 0 to {last}")
            raise RunError(message.format(number=target, last=len(probabilities) - 1))
        return target, float(probabilities[target])

    def sample(self, count: int) -> npt.NDArray[np.int64]:
        """Draw test images, the same each time; return their numbers."""
        return sample(self.test.labels, count)

    def batches(self, numbers: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
        """Split a list into batches."""
        size = self._engine.batch
        for begin in range(0, len(numbers), size):
            yield numbers[begin : begin + size]


def _shape(pixels: Pixels) -> ImageShape:
    _count, height, width, channels = pixels.shape
    return height, width, channels


def inspected_layers(analysis: Analysis, built: BuiltNetwork) -> list[InspectedLayer]:
    """List the layers: branches come where they are merged, blocks are only what is in them."""
    rows = {row.path: row for row in analysis.rows}
    whole = analysis.graph
    other: set[int] = set()
    """The nodes that see an input of another shape: where in the image they look is not known."""
    found: list[InspectedLayer] = []
    number_of: dict[Path, int] = {}
    for number, node in enumerate(whole.nodes):
        is_other = isinstance(node.layer, Input) and node.layer.shape != analysis.network.input_shape
        if is_other or not other.isdisjoint(node.inputs):
            other.add(number)
        row = rows.get(node.path)
        if row is None or node.layer is None or (found and found[-1].path == node.path):
            continue
        parts: dict[str, keras.Layer] = {}
        if not isinstance(row.layer, Route | Shared | Input):
            shape = row.input_shape or ()
            suffixes = [call.suffix for call in node.layer.keras_calls(shape)]
            parts = {suffix: built.model.get_layer(keras_name(row.name, suffix)) for suffix in suffixes}
        given = whole.given[row.path]
        source = None if given is None else number_of.get(whole.nodes[given].path)
        output = built.outputs[row.path]
        number_of[row.path] = len(found)
        field = None if number in other else row.field
        found.append(InspectedLayer(row.path, row.name, row.kind, output, parts, field, source))
    return found
