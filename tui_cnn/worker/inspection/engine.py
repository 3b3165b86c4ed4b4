"""A network prepared for inspection: built once, and compiled once for all of its layers."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches
from tui_cnn.core.network import Network, Path, keras_name
from tui_cnn.core.rows import Analysis
from tui_cnn.formats.export import require_buildable
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.worker.build import build

Floats = npt.NDArray[np.float32]


class InspectedLayer(NamedTuple):
    """A layer whose activations can be seen."""

    path: Path
    name: str
    kind: str
    keras: keras.Layer
    """The one that gives its output."""
    parts: dict[str, keras.Layer]
    """All that it is made of, by the ends of their names."""

    @property
    def weights(self) -> dict[str, keras.Variable]:
        """Its weights by name, those of a part with its suffix before; without what random layers draw from."""
        return {
            f"{suffix}_{weight.name}" if suffix else weight.name: weight
            for suffix, part in self.parts.items()
            for weight in part.weights
            if weight.dtype.startswith(("float", "bfloat"))
        }


class Engine:
    """The model of a network, whose weights may be exchanged.

    Inputs are float32, `(n, *input_shape)`. Scores are what a softmax makes probabilities of.

    Attributes:
        layers: in the order in which an image passes through them.
        activations: inputs -> (outputs of all layers, scores).
        probabilities: inputs -> (n, classes).
        gradients: (one input, class) -> (score, its gradient in the input, outputs of all layers, gradients in them).
        owner: whose weights are in it.

    Raises:
        FormatError: the network cannot be built.
        RunError: its output is not a list of classes.
    """

    def __init__(self, network: Network) -> None:
        self.analysis: Analysis = analyze(network)
        require_buildable(self.analysis)
        if len(self.analysis.output_shape or ()) != 1:
            raise RunError(
                _("{name}: its output is not a list of classes, so it cannot predict").format(name=network.name)
            )
        self.network = network
        self.owner: object = None
        self.model = build(network)
        self.layers = _layers(self.analysis, self.model)
        self._last = self.model.output._keras_history.operation
        self._scorer: keras.Layer | None = None
        self._compiled: dict[str, Any] = {}
        outputs = [layer.keras.output for layer in self.layers]
        self._all = keras.Model(self.model.input, [*outputs, self._scores()])
        self._signature = tf.TensorSpec((None, *network.input_shape), tf.float32)
        self.activations = self.compiled("activations", self.forward)
        self.probabilities = self.compiled("probabilities", self._probabilities)
        self.gradients = self.compiled("gradients", self._gradients, numbers=1)

    def index(self, name: str) -> int:
        """Find a layer by its name.

        Raises:
            RunError: no layer has this name.
        """
        for index, layer in enumerate(self.layers):
            if layer.name == name:
                return index
        message = _("{network} has no layer “{name}”; its layers are: {names}")
        listed = ", ".join(layer.name for layer in self.layers)
        raise RunError(message.format(network=self.network.name, name=name, names=listed))

    def until(self, index: int) -> keras.Model:
        """Return the part of the model up to a layer."""
        return keras.Model(self.model.input, self.layers[index].keras.output)

    def compiled(self, name: str, function: Callable[..., Any], numbers: int = 0) -> Any:
        """Compile a function of inputs and so many whole numbers, or return what was compiled by this name before."""
        if name not in self._compiled:
            signature = [self._signature, *[tf.TensorSpec((), tf.int32)] * numbers]
            self._compiled[name] = tf.function(function, input_signature=signature)
        return self._compiled[name]

    def forward(self, inputs: Any) -> tuple[list[Any], Any]:
        """Compute the outputs of all layers, and the scores; to be part of what is compiled."""
        *outputs, scores = self._all(inputs, training=False)
        return outputs, scores

    def get_weights(self) -> list[npt.NDArray[Any]]:
        """Return a copy of the weights."""
        return list(self.model.get_weights())

    def set_weights(self, weights: list[npt.NDArray[Any]]) -> None:
        """Exchange the weights for those of another checkpoint of the same network."""
        self.model.set_weights(weights)
        if self._scorer is not None:
            self._scorer.set_weights(self._last.get_weights())

    def _scores(self) -> Any:
        """Return the tensor of the scores: what comes before a softmax at the end, else the output itself."""
        last = self._last
        if isinstance(last, keras.layers.Softmax):
            return last.input
        if getattr(last, "activation", None) is not keras.activations.softmax:
            return self.model.output
        if isinstance(last, keras.layers.Activation):
            return last.input
        self._scorer = type(last).from_config(
            last.get_config() | {"activation": "linear", "name": f"{last.name}_scores"}
        )
        return self._scorer(last.input)

    def _probabilities(self, inputs: Any) -> Any:
        return tf.nn.softmax(self.forward(inputs)[1])

    def _gradients(self, inputs: Any, target: Any) -> tuple[Any, Any, list[Any], list[Any]]:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs, scores = self.forward(inputs)
            score = scores[0, target]
        pixels, *inner = tape.gradient(score, [inputs, *outputs], unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return score, pixels, outputs, inner


def _layers(analysis: Analysis, model: keras.Model) -> list[InspectedLayer]:
    """List the layers: branches come where they are merged, blocks are only what is in them."""
    rows = {row.path: row for row in analysis.rows}

    def walk(layers: Any, prefix: Path) -> Any:
        for index, layer in enumerate(layers):
            path = (*prefix, index)
            if isinstance(layer, Block):
                yield from walk(layer.layers, path)
                continue
            name, suffixes = rows[path].name, [""]
            if isinstance(layer, Branches):
                for number, branch in enumerate(layer.branches):
                    yield from walk(branch, (*path, number))
            else:
                suffixes = [call.suffix for call in layer.keras_calls(rows[path].input_shape)]
            parts = {suffix: model.get_layer(keras_name(name, suffix)) for suffix in suffixes}
            yield InspectedLayer(path, name, type(layer).__name__, parts[""], parts)

    return list(walk(analysis.network.layers, ()))
