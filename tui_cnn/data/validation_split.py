"""How many training images are held out to validate on."""


def validation_count(images: int, share: float) -> int:
    """Return `share` of the images, rounded; one is always left to train on."""
    return min(round(share * images), images - 1)
