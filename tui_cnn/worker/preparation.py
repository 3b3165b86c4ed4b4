"""The model of a run made ready to train: fresh, or from its checkpoint, in the precision of its recipe."""

from typing import NamedTuple

import keras
import msgspec

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.runs.estimate import estimate
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.recipe import Precision
from tui_cnn.runs.runtime import Runtime
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker import event_factory
from tui_cnn.worker.checkpoint import CheckpointState, load_checkpoint
from tui_cnn.worker.device import strategy
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.model import make_model, seed_dropout
from tui_cnn.worker.plan import Plan
from tui_cnn.worker.replicas import Replicas
from tui_cnn.worker.steps import Steps
from tui_cnn.worker.trials import FreshModel, choose


class Prepared(NamedTuple):
    """What is trained, and how far it is: `done` steps since the beginning of the run."""

    model: keras.Model
    steps: Steps
    analysis: Analysis
    precision: Precision
    runtime: Runtime
    done: int


def prepare(plan: Plan, journal: Journal) -> Prepared:
    """Build the model or load its checkpoint, and write what was chosen, and that the run has started.

    Raises:
        TrainingError: the checkpoint is damaged.
        OSError: the run's directory cannot be written.
    """
    replicas = Replicas(strategy())
    runtime = plan.runtime if replicas.count == 1 else msgspec.structs.replace(plan.runtime, lanes=1)
    precision, fresh = _choose(plan, journal, runtime)
    model, state, steps = _load(plan, replicas, precision, fresh)
    seed_dropout(model, plan.recipe.seed, runtime.lanes * state.step)
    steps = steps or Steps(model, plan.fitting, plan.recipe, runtime.lanes, replicas)
    steps.trained.set(state.sums)
    analysis = analyze(plan.network)
    images = len(plan.samples.labels)
    journal.write(
        event_factory.started(
            plan.recipe,
            precision,
            (plan.steps_per_epoch, len(plan.train), len(plan.validation), len(plan.test.labels)),
            state.step,
            estimate(analysis, plan.recipe, images, read_machine()),
            runtime.lanes,
        )
    )
    return Prepared(model, steps, analysis, precision, runtime, state.step)


def _choose(plan: Plan, journal: Journal, runtime: Runtime) -> tuple[Precision, FreshModel | None]:
    """Return the precision; for `auto`, the one chosen for this run before, or the fastest in a trial."""
    if plan.recipe.precision != "auto":
        return plan.recipe.precision, None
    choice, fresh = Follower(plan.run).poll().chosen, None
    if choice is None:
        choice, fresh = choose(plan.network, plan.recipe, plan.fitting, plan.samples, runtime.lanes)
    journal.write(choice)
    return choice.precision, fresh


def _load(
    plan: Plan, replicas: Replicas, precision: Precision, fresh: FreshModel | None
) -> tuple[keras.Model, CheckpointState, Steps | None]:
    """Return the model, where it stands, and its steps if they are compiled already."""
    with strategy().scope():
        if plan.run.checkpoint_file.exists():
            return *load_checkpoint(plan.run.checkpoint_file), None
        if fresh is None or replicas.count > 1:  # what was made outside of the scope is on one device
            return make_model(plan.network, plan.recipe, precision), CheckpointState(), None
        return fresh.model, CheckpointState(), fresh.steps
