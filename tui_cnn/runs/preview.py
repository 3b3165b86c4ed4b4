"""Images as a training would see them, worked out by a process with TensorFlow, so that this one needs none."""

import subprocess
from contextlib import suppress
from types import TracebackType
from typing import IO

import msgspec
import numpy as np
import numpy.typing as npt

from tui_cnn.confinement import is_served
from tui_cnn.core.shape import Shape
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.frames import frame, read_frame
from tui_cnn.runs.inspection.replies import Array, pack
from tui_cnn.runs.process import start_worker
from tui_cnn.runs.recipe import Recipe

Images = npt.NDArray[np.uint8]


class PreviewRequest(msgspec.Struct, frozen=True):
    """Images (n, height, width, channels) of uint8, already fitted, to be changed as a batch at `step` is.

    `shape` is the network's input, if they are to have its border and its channels; None: they stay as large as they
    are.
    """

    images: Array
    recipe: Recipe
    step: int = 0
    shape: Shape | None = None


class PreviewReply(msgspec.Struct, frozen=True):
    """The images, rounded to uint8; or why there are none."""

    images: Array | None = None
    error: str = ""


def write_message(stream: IO[bytes], message: PreviewRequest | PreviewReply) -> None:
    """Write a message as a frame.

    Raises:
        OSError: nobody reads it.
    """
    stream.write(frame(message))
    stream.flush()


class Previewer:
    """Asks a process of its own, which is started when it is first needed, and ends with `close` or with this process.

    The first answer takes as long as TensorFlow takes to load. To be used by one thread at a time.
    """

    def __init__(self) -> None:
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Previewer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def preview(self, images: Images, recipe: Recipe, step: int = 0, shape: Shape | None = None) -> Images:
        """Return images (n, height, width, channels) as a batch of them would be changed at a step of a training.

        Raises:
            RunError: the process cannot be started, or has died; the next call starts another.
        """
        if self._worker is None:
            pipe = subprocess.PIPE
            self._worker = start_worker("preview", stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        try:
            write_message(self._worker.stdin, PreviewRequest(pack(images), recipe, step, shape))
            reply = read_frame(self._worker.stdout, msgspec.msgpack.Decoder(PreviewReply))
        except (OSError, ValueError):
            reply = None
        if reply is None or (reply.images is None and not reply.error):
            self.close()
            raise RunError(_("the preview ended unexpectedly; try again"))
        if is_served():  # others want its place, and the next one starts at once
            self.close()
        if reply.images is None:
            raise RunError(reply.error)
        return np.asarray(reply.images.numpy(), np.uint8)

    def close(self) -> None:
        """End the process."""
        worker, self._worker = self._worker, None
        if worker is not None:
            for stream in (worker.stdin, worker.stdout):
                with suppress(OSError):
                    if stream is not None:
                        stream.close()
