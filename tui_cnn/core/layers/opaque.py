"""Layers that come from elsewhere and that we do not have: kept as they are, never looked into, never run."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters
from tui_cnn.core.layers.links import Reference
from tui_cnn.core.shape import Amount, Shape, ShapeError, format_shape
from tui_cnn.i18n import _


class Opaque(Layer, frozen=True, kw_only=True):
    """A layer of which only the name of its kind is known, and perhaps the output shape that its file declares.

    Its parameters are what its file holds, if that is known. Its work is unknown, so the totals of a network that holds
    one are lower bounds.
    """

    family = "opaque"
    sign = "?"

    kind: Annotated[
        str, Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]+\Z", max_length=64, description="Name in Keras", examples=["Lambda"])
    ]
    config: Annotated[
        str, Meta(max_length=8_000_000, description="JSON description, as found in the file", examples=["{}"])
    ]
    stated_shape: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=100_000_000)], ...] | None,
        Meta(description="Output shape that the file declares; empty: unknown"),
    ] = None

    weights: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="Parameters that its file holds for it; empty: unknown")
    ] = None
    inputs: Annotated[
        tuple[Reference, ...],
        Meta(max_length=1024, description="Names of the layers whose outputs go in; empty: the layer above"),
    ] = ()

    @property
    def takes(self) -> tuple[str, ...] | None:
        return self.inputs or None

    def output_shape(self, shape: Shape) -> Shape:
        """The shape that its file states.

        Raises:
            ShapeError: the file states none.
        """
        if not self.stated_shape:
            raise ShapeError(_("the output shape of {kind} is unknown").format(kind=self.kind))
        return self.stated_shape

    def parameters(self, shape: Shape) -> Parameters:
        """What its file holds."""
        return Parameters(Amount(self.weights or 0, ""))

    def settings(self) -> tuple[str, ...]:
        return (self.kind, *self.inputs, *(("→ " + format_shape(self.stated_shape),) if self.stated_shape else ()))
