"""The images and kernels that settings only name: typed ones, files, those of a trained network, test images."""

from pathlib import Path

import numpy as np

from tui_cnn.data import idx
from tui_cnn.data.files import FASHION_MNIST, find_files
from tui_cnn.lab.scene import LabArrays
from tui_cnn.lab.settings import ConvolutionSettings, PoolingSettings


class ImageStore:
    """What the convolution and the pooling page share."""

    def __init__(self, data: str) -> None:
        self.typed = LabArrays()
        self._data = data
        self._tests: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None = None

    def lacks_tests(self, settings: ConvolutionSettings | PoolingSettings) -> bool:
        """Tell whether the test images must be read before an image can be shown."""
        return settings.image == "fashion" and self._tests is None

    def read_tests(self) -> None:
        """Read the test images.

        Raises:
            DataError: they cannot be read.
        """
        directory = Path(self._data).expanduser() if self._data else FASHION_MNIST
        self._tests = idx.read(find_files(directory).test_images)

    def arrays(self, settings: ConvolutionSettings | PoolingSettings) -> LabArrays:
        """Return all arrays, with the test image that settings ask for, 0 to 255; without it until they are read."""
        if settings.image != "fashion" or self._tests is None:
            return self.typed._replace(fashion=None)
        image = self._tests[settings.index % len(self._tests)].astype(np.float64)[..., np.newaxis]
        return self.typed._replace(fashion=image)

    def forget_typed(self) -> None:
        """Forget what was typed by hand; what comes from a file or a trained network stays."""
        self.typed = self.typed._replace(image=None, kernels=None)
