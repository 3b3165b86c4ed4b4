"""A worker that is ready before it is needed, and a measurement of the machine once there is time for it."""

import subprocess

from tui_cnn.runs import launch
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.prewarmed import PrewarmedWorker
from tui_cnn.runs.queue_slot import is_training
from tui_cnn.runs.runtime import Runtime

_LOADING = 15.0
"""Seconds to wait for a spare worker that loads already: one that starts anew would not be sooner."""


class Warm:
    """Holds a spare worker while a run is being set up. It is tended from a thread, and never outlives the screen."""

    def __init__(self) -> None:
        self._spare: PrewarmedWorker | None = None
        self._probe: subprocess.Popen[bytes] | None = None
        self._probed = False
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether training would begin at once."""
        return self._spare is not None and self._spare.ready

    @property
    def loading(self) -> bool:
        """Whether a spare worker is on its way."""
        return self._spare is not None and self._spare.loading

    @property
    def measuring(self) -> bool:
        """Whether the machine is being measured."""
        return self._probe is not None and self._probe.poll() is None

    def tend(self, runtime: Runtime) -> None:
        """Start what is missing for a run of such a runtime, one after the other, unless another needs the machine."""
        if self._closed or is_training():
            return
        try:
            if self._spare is not None and self._spare.runtime != runtime:
                self.used()
            if self._spare is None:
                self._spare = PrewarmedWorker(runtime)
            elif self._spare.ready and not self._probed:
                self._probed = True
                self._probe = launch.probe()
        except RunError:  # training says the same, when it is asked for
            self._closed = True
        if self._closed:
            self.close()

    def spare(self) -> PrewarmedWorker | None:
        """Return the spare worker once it is ready; what is measured beside it ends."""
        self._end_probe()
        if self._spare is not None and self._spare.wait(_LOADING):
            return self._spare
        return None

    def used(self) -> None:
        """Let go of the spare worker: it has a run now, or was of no use."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    def close(self) -> None:
        """End all that waits for a run."""
        self._closed = True
        self.used()
        self._end_probe()

    def _end_probe(self) -> None:
        if self._probe is not None and self._probe.poll() is None:
            self._probe.terminate()
