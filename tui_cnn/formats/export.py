"""A network in another format, by the format's name."""

from pathlib import Path

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.layers import Opaque
from tui_cnn.core.network import Network, format_path, without_muted
from tui_cnn.core.shape import ShapeError
from tui_cnn.core.unrolling import as_built
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.writing import dumps_keras
from tui_cnn.formats.markdown import dumps_markdown
from tui_cnn.formats.python import dumps_python
from tui_cnn.formats.python_training import AS_IN_TUTORIALS, PythonTraining
from tui_cnn.formats.toml import dumps_network
from tui_cnn.formats.toml_editing import dumps_like
from tui_cnn.i18n import _

TEXT_FORMATS = ("python", "json", "markdown", "toml", "svg")
"""Formats that are text, and need nothing but this program."""

PICTURE_FORMATS = ("png",)
"""Formats that are a picture in bytes."""

MODEL_FORMATS = ("keras", "h5", "onnx")
"""Formats that hold a built model with its weights; the worker writes them."""

SUFFIXES = {
    "python": ".py",
    "keras": ".keras",
    "h5": ".h5",
    "json": ".json",
    "markdown": ".md",
    "toml": ".toml",
    "onnx": ".onnx",
    "svg": ".svg",
    "png": ".png",
}
"""How the name of a file in each format ends."""

_DESCRIPTIONS = ("markdown", "toml", "svg", "png")
"""Formats that a network can be written in even if it cannot be built."""


def format_of(path: Path) -> str | None:
    """Tell the format from the name of a file; None if it does not tell."""
    return next((to for to, suffix in SUFFIXES.items() if suffix == path.suffix.lower()), None)


def export_text(network: Network, to: str, training: PythonTraining = AS_IN_TUTORIALS) -> str:
    """Write a network in one of the text formats.

    Muted layers are left out, except in TOML; repeated blocks are written out, except in TOML and Markdown. In Python
    it is trained by `training`.

    Raises:
        FormatError: it cannot be expressed there: it cannot be built, or has layers that we know nothing of.
    """
    as_written = {"toml": lambda network: network, "markdown": without_muted}
    analysis = analyze(as_written.get(to, as_built)(network))
    if to not in _DESCRIPTIONS:
        require_buildable(analysis, opaque=to == "json")
    match to:
        case "python":
            return dumps_python(analysis, training)
        case "json":
            return dumps_keras(analysis)
        case "markdown":
            return dumps_markdown(analysis)
        case "svg":
            from tui_cnn.formats.picture import dumps_svg

            return dumps_svg(analysis)
        case _:
            return dumps_network(network)


def export_bytes(
    network: Network, to: str, training: PythonTraining = AS_IN_TUTORIALS, like: Path | None = None
) -> bytes:
    """Write a network in one of the text or picture formats, as it stands in a file.

    As TOML it is written over the text of the file `like`, if that is one: with its comments and its style.

    Raises:
        FormatError: as `export_text`.
    """
    if to == "toml" and like is not None and like.suffix.lower() == ".toml":
        return dumps_like(like, network).encode()
    if to in PICTURE_FORMATS:
        from tui_cnn.formats.picture import dumps_png  # loads Pillow

        return dumps_png(analyze(as_built(network)))
    return export_text(network, to, training).encode()


def require_buildable(analysis: Analysis, *, opaque: bool = False) -> None:
    """Refuse a network that no model can be made of; one with opaque layers passes only if `opaque` says so.

    Raises:
        FormatError: it cannot be built; the text names the layer and what to do.
    """
    name = analysis.network.name
    for finding in analysis.checks:
        if finding.severity == "error":
            raise FormatError(name, finding.with_code)
    for row in analysis.rows:
        if isinstance(row.layer, Opaque) and not opaque:
            message = _(
                "layer {number}: {kind} is opaque and cannot be exported to this format; replace it, or export to json"
            )
            raise FormatError(name, message.format(number=format_path(row.path), kind=row.layer.kind))
        if row.input_shape is None and not row.holds_layers:
            try:
                row.layer.keras_calls(())
            except ShapeError:  # what it is in Keras depends on the shape, which an opaque layer above leaves unknown
                raise FormatError(name, _unknown_shape(analysis)) from None


def _unknown_shape(analysis: Analysis) -> str:
    """Name the first opaque layer of unknown output shape."""
    opaque = ((row.path, row.layer) for row in analysis.rows if isinstance(row.layer, Opaque))
    path, kind = next((path, layer.kind) for path, layer in opaque if not layer.stated_shape)
    reason = _("the output shape of {kind} is unknown").format(kind=kind)
    return _("layer {number}: {finding}").format(number=format_path(path), finding=reason)
