"""The inspector's answers, without a process around it."""

import numpy as np
import pytest

from tui_cnn.runs.directory import make_run
from tui_cnn.runs.inspection.requests import Open, Source
from tui_cnn.runs.recipe import Recipe


class Asking:
    """Asks, and takes every answer to its end."""

    def __init__(self):
        from tui_cnn.worker.inspection.answers import Answers

        self._answers = Answers()

    def __call__(self, request):
        job = self._answers.begin(request)
        while True:
            try:
                assert 0 <= next(job) <= 1
            except StopIteration as end:
                return end.value

    def open(self, run, which="best"):
        return self(Open(source=Source(str(run.path), which)))


@pytest.fixture(scope="session")
def ask(keras):
    return Asking()


@pytest.fixture
def untrained(home, keras):
    """Make runs of networks whose weights, biases too, are drawn at random."""
    from tui_cnn.worker.build import build

    def make(network, seed=0):
        run = make_run(network, Recipe())
        model = build(network)
        random = np.random.default_rng(seed)
        drawn = [random.normal(0.1, 0.3, weight.shape) for weight in model.weights]
        model.set_weights(
            [abs(each) if "variance" in w.name else each for w, each in zip(model.weights, drawn, strict=True)]
        )
        model.save(run.best_file)
        return run, model

    return make
