"""A worker that has loaded TensorFlow before it is needed, and a measurement of the machine once there is time."""

import subprocess

from tui_cnn.confinement import is_served
from tui_cnn.runs import launch
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import is_training
from tui_cnn.runs.process import PrewarmedWorker
from tui_cnn.runs.runtime import Runtime

_LOADING = 15.0
"""Seconds to wait for a prewarmed worker that loads already: one that starts anew would not be sooner."""


class WorkerPool:
    """Holds one prewarmed worker while a run is set up; it is filled from a thread, and never outlives the screen."""

    def __init__(self) -> None:
        self._worker: PrewarmedWorker | None = None
        self._probe: subprocess.Popen[bytes] | None = None
        self._probed = False
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether training would begin at once."""
        return self._worker is not None and self._worker.ready

    @property
    def loading(self) -> bool:
        """Whether the worker still loads TensorFlow."""
        return self._worker is not None and self._worker.loading

    @property
    def measuring(self) -> bool:
        """Whether the machine is being measured."""
        return self._probe is not None and self._probe.poll() is None

    def fill(self, runtime: Runtime) -> None:
        """Start what is missing for a run of such a runtime, one after the other, unless another needs the machine.

        A served app starts nothing: for thirty people on one machine, each worker would have to be there thirty times.
        """
        if self._closed or is_served() or is_training():
            return
        try:
            if self._worker is not None and self._worker.runtime != runtime:
                self.release()
            if self._worker is None:
                self._worker = PrewarmedWorker(runtime)
            elif self._worker.ready and not self._probed:
                self._probed = True
                self._probe = launch.probe()
        except RunError:  # training reports the same, when it is asked for
            self._closed = True
        if self._closed:
            self.close()

    def take(self) -> PrewarmedWorker | None:
        """Return the worker once it is ready, None without one; what is measured beside it ends."""
        self._end_probe()
        if self._worker is not None and self._worker.wait(_LOADING):
            return self._worker
        return None

    def release(self) -> None:
        """Let go of the worker: it has a run now, or was of no use."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def close(self) -> None:
        """End all that waits for a run."""
        self._closed = True
        self.release()
        self._end_probe()

    def _end_probe(self) -> None:
        if self._probe is not None and self._probe.poll() is None:
            self._probe.terminate()
