"""What a recipe says of the images: how they are fitted, scaled, and held out. It is read before numpy is loaded."""

from typing import Literal, get_args

Fit = Literal["pad", "crop", "stretch"]
"""`pad`: shrunk whole if it is too large, with a border of zeros; `crop`: made to cover the input, what sticks out is
cut off at both sides; `stretch`: brought to the input's height and width, whatever its proportions."""
FITS: tuple[Fit, ...] = get_args(Fit)

PixelScale = Literal["0..1", "-1..1", "none", "standardize", "imagenet", "imagenet-bgr"]
"""`0..1`: divided by 255; `-1..1`: divided by 127.5, less 1; `none`: 0 to 255 as they are; `standardize`: less the
mean of each channel over the training images, divided by its standard deviation; `imagenet`: the same with those of
ImageNet, as torchvision and DenseNet take them; `imagenet-bgr`: blue first, less the means of ImageNet, as VGG and
ResNet of Keras take them."""
PIXEL_SCALES: tuple[PixelScale, ...] = get_args(PixelScale)


def takes(scale: PixelScale, channels: int) -> bool:
    """Tell whether a scale is for images of so many channels."""
    return channels == 3 or not scale.startswith("imagenet")


def validation_count(images: int, share: float) -> int:
    """Return how many of the training images are held out to validate on: `share`, rounded; one is always left."""
    return min(round(share * images), images - 1)
