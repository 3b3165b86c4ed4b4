"""The final project, as a learner works on it: beat the tutorial network, name a mistake, inspect it, explain it."""

import numpy as np
import pytest
from msgspec.structs import replace

from tests.ui import records
from tests.ui.answering import NETWORK, Answering
from tests.ui.driving import opened
from tests.ui.lab.test_questions import asked, result
from tui_cnn.data import idx
from tui_cnn.data.files import FASHION_MNIST, find_files
from tui_cnn.formats.presets import preset
from tui_cnn.runs.predictions import KeptPredictions, save_predictions
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.inspect import screen as inspect
from tui_cnn.ui.lab.question import QuestionPanel


def finish(run_id, accuracy, network=None, epochs=5, limit=None):
    """A run that has finished, with what it predicts of the test images: all right but 7 and 1,234."""
    run = records.make_run(run_id, network or preset("fashion-cnn"), Recipe(epochs=epochs, limit=limit))
    end = replace(records.finished(epochs), test_accuracy=accuracy)
    records.write(run, records.started(epochs), *records.trained(epochs, of=epochs), end)
    run.best_file.write_bytes(b"")
    labels = idx.read(find_files(FASHION_MNIST).test_labels)
    predicted = labels.copy()
    predicted[[7, 1234]] = (labels[[7, 1234]] + 1) % 10
    save_predictions(run, KeptPredictions(predicted.astype(np.uint16), labels.astype(np.uint16), "test"))
    return run


@pytest.fixture
def inspector(monkeypatch):
    monkeypatch.setattr(inspect, "Inspector", Answering)


async def shows(user, *texts):
    """Wait until the question and what is said to it have these texts, wherever their lines break."""
    panel = user.app.screen.query_one(QuestionPanel)
    await user.until(
        lambda: all(
            text in " ".join(str(panel.query_one(name).render()) for name in ("#prompt", "#verdict")) for text in texts
        )
    )


async def test_a_goal_is_trained_as_the_tutorial_is():
    """A run of one epoch, or on few images, is none; of the others the best counts, not the newest."""
    finish("20260101-000000-once-0001", 0.70, epochs=1)
    finish("20260101-000001-few-0002", 0.60, limit=500)
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        await asked(user, "project", 1)
        await shows(user, "your best run of fashion-cnn with all images and at least 5 epochs")
        await shows(user, "First train fashion-cnn itself")
        finish("20260101-000002-best-0003", 0.91)
        finish("20260101-000003-worse-0004", 0.88)
        finish("20260101-000004-mine-0005", 0.90, NETWORK)
        await user.press("enter")
        await shows(user, "fashion-cnn: 91 %", "Your best with fewer parameters: 90 %")
        assert result("project", 1).asked == 0
        finish("20260101-000005-better-0006", 0.92, NETWORK)
        await user.press("enter")
        await shows(user, "✓ Done.", "92 %")
        await user.until(lambda: result("project", 1).state == "right")


async def test_a_mistake_is_named_inspected_and_explained(inspector):
    run = finish("20260101-000000-mine-0001", 0.9, NETWORK)
    async with opened(size=(120, 40)) as user:
        user.app.workspace.inspected_run = run
        await user.press("4")
        await asked(user, "project", 3)
        await shows(user, "First find a test image that it predicts wrongly")
        await user.press("escape")
        await asked(user, "project", 2)
        await user.press("8", "enter")
        await user.sees("✗ 8 is not right")
        await user.press("ctrl+u", *"1,234", "enter")
        await user.sees("✓ Right: 1234: ", "predicted as")
        await user.until(lambda: result("project", 2).written == "1234")
        await asked(user, "project", 3)
        await shows(user, "Test image 1234 is", "First show test image 1234 on Inspect")
        await user.press("3")
        await user.until(lambda: user.app.screen.scene is not None)
        await user.press("slash", *"1234", "enter")
        await user.until(lambda: user.app.screen.scene.subject.number == 1234)
        await user.press("4")
        await asked(user, "project", 3)
        await user.type("too short")
        await user.press("enter")
        await shows(user, "a sentence of at least 5 words")
        await user.type(": the handle is taken for a sleeve")
        await user.press("enter")
        await user.sees("✓ Thank you.")
        await user.until(lambda: "handle" in result("project", 3).written)
