"""What the steppers share that have a kernel of the user's choice: its size."""

from typing import TypeVar

import msgspec

from tui_cnn.i18n import _
from tui_cnn.lab.scene import kernels_of
from tui_cnn.lab.settings import ConvolutionSettings, LearningSettings
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.typing_stepper import TypingStepper

K = TypeVar("K", bound=ConvolutionSettings | LearningSettings)


class KernelStepper(TypingStepper[K]):
    """A stepper with a kernel that is chosen or typed."""

    def convolution_settings(self, settings: K) -> ConvolutionSettings:
        """Return the convolution that the kernel is chosen for."""
        raise NotImplementedError

    def apply(self, settings: K) -> None:
        """Show other settings; a kernel that is chosen in the form brings its own size along."""
        if settings.kernel != getattr(self, "settings", settings).kernel and self._sized(settings) != settings:
            self.set_settings(settings)
        else:
            super().apply(settings)

    def set_settings(self, settings: K) -> None:
        """Show other settings, with the size that the kernel has, in the form, too."""
        super().set_settings(self._sized(settings))

    def _sized(self, settings: K) -> K:
        size = kernels_of(self.convolution_settings(settings), self.images.typed, 1).shape[:2]
        return msgspec.structs.replace(settings, kernel_size=size)

    def check_size(self, size: tuple[int, ...]) -> None:
        """Compare the size that the kernel has with the one that is set.

        Raises:
            WindowError: the size that was typed is not that of the chosen kernel.
        """
        asked = self.settings.kernel_size
        if size != asked:
            message = _("{kernel} is {size}; choose random or own for {asked}")
            written = (f"{height}×{width}" for height, width in (size, asked))
            raise WindowError(message.format(kernel=self.settings.kernel, size=next(written), asked=next(written)))
