"""Augmentation: while training, each image is changed a little at random; afterwards these layers do nothing."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from tui_cnn.core.layers.base import Family, Layer, require_image
from tui_cnn.core.shape import Shape

Share = Annotated[float, Meta(ge=0, le=1)]
Fill = Annotated[
    Literal["reflect", "wrap", "constant", "nearest"], Meta(description="What comes in from beyond the border")
]
Interpolation = Annotated[Literal["bilinear", "nearest"], Meta(description="How values between the pixels are found")]


class _Augmentation(Layer, frozen=True, kw_only=True):
    family: ClassVar[Family] = "augmentation"
    sign: ClassVar[str] = "±"
    lesson: ClassVar[str] = "training"

    def output_shape(self, shape: Shape) -> Shape:
        """The shape stays."""
        return require_image(shape)


class RandomFlip(_Augmentation, frozen=True, kw_only=True):
    """While training, images are mirrored at random."""

    mode: Annotated[
        Literal["horizontal", "vertical", "horizontal_and_vertical"],
        Meta(description="Which ways", examples=["horizontal"]),
    ] = "horizontal_and_vertical"

    def settings(self) -> tuple[str, ...]:
        """Which ways."""
        return (self.mode,)


class RandomTranslation(_Augmentation, frozen=True, kw_only=True):
    """While training, images are shifted at random."""

    height_factor: Annotated[
        Share, Meta(description="Largest shift up or down, as a share of the height", examples=[0.1])
    ]
    width_factor: Annotated[
        Share, Meta(description="Largest shift left or right, as a share of the width", examples=[0.1])
    ]
    fill_mode: Fill = "reflect"
    interpolation: Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        """The largest shifts."""
        return (f"{self.height_factor:g}×{self.width_factor:g}",)


class RandomRotation(_Augmentation, frozen=True, kw_only=True):
    """While training, images are turned at random."""

    factor: Annotated[Share, Meta(description="Largest angle either way, as a share of a full turn", examples=[0.05])]
    fill_mode: Fill = "reflect"
    interpolation: Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        """The largest angle."""
        return (f"±{self.factor * 360:g}°",)


class RandomZoom(_Augmentation, frozen=True, kw_only=True):
    """While training, images are made larger or smaller at random."""

    height_factor: Annotated[Share, Meta(description="Largest change of the height, as a share", examples=[0.1])]
    width_factor: Annotated[
        Share | None, Meta(description="Largest change of the width; empty: as the height, keeping proportions")
    ] = None
    fill_mode: Fill = "reflect"
    interpolation: Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        """The largest changes."""
        return (f"±{self.height_factor:g}" + (f"×{self.width_factor:g}" if self.width_factor is not None else ""),)
