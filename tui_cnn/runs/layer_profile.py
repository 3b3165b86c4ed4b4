"""How long each layer of a network takes on this machine, forward and backward, beside what it computes and moves.

A worker measures each layer alone, on a batch of random numbers, with all threads: what a layer costs among the others
is a little more or less, for the caches hold other things then. What the machine can do at most is measured, too: a
product of large matrices, and a sum over an array larger than the caches. After Williams, Waterman and Patterson,
"Roofline: An Insightful Visual Performance Model for Multicore Architectures", 2009.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.memory import BYTES
from tui_cnn.core.network import Network, Path, without_muted
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements
from tui_cnn.core.unrolling import declared_path, unrolled
from tui_cnn.formats.export import require_buildable
from tui_cnn.formats.toml import dumps_network
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.preflight import several_ends
from tui_cnn.runs.recipe import Device
from tui_cnn.runs.worker_answers import WorkerAnswers


class ProfileRequest(msgspec.Struct, frozen=True):
    """What the worker is to measure: a network as TOML, as it is built, and on what."""

    network: str
    batch_size: int
    device: Device


class MachineLimits(msgspec.Struct, frozen=True, tag=True):
    """What computes, and what it can do at most: floating-point operations and bytes to and from memory, per second."""

    device: str
    threads: int
    peak: float
    bandwidth: float


class LayerSeconds(msgspec.Struct, frozen=True, tag=True):
    """Seconds that a layer takes for a batch: medians. `path` is its address in the network as it is built.

    `backward` is 0 where nothing of it is trained and nothing before it.
    """

    path: Path
    forward: float
    backward: float


class NetworkSeconds(msgspec.Struct, frozen=True, tag=True):
    """Seconds that the whole network takes for a batch: forward, and backward in addition; without the optimizer."""

    forward: float
    backward: float


Measured = MachineLimits | LayerSeconds | NetworkSeconds


class LayerProfile(NamedTuple):
    """A layer with what it takes for a batch.

    Attributes:
        row: its row in the analysis of the network.
        forward, backward: seconds, of all times of a layer that is repeated.
        operations: floating-point operations of the way forward: two for each multiply-accumulate.
        traffic: bytes that the way forward reads and writes at least: input, output and weights, once each.
    """

    row: Row
    forward: float
    backward: float
    operations: int
    traffic: int

    @property
    def seconds(self) -> float:
        """Forward and backward together."""
        return self.forward + self.backward

    @property
    def intensity(self) -> float:
        """Operations for each byte of traffic."""
        return self.operations / self.traffic

    @property
    def speed(self) -> float:
        """Operations per second, on the way forward."""
        return self.operations / self.forward if self.forward else 0.0

    def limit(self, machine: MachineLimits) -> float:
        """Return the operations per second that this machine can do at most at this intensity: the roof."""
        return min(machine.peak, self.intensity * machine.bandwidth)

    def share(self, machine: MachineLimits) -> float:
        """Return which share of its limit it reaches; of a layer that only moves bytes, of the memory's."""
        if not self.forward:
            return 0.0
        if self.operations:
            return self.speed / self.limit(machine)
        return self.traffic / self.forward / machine.bandwidth

    def is_bound_by_memory(self, machine: MachineLimits) -> bool:
        """Tell whether the memory limits it, not the arithmetic."""
        return self.intensity * machine.bandwidth < machine.peak


class NetworkProfile(NamedTuple):
    """All layers that compute something, in their order, the whole, and what the machine can do."""

    analysis: Analysis
    batch_size: int
    machine: MachineLimits
    layers: tuple[LayerProfile, ...]
    whole: NetworkSeconds


class Profiling:
    """Measures a network in a worker process, which ends with the last result or when it is closed.

    Raises:
        FormatError: the network cannot be built.
        RunError: it has several inputs or outputs.
    """

    def __init__(self, network: Network, batch_size: int = 32, device: Device = "auto") -> None:
        network = without_muted(network)
        self._analysis = analyze(network)
        require_buildable(self._analysis)
        if ends := several_ends(self._analysis):
            message = _("{name} has {ends}; only networks with one input and one output can be measured")
            raise RunError(message.format(name=network.name, ends=ends))
        self._batch_size = batch_size
        self._request = ProfileRequest(dumps_network(unrolled(network)), batch_size, device)
        self._results: list[Measured] = []
        self._answers: WorkerAnswers[Measured] = WorkerAnswers(msgspec.json.Decoder(Measured))

    def steps(self) -> Iterator[Measured]:
        """Yield what is measured, as soon as it is.

        Raises:
            RunError: TensorFlow is not installed, or the worker failed.
        """
        for measured in self._answers.ask("layer-profile", given=msgspec.json.encode(self._request)):
            self._results.append(measured)
            yield measured

    def close(self) -> None:
        """End the worker."""
        self._answers.close()

    def profile(self) -> NetworkProfile:
        """Put together what was measured, once all is."""
        machine = next(one for one in self._results if isinstance(one, MachineLimits))
        whole = next(one for one in self._results if isinstance(one, NetworkSeconds))
        layers = [one for one in self._results if isinstance(one, LayerSeconds)]
        return profile_of(self._analysis, self._batch_size, machine, layers, whole)


def profile_of(
    analysis: Analysis,
    batch_size: int,
    machine: MachineLimits,
    measured: list[LayerSeconds],
    whole: NetworkSeconds,
) -> NetworkProfile:
    """Add up what was measured of the times of a repeated layer, and of the parts of a layer that is several of Keras'.

    `analysis` is that of a network without muted layers, in which `measured` has the addresses of what is unrolled.
    """
    seconds: dict[Path, tuple[float, float]] = {}
    for layer in measured:
        path, _times = declared_path(analysis.network, layer.path)
        forward, backward = seconds.get(path, (0.0, 0.0))
        seconds[path] = forward + layer.forward, backward + layer.backward
    layers = [
        LayerProfile(row, *seconds[row.path], 2 * batch_size * row.figures.macs.value, _traffic(row, batch_size))
        for row in analysis.rows
        if row.path in seconds and row.figures is not None
    ]
    return NetworkProfile(analysis, batch_size, machine, tuple(layers), whole)


def _traffic(row: Row, batch_size: int) -> int:
    """Count the bytes of input, output and weights, of each time of a layer that is repeated."""
    assert row.figures is not None
    values = elements(row.input_shape or ()) + elements(row.figures.output_shape)
    return BYTES * (row.times * batch_size * values + (row.params or 0))
