"""What a person may write where a model is expected: a file, or the name of a preset."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from tui_cnn.config import expanded
from tui_cnn.confinement import ConfinementError
from tui_cnn.core.edits import set_input_shape
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape, changes_channels, of_size
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.notes import other_channels
from tui_cnn.formats.kinds import Kind, kind_of
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.formats.toml import read_network
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from tui_cnn.formats.keras.reading import Import


_CODE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def is_code(model: str, directory: Path | None = None) -> bool:
    """Tell whether a model is `module:function`, code that makes one, and no file in the directory."""
    return _CODE.fullmatch(model) is not None and not _exists((directory or Path()) / model)


def find_network(
    model: str, remark: Callable[[str], None] | None = None, input_shape: Shape | None = None
) -> tuple[Network, Path | None]:
    """Read the model that `model` names; the path is None for a preset.

    What it is, its content says: TOML, or a model of Keras or ONNX. What of that could not be kept is said to `remark`,
    a line each.
    `input_shape` takes the place of the network's own; (height, width) keeps its channels.

    Raises:
        FormatError: there is no such file or preset, or the file cannot be read.
    """
    names = preset_names()
    if model in names:
        return _on(preset(model), input_shape, remark), None
    try:
        path = expanded(model)
    except ConfinementError as error:
        raise FormatError(model, error.problem) from None
    if path.suffix or len(path.parts) > 1 or _exists(path):
        kind = kind_of(path)
        if kind is not Kind.TOML:
            return _read_foreign(path, kind, remark, input_shape), path
        return _on(read_network(path), input_shape, remark), path
    close = get_close_matches(model, names, n=1)
    listed = _("presets: {names}").format(names=", ".join(names))
    hint = _("did you mean “{name}”?").format(name=close[0]) if close else listed
    raise FormatError(model, _("file or preset not found; {hint}").format(hint=hint))


def read_model(path: Path, input_shape: Shape | None = None) -> "Import":
    """Read a model of another program, of Keras or ONNX; `input_shape` as above.

    Raises:
        FormatError: it cannot be read.
    """
    return _reader(kind_of(path))(path, input_shape)


def _reader(kind: Kind) -> Callable[[Path, Shape | None], "Import"]:
    if kind is Kind.ONNX:
        from tui_cnn.formats.onnx.reading import read_onnx

        return read_onnx
    from tui_cnn.formats.keras.reading import read_keras

    return read_keras


def _on(network: Network, shape: Shape | None, remark: Callable[[str], None] | None) -> Network:
    if shape is None:
        return network
    own, shape = network.input_shape, of_size(network.input_shape, shape)
    if remark is not None and changes_channels(own, shape):
        remark(f"{network.name}: {other_channels(own, shape)}")
    return set_input_shape(network, shape)


def _read_foreign(path: Path, kind: Kind, remark: Callable[[str], None] | None, input_shape: Shape | None) -> Network:
    network, notes = _reader(kind)(path, input_shape)
    if remark is not None:
        for line in notes:
            remark(f"{path}: {line}")
    return network


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # it cannot be looked at: reading it says why
        return True
