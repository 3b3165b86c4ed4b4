"""A new network: a simple one, an empty one, or a preset for other images and classes."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tui_cnn.core.adapting import adapted, simple_cnn
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.edits import rename, set_input_shape
from tui_cnn.core.network import Axis, Network, NetworkName
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _

SIMPLE, EMPTY = "cnn", "empty"
"""Names of what a network may begin with, beside presets and files."""


_CLASSES = 10


class NewNetwork(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new network is to be called, and what it is for."""

    name: Annotated[NetworkName, Meta(description="Name")]
    input_shape: Annotated[
        tuple[Axis, ...],
        Meta(min_length=1, max_length=4, description="Height × width × channels of one image"),
    ] = (28, 28, 1)
    classes: Annotated[
        Annotated[int, Meta(ge=2, le=65_536)] | None,
        Meta(description="Number of classes; empty: the output stays as it is"),
    ] = _CLASSES


def new_network(wanted: NewNetwork, begin_with: str = SIMPLE) -> Analysis:
    """Make and analyse a network that gives a value for each class, if their number is known; an empty one gives none.

    Args:
        wanted: its name, its input, its classes.
        begin_with: `cnn`, `empty`, a preset, or a file.

    Raises:
        FormatError: there is no such preset or file, or it does not work with these images and classes.
    """
    shape: Shape = wanted.input_shape
    if begin_with == EMPTY:
        return analyze(Network(wanted.name, shape))
    if begin_with == SIMPLE:
        return analyze(simple_cnn(wanted.name, shape, wanted.classes or _CLASSES))
    network = rename(set_input_shape(find_network(begin_with)[0], shape), wanted.name)
    analysis = analyze(network if wanted.classes is None else adapted(network, shape, wanted.classes))
    broken = next((check for check in analysis.checks if check.severity == "error"), None)
    if broken is not None:
        message = _("does not work with an input of {shape}: {problem}")
        raise FormatError(begin_with, message.format(shape=format_shape(shape), problem=broken))
    if wanted.classes is not None and analysis.output_shape != (wanted.classes,):
        message = _("gives {output}, and cannot be changed to {classes} classes; change its last layers yourself")
        output = format_shape(analysis.output_shape or ())
        raise FormatError(begin_with, message.format(output=output, classes=wanted.classes))
    return analysis


def wanted_like(network: Network) -> NewNetwork:
    """Return the input and the classes of a network that is there, as far as it has classes."""
    output = analyze(network).output_shape
    classes = output[0] if output and len(output) == 1 and output[0] > 1 else None
    return NewNetwork(name=network.name, input_shape=network.input_shape, classes=classes)
