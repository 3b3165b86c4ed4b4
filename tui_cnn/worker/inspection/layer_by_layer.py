"""A network that is run a layer at a time: what no later layer needs is freed, so that little is held at once."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from tui_cnn.worker.build import Call


class LayerByLayer:
    """The calls of layers that a model was built of, to be made again on images.

    `source` is the tensor of the model's input. Weights are looked up at each run, so they may be exchanged.
    """

    def __init__(self, source: Any, calls: Sequence[Call]) -> None:
        self._source = id(source)
        self._calls = calls
        self._training = [
            {"training": False} if "training" in inspect.signature(call.layer.call).parameters else {} for call in calls
        ]
        """Some layers of Keras train unless they are told not to."""

    def outputs(self, images: Any, wanted: Sequence[Any]) -> list[Any]:
        """Compute the wanted tensors of the model for images (n, ...); nothing that they do not depend on."""
        found = dict(self.each(images, wanted))
        return [found[id(tensor)] for tensor in wanted]

    def each(self, images: Any, wanted: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Compute the wanted tensors one after the other, and keep each only while a later one depends on it.

        Yields the id of the tensor of the model, and its value.
        """
        names = {id(tensor) for tensor in wanted}
        last_use = self._last_uses(names)
        held = {self._source: images}
        if self._source in names:
            yield self._source, images
        for place, (call, training) in enumerate(zip(self._calls, self._training, strict=True)):
            output = id(call.output)
            if output not in last_use:
                continue
            given = [held[id(tensor)] for tensor in call.inputs]
            held[output] = call.layer(given, **training) if call.joins else call.layer(*given, **training)
            del given
            for tensor in {id(tensor) for tensor in call.inputs}:
                if last_use[tensor] == place:
                    del held[tensor]
            if output in names:
                yield output, held[output]
                if last_use[output] < 0:
                    del held[output]

    def _last_uses(self, wanted: set[int]) -> dict[int, int]:
        """For each tensor that has to be computed, the number of the call that takes it last; -1: none does."""
        last_use = dict.fromkeys(wanted, -1)
        for place in reversed(range(len(self._calls))):
            call = self._calls[place]
            if id(call.output) in last_use:
                for tensor in call.inputs:
                    last_use[id(tensor)] = max(place, last_use.get(id(tensor), -1))
        return last_use
