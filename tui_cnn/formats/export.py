"""A network in another format, by the format's name."""

from collections.abc import Callable
from pathlib import Path

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.layers import Opaque
from tui_cnn.core.network import Network, format_path, without_muted
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import ShapeError
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _


def _python(analysis: Analysis) -> str:
    from tui_cnn.formats.python import dumps_python

    return dumps_python(analysis)


def _json(analysis: Analysis) -> str:
    from tui_cnn.formats.keras.writing import dumps_keras

    return dumps_keras(analysis)


def _markdown(analysis: Analysis) -> str:
    from tui_cnn.formats.markdown import dumps_markdown

    return dumps_markdown(analysis)


def _toml(analysis: Analysis) -> str:
    from tui_cnn.formats.toml import dumps_network

    return dumps_network(analysis.network)


def _svg(analysis: Analysis) -> str:
    from tui_cnn.formats.svg import dumps_svg

    return dumps_svg(analysis)


_TEXTS: dict[str, Callable[[Analysis], str]] = {
    "python": _python,
    "json": _json,
    "markdown": _markdown,
    "toml": _toml,
    "svg": _svg,
}

TEXT_FORMATS = tuple(_TEXTS)
"""Formats that are text, and need nothing but this program."""

PICTURE_FORMATS = ("png",)
"""Formats that are a picture in bytes."""

MODEL_FORMATS = ("keras", "onnx")
"""Formats that hold a built model with its weights; the worker writes them."""

SUFFIXES = {
    "python": ".py",
    "keras": ".keras",
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


def export_text(network: Network, to: str) -> str:
    """Write a network in one of the text formats; muted layers are left out, except in TOML.

    Raises:
        FormatError: it cannot be expressed there: it cannot be built, or has layers that we know nothing of.
    """
    analysis = analyze(network if to == "toml" else without_muted(network))
    if to not in _DESCRIPTIONS:
        require_buildable(analysis, opaque=to == "json")
    return _TEXTS[to](analysis)


def export_bytes(network: Network, to: str) -> bytes:
    """Write a network in one of the text or picture formats, as it stands in a file.

    Raises:
        FormatError: as `export_text`.
    """
    if to in PICTURE_FORMATS:
        from tui_cnn.formats.png import dumps_png

        return dumps_png(analyze(without_muted(network)))
    return export_text(network, to).encode()


def require_buildable(analysis: Analysis, *, opaque: bool = False) -> None:
    """Refuse a network that no model can be made of; one with opaque layers passes only if `opaque` says so.

    Raises:
        FormatError: it cannot be built; the text names the layer and what to do.
    """
    name = analysis.network.name
    for finding in analysis.checks:
        if finding.severity == "error":
            raise FormatError(name, str(finding))
    for row in analysis.rows:
        if isinstance(row.layer, Opaque) and not opaque:
            message = _(
                "layer {number}: {kind} is opaque and cannot be exported to this format; replace it, or export to json"
            )
            raise FormatError(name, message.format(number=format_path(row.path), kind=row.layer.kind))
        if row.input_shape is None and not row.holds_layers:
            _require_known_calls(row, analysis)


def _require_known_calls(row: Row, analysis: Analysis) -> None:
    """Refuse a layer behind an opaque one of unknown shape, if what it is in Keras depends on the shape."""
    try:
        row.layer.keras_calls(())
    except ShapeError:
        path, kind = next(
            (row.path, row.layer.kind)
            for row in analysis.rows
            if isinstance(row.layer, Opaque) and not row.layer.stated_shape
        )
        reason = _("the output shape of {kind} is unknown").format(kind=kind)
        message = _("layer {number}: {finding}").format(number=format_path(path), finding=reason)
        raise FormatError(analysis.network.name, message) from None
