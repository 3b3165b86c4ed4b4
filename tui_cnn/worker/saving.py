"""The files of weights that a run writes: its checkpoint, the best epoch's, and those kept along the way."""

from tui_cnn.runs.events import Checkpoint
from tui_cnn.runs.kept_checkpoints import kept_file
from tui_cnn.worker.checkpoint import CheckpointState, save_checkpoint, save_weights
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.pace import Stopwatch
from tui_cnn.worker.plan import Plan
from tui_cnn.worker.preparation import Prepared

_CHECKPOINT_EVERY = 120.0
"""Seconds."""


class Saver:
    """Writes the weights as they are after `step` steps of the run.

    Raises:
        OSError: the run's directory cannot be written.
    """

    def __init__(self, plan: Plan, prepared: Prepared, journal: Journal, watch: Stopwatch) -> None:
        self._run = plan.run
        self._kept = plan.kept_steps
        self._model = prepared.model
        self._totals = prepared.steps.trained
        self._journal = journal
        self._watch = watch
        self._saved_at = watch.elapsed

    def save(self, step: int) -> None:
        """Write the checkpoint."""
        save_checkpoint(self._run.checkpoint_file, self._model, self._state(step))
        self._saved_at = self._watch.elapsed
        self._journal.write(Checkpoint(step=step, elapsed=self._saved_at))

    def save_if_due(self, step: int) -> None:
        """Write the checkpoint if the last one is too old."""
        if self._watch.elapsed - self._saved_at >= _CHECKPOINT_EVERY:
            self.save(step)

    def save_best(self, step: int) -> None:
        """Write the weights as the best so far."""
        save_checkpoint(self._run.best_file, self._model, self._state(step))

    def keep(self, step: int) -> None:
        """Keep the weights, if the recipe wants those of this step."""
        file = kept_file(self._run, step)
        if step in self._kept and not file.exists():
            save_weights(file, self._model)

    def _state(self, step: int) -> CheckpointState:
        return CheckpointState(step, self._totals.sums())
