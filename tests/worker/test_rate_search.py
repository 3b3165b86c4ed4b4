"""The steps of a search for a learning rate: against a loop by hand in Keras, on the same batches."""

import json

import numpy as np
import pytest

from tests.cli.conftest import cnn_tui  # noqa: F401
from tui_cnn.core.layers import Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load
from tui_cnn.formats.toml import dumps_network
from tui_cnn.runs.directory import list_runs
from tui_cnn.runs.rate_search import curve, rate_of
from tui_cnn.runs.recipe import Recipe

pytestmark = [pytest.mark.usefixtures("keras"), pytest.mark.filterwarnings("ignore:__array__ implementation")]

NETWORK = Network(
    "net", (28, 28, 1), (Conv2D(filters=4, kernel_size=(5, 5), strides=(3, 3)), Flatten(), Dense(units=10))
)
RECIPE = Recipe(limit=200, batch_size=30, validation=0.2, optimizer="sgd", threads=1, deterministic=True, seed=4)


def test_losses_are_those_of_a_loop_in_keras(keras):
    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.rate_search import try_rates

    tried = list(try_rates(NETWORK, RECIPE, 25))  # 160 images: from the sixth step on, those of the second epoch
    data = load()
    model = make_model(NETWORK, RECIPE)
    chosen, _validation = data.split(RECIPE.validation, RECIPE.split_seed, RECIPE.limit)
    order = np.concatenate([np.random.default_rng([RECIPE.seed, epoch]).permutation(chosen) for epoch in range(1, 7)])
    for step, ours in enumerate(tried):
        batch = order[step * 30 : (step + 1) * 30]
        model.optimizer.learning_rate = rate_of(step, 25)
        loss = model.train_on_batch(data.train_images[batch] / np.float32(255), data.train_labels[batch])[0]
        model.reset_metrics()
        assert ours.rate == rate_of(step, 25)
        assert ours.loss == pytest.approx(float(loss), rel=1e-3)
    assert 15 < len(tried) < 25, "it ends where the loss has diverged"
    assert 1e-4 < curve(tried, 25).suggested < 1


def test_the_command_starts_a_worker_and_makes_no_run(cnn_tui, tmp_path):  # noqa: F811
    (tmp_path / "net.toml").write_text(dumps_network(NETWORK))
    options = ("--limit", "200", "--batch-size", "30", "--optimizer", "sgd")
    result = cnn_tui("lr", "net.toml", "--steps", "25", "--json", *options)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert 1e-4 < found["suggested"] < 1
    assert found["rates"][:2] == [rate_of(0, 25), rate_of(1, 25)]
    assert found["rule"] == "a tenth of the rate at which the smoothed loss is lowest"
    assert list_runs() == []


def test_what_cannot_be_trained_is_one_line(cnn_tui, tmp_path):  # noqa: F811
    (tmp_path / "net.toml").write_text(dumps_network(Network("net", (28, 28, 1), (Flatten(), Dense(units=3)))))
    result = cnn_tui("lr", "net.toml")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "3 units" in result.stderr
