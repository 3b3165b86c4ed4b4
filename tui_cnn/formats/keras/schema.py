"""How Keras describes models: the parts of it that are read, in the form of Keras 3; older ones are translated."""

from pathlib import Path
from typing import Any

import msgspec

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.container import loads_description, read_description
from tui_cnn.formats.keras.legacy import modern
from tui_cnn.i18n import _

_LONGEST = 100_000_000
"""An axis that is longer is none."""


class Entry(msgspec.Struct, frozen=True):
    """A layer, an operation or a whole model, as Keras describes it."""

    class_name: str
    config: dict[str, Any] = {}
    module: str | None = None
    registered_name: str | None = None
    name: str | None = None
    build_config: dict[str, Any] | None = None
    inbound_nodes: list[Any] = []
    output: int = 0
    """Which of its outputs it stands for, of a layer that has several."""
    is_further: bool = False
    """Whether it stands for such an output beside another, which has the weights."""

    @property
    def label(self) -> str:
        """Its name, for people and for the rest of the model."""
        own = self.name or self.config.get("name")
        return own if isinstance(own, str) else ""

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer of Keras itself, and no class of somebody else by the same name."""
        return _of_keras(self.module, "layers") and self.registered_name in (None, self.class_name)

    @property
    def is_model(self) -> bool:
        """Whether it is a model that is nothing but its layers."""
        return self.class_name in ("Sequential", "Functional", "Model") and _of_keras(self.module, "models")

    @property
    def is_operation(self) -> bool:
        """Whether it is what Keras makes of arithmetic on its tensors."""
        return _of_keras(self.module, "ops")


class NodeCall(msgspec.Struct, frozen=True):
    """A layer as it is applied: what it is given by position and by name."""

    args: list[Any] = []
    kwargs: dict[str, Any] = {}


class Model(msgspec.Struct, frozen=True):
    """The content of a Sequential or Functional model."""

    layers: list[Entry]
    name: str = ""
    input_layers: Any = None
    output_layers: Any = None
    build_input_shape: Any = None


def misfit(error: Exception) -> str:
    """Say what does not fit the schema, and where, without msgspec's marks."""
    return str(error).replace("`", "").replace(" - at $.", " at ").partition(" - at $")[0]


def known_shape(value: Any) -> tuple[int, ...] | None:
    """Return a shape without its batch axis; None where it is no shape, or one of its axes is unknown."""
    if not isinstance(value, list) or len(value) < 2:
        return None
    axes = value[1:]
    if all(isinstance(axis, int) and not isinstance(axis, bool) and 1 <= axis <= _LONGEST for axis in axes):
        return tuple(axes)
    return None


def _of_keras(module: str | None, room: str) -> bool:
    if module is None:
        return False
    return module in ("keras", f"keras.{room}") or module.startswith(f"keras.src.{room}.")


def read_config(path: Path) -> Entry:
    """Read the description of a model from a file of Keras, whatever its name and the version that wrote it.

    Raises:
        FormatError: the file cannot be read, or holds no such description.
    """
    return _entry(read_description(path), path)


def loads_config(text: bytes | str, source: Path | str) -> Entry:
    """Read the description of a model from JSON; `source` names it in errors.

    Raises:
        FormatError: it is not JSON, or does not describe a model.
    """
    return _entry(loads_description(text, source), source)


def _entry(data: Any, source: Path | str) -> Entry:
    try:
        return msgspec.convert(modern(data), Entry)
    except (msgspec.ValidationError, RecursionError):
        message = _("is not a Keras model; save it with model.to_json() or model.save(“….keras”)")
        raise FormatError(source, message) from None
