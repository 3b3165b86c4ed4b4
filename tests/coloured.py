"""A data set of small images in colour, whose classes are their colours; made, not read."""

import numpy as np

from tui_cnn.data.source import ArraySource, part_codes

COLOURS = {"red": (220, 40, 30), "green": (40, 200, 60), "blue": (30, 60, 230)}


class Coloured(ArraySource):
    """A disc of the colour of its class on a noisy ground, somewhere in the image."""

    name = "coloured"
    class_names = tuple(COLOURS)
    fingerprint = "c" * 64

    def __init__(self, side=32, train=120, test=40):
        self.image_shape = side, side, 3
        self.counts = {"train": train, "test": test}
        self.labels = np.concatenate([np.arange(count) % 3 for count in self.counts.values()]).astype(np.int32)
        self.parts = part_codes(self.counts.items())

    def read_part(self, part):
        random = np.random.default_rng(len(part))
        count, side = self.counts[part], self.image_shape[0]
        images = random.integers(60, 140, (count, side, side, 3), np.uint8)
        rows, columns = np.mgrid[:side, :side]
        for number, (image, colour) in enumerate(
            zip(images, np.resize(list(COLOURS.values()), (count, 3)), strict=True)
        ):
            row, column = random.integers(side // 4, 3 * side // 4, 2)
            inside = (rows - row) ** 2 + (columns - column) ** 2 < (side / 5) ** 2
            image[inside] = colour
            images[number] = image
        return images


def use(monkeypatch, source):
    """Let every data set be this one."""
    from tui_cnn.data import dataset

    monkeypatch.setattr(dataset, "find_source", lambda path: source)
    return source
