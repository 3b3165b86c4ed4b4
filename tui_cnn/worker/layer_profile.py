"""Each layer of a network timed alone, forward and backward: what `cnn-tui profile` shows."""

import json
import time
from collections.abc import Callable, Iterator
from inspect import signature
from math import prod
from statistics import median
from typing import Any

import msgspec

from tui_cnn.i18n import _
from tui_cnn.runs.layer_profile import LayerSeconds, MachineLimits, Measured, NetworkSeconds, ProfileRequest
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import thread_count
from tui_cnn.worker.json_lines import answer_in_lines

_SECONDS, _FEWEST, _MOST = 0.15, 3, 30
"""A median is over so many runs as last that long, within bounds."""

_SIDE = 2048
"""Rows and columns of the matrices whose product shows the peak."""
_VALUES = 64 * 2**20
"""Values of the array, of 256 MiB, that is read and written to see how fast memory is."""

_FLOAT = 4

_MOST_TIMES, _VALUES_AT_ONCE = 16, 4_000_000
"""How often a layer is applied in one call at most, and how many values all its inputs and outputs may have then."""

_SHORTEST = 1e-7
"""Seconds: what takes no longer than the call itself takes at least so long."""


def main() -> int:
    """Measure what JSON on the standard input asks for; return the exit status."""
    return answer_in_lines(ProfileRequest, _measure)


def _measure(request: ProfileRequest) -> Iterator[Measured]:
    from tui_cnn.worker.loading import load_tensorflow

    load_tensorflow()
    import tensorflow as tf

    from tui_cnn.formats.toml import loads_network
    from tui_cnn.worker.build import build_network
    from tui_cnn.worker.device import used_devices

    if request.device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    device = used_devices()[0]
    yield MachineLimits(device, thread_count(Recipe()), _peak(), _bandwidth())
    built = build_network(loads_network(request.network, _("standard input")))
    one = tf.zeros(1)
    overhead = _timed(tf.function(lambda: one + 1.0))
    known: dict[str, LayerSeconds] = {}
    for call in built.calls:
        is_first = any(tensor is source for tensor in call.inputs for source in built.model.inputs)
        key = _key(call, is_first)
        if key not in known:  # another with the same settings on the same shapes takes as long
            known[key] = _timed_layer(call, request.batch_size, is_first, overhead)
        yield msgspec.structs.replace(known[key], path=call.path)
    yield _timed_network(built.model, request.batch_size)


def _key(call: Any, is_first: bool) -> str:
    config = {name: value for name, value in call.layer.get_config().items() if name != "name"}
    shapes = [(tuple(tensor.shape), str(tensor.dtype)) for tensor in call.inputs]
    return json.dumps([type(call.layer).__name__, config, shapes, is_first], default=str, sort_keys=True)


def _timed_layer(call: Any, batch_size: int, is_first: bool, overhead: float) -> LayerSeconds:
    """Time a layer on random inputs; nothing needs the gradient in the images that a network is given.

    What takes less time than to call TensorFlow is done several times in one call, one after the other.
    """
    import tensorflow as tf

    values = sum(prod(tensor.shape[1:]) for tensor in (*call.inputs, call.output))
    times = max(1, min(_MOST_TIMES, _VALUES_AT_ONCE // (batch_size * values)))
    given = [[_drawn(tensor, batch_size) for tensor in call.inputs] for _time in range(times)]
    options = {"training": True} if "training" in signature(call.layer.call).parameters else {}

    def applied(inputs: list[Any]) -> Any:
        return call.layer(inputs, **options) if call.joins else call.layer(*inputs, **options)

    def differentiated(inputs: list[Any]) -> Any:
        with tf.GradientTape() as tape:
            watched = [] if is_first else [tensor for tensor in inputs if tensor.dtype.is_floating]
            tape.watch(watched)
            output = applied(inputs)
        return tape.gradient(output, [*watched, *call.layer.trainable_variables])

    def each(compute: Callable[[list[Any]], Any]) -> float:
        """Time it for all inputs, one after the other, and return the seconds of one."""

        def compute_all(batches: list[list[Any]]) -> Any:
            results: list[Any] = []  # all are returned: TensorFlow leaves out what nobody needs
            for inputs in batches:
                with tf.control_dependencies([one for one in tf.nest.flatten(results[-1:]) if one is not None]):
                    results.append(compute(inputs))
            return results

        compiled = tf.function(compute_all)
        return max(_SHORTEST, _timed(lambda: compiled(given)) - overhead) / float(times)

    seconds = each(applied)
    learns = not is_first and any(tensor.dtype.is_floating for tensor in given[0])
    if not learns and not call.layer.trainable_variables:
        return LayerSeconds(call.path, seconds, 0.0)
    return LayerSeconds(call.path, seconds, max(0.0, each(differentiated) - seconds))


def _timed_network(model: Any, batch_size: int) -> NetworkSeconds:
    import tensorflow as tf

    images = _drawn(model.inputs[0], batch_size)
    forward = tf.function(lambda given: model(given, training=True))

    def both(given: Any) -> Any:
        with tf.GradientTape() as tape:
            output = model(given, training=True)
        return tape.gradient(output, model.trainable_variables)

    step = tf.function(both)
    seconds = _timed(lambda: forward(images))
    with_gradients = _timed(lambda: step(images)) if model.trainable_variables else seconds
    return NetworkSeconds(seconds, max(0.0, with_gradients - seconds))


def _drawn(tensor: Any, batch_size: int) -> Any:
    """Draw what goes in; numbers that stand for words are 0, which every embedding knows."""
    import tensorflow as tf

    shape = (batch_size, *tensor.shape[1:])
    dtype = tf.as_dtype(tensor.dtype)
    return tf.random.normal(shape, dtype=dtype) if dtype.is_floating else tf.zeros(shape, dtype)


def _peak() -> float:
    """Multiply large matrices, and return the floating-point operations per second."""
    import tensorflow as tf

    one, other = (tf.random.normal((_SIDE, _SIDE)) for _matrix in range(2))
    product = tf.function(lambda: one @ other)
    return 2 * _SIDE**3 / _timed(product, min)


def _bandwidth() -> float:
    """Add 1 to a large array, and return the bytes that are read and written per second."""
    import tensorflow as tf

    values = tf.Variable(tf.zeros((_VALUES,)))
    return 2 * _FLOAT * _VALUES / _timed(tf.function(lambda: values.assign(values + 1.0)), min)


def _timed(compute: Callable[[], Any], summary: Callable[[list[float]], float] = median) -> float:
    """Return the median of the seconds of some runs, after two without a clock: the first is compiled.

    Of what is to show the limit of the machine, the shortest are taken.
    """
    for _run in range(2):
        _finish(compute())
    seconds: list[float] = []
    while len(seconds) < _FEWEST or (sum(seconds) < _SECONDS and len(seconds) < _MOST):
        begin = time.perf_counter()
        _finish(compute())
        seconds.append(time.perf_counter() - begin)
    return summary(seconds)


def _finish(result: Any) -> None:
    """Wait until it is computed: a GPU computes on after the call."""
    import tensorflow as tf

    tensors = [tensor for tensor in tf.nest.flatten(result) if isinstance(tensor, tf.Tensor)]
    for tensor in tensors[-1:]:
        tf.reshape(tensor, (-1,))[:1].numpy()
