"""Layers that come from elsewhere and that we do not have: kept as they are, never looked into, never run."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer
from tui_cnn.core.shape import Shape, ShapeError, format_shape
from tui_cnn.i18n import _


class Opaque(Layer, frozen=True, kw_only=True):
    """A layer of which only the name of its kind is known, and perhaps the output shape that its file declares.

    Its parameters and its work are unknown, and so are the totals of a network that holds one.
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

    def output_shape(self, shape: Shape) -> Shape:
        """The shape that its file states.

        Raises:
            ShapeError: the file states none.
        """
        if not self.stated_shape:
            raise ShapeError(_("the output shape of {kind} is unknown").format(kind=self.kind))
        return self.stated_shape

    def settings(self) -> tuple[str, ...]:
        return (self.kind, *(("→ " + format_shape(self.stated_shape),) if self.stated_shape else ()))
