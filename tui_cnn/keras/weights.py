"""The weights of a model that is trained as a run: its files, as Keras saves them, and the best kept in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from time import monotonic
from typing import Any

import msgspec

from tui_cnn.atomic import replacing, same_suffix
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.origin import Origin, write_origin

_SAVING_SHARE = 0.01
"""Share of the time for checkpoints: where epochs are short, those that are not the best may have none."""


class RecordedWeights:
    """Writes the run's files of weights; where Keras cannot save the model, its origin says why, and none is written.

    `keeps_best`: the best ones are kept in memory, too.
    """

    def __init__(self, model: Any, run: RunDirectory, origin: Origin, *, keeps_best: bool) -> None:
        self._model = model
        self._run, self._origin = run, origin
        self._keeps_best = keeps_best
        self._best: list[Any] | None = None
        self._saved_at, self._seconds, self._saved_step = monotonic(), 0.0, -1

    @property
    def model(self) -> Any:
        """The model, with the weights that it has by now: with JAX, they are elsewhere while it trains."""
        if hasattr(self._model, "jax_state_sync"):
            self._model.jax_state_sync()
        return self._model

    @property
    def has_best(self) -> bool:
        """Whether the best ones are in memory."""
        return self._best is not None

    @property
    def is_due(self) -> bool:
        """Whether a checkpoint would take no more than its share of the time, or there is none yet."""
        return self._saved_step < 0 or monotonic() - self._saved_at >= self._seconds / _SAVING_SHARE

    def save_best(self) -> bool:
        """Save the weights as the best; return whether they are.

        Raises:
            OSError: they cannot be written.
        """
        if self._origin.no_weights:
            return False
        is_saved = self._save(self._run.best_file)
        if is_saved and self._keeps_best:
            self._best = self.model.get_weights()
        return is_saved

    def save_checkpoint(self, step: int, *, copy_best: bool = False) -> bool:
        """Save weights and optimizer as they are after a step of the run; return whether they were not before, and are.

        `copy_best`: they are those just saved as the best.

        Raises:
            OSError: they cannot be written.
        """
        if self._origin.no_weights or step == self._saved_step:
            return False
        file = self._run.checkpoint_file
        if copy_best:
            with replacing(file, same_suffix(file)) as temporary:
                copyfile(self._run.best_file, temporary)
        elif not self._save(file):
            return False
        self._saved_at, self._saved_step = monotonic(), step
        return True

    def _save(self, file: Path) -> bool:
        """Save the model as Keras does it; where Keras cannot, the run says why, and goes on without weights."""
        began = monotonic()
        try:
            with replacing(file, same_suffix(file)) as temporary:
                self.model.save(str(temporary))
        except OSError:
            raise
        except Exception as error:  # it calls what a person has written for their layers
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            message = _("Keras cannot save the weights of this model: {reason}")
            self._origin = msgspec.structs.replace(self._origin, no_weights=message.format(reason=reason))
            write_origin(self._run, self._origin)
            return False
        self._seconds = monotonic() - began
        return True

    @contextmanager
    def best(self) -> Iterator[Any]:
        """Yield the model with the best weights, if they are in memory; then it has its last ones again."""
        model = self.model
        last = model.get_weights()
        try:
            if self._best is not None:
                model.set_weights(self._best)
            yield model
        finally:
            model.set_weights(last)

    def forget(self) -> None:
        """Let go of the best weights in memory."""
        self._best = None
