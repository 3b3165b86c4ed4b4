"""What this machine is known to do: how fast it trained which networks, kept in `machine.json` of the home.

Whoever has measured something writes it down; a record that is lost costs a new measurement, and nothing else.
"""

import hashlib
import platform
from pathlib import Path

import msgspec

from tui_cnn.core.naming import without_names
from tui_cnn.core.network import Network
from tui_cnn.formats.atomic import write_atomic
from tui_cnn.formats.toml import dumps_network
from tui_cnn.runs.directory import home
from tui_cnn.runs.events import PrecisionTrial
from tui_cnn.runs.recipe import Precision

_MOST = 400
_GAIN = 1.1
"""A lower precision must be faster by this factor to be worth it."""
_WAY = 2
"""Goes up when what is known would be measured or counted in another way: what was known then is forgotten."""


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that a training step took, and bytes that the process then held, of a network of such `features`."""

    network: str
    precision: Precision
    batch_size: int
    threads: int
    lanes: int = 1
    sharing: int = 1
    device: str = "CPU"
    features: dict[str, float]
    step_seconds: float
    memory: float | None = None


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known, the newest last. `name` tells machines apart that share a home."""

    name: str
    measured: tuple[Measurement, ...] = ()
    trials: dict[str, tuple[PrecisionTrial, ...]] = {}


def digest(network: Network) -> str:
    """Name what a network computes, whatever it and its layers are called."""
    bare = msgspec.structs.replace(network, name="network", layers=without_names(network.layers))
    text = dumps_network(bare)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_machine() -> Machine:
    """Read what is known of this machine; what cannot be read is not known."""
    name = _name()
    try:
        machine = msgspec.json.decode(_file().read_bytes(), type=Machine)
    except (OSError, msgspec.DecodeError):
        return Machine(name=name)
    return machine if machine.name == name else Machine(name=name)


def remember(*measured: Measurement, trials: dict[str, tuple[PrecisionTrial, ...]] | None = None) -> None:
    """Add to what is known. A newer measurement of the same replaces the older; nothing is said if that fails."""
    known = read_machine()
    new = {_key(one): one for one in measured}
    kept = [one for one in known.measured if _key(one) not in new]
    machine = Machine(
        name=known.name,
        measured=(*kept, *new.values())[-_MOST:],
        trials=dict([*known.trials.items(), *(trials or {}).items()][-_MOST:]),
    )
    try:
        write_atomic(_file(), msgspec.json.encode(machine))
    except OSError:
        return


def fastest(trials: tuple[PrecisionTrial, ...]) -> Precision:
    """Choose by the trials: float32, which comes first, unless another is clearly faster."""
    speeds: dict[Precision, float] = {trial.precision: trial.images_per_second or 0.0 for trial in trials}
    plain = speeds.pop("float32", 0.0)
    best = max(speeds, key=lambda precision: speeds[precision], default=None)
    return best if best and speeds[best] > _GAIN * plain else "float32"


def _key(one: Measurement) -> tuple[str | int, ...]:
    return one.network, one.precision, one.batch_size, one.device, one.threads, one.lanes, one.sharing


def _file() -> Path:
    return home() / "machine.json"


def _name() -> str:
    import os

    return f"{platform.node()} {platform.machine()} {os.cpu_count()} {_WAY}"
