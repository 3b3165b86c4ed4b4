"""What the Inspect screen keeps of the inspector's answers."""

import asyncio

import numpy as np
import pytest

from tui_cnn.runs.inspection.replies import Activations, Predictions, pack
from tui_cnn.runs.inspection.requests import Predict, Source
from tui_cnn.ui.inspect import answer_cache as module
from tui_cnn.ui.inspect.answer_cache import AnswerCache, Question, size

SOURCE = Source("run")


class Echo:
    """Answers each question with 1,000 bytes."""

    def __init__(self):
        self.asked = []

    async def ask(self, request, reply, *, newest_of=None, progress=None):
        self.asked.append(request.images[0])
        return Predictions(probabilities=pack(np.zeros((1, 250), np.float32)))

    async def close(self):
        pass


async def ask(answers, number):
    question = Question(Predict(source=SOURCE, images=(number,)), Predictions)
    answers.want(question)
    await asyncio.gather(*(task for _request, task in answers._asking.values()))
    return question


@pytest.mark.parametrize(("limit", "value"), [("_MOST_KEPT", 3), ("_MOST_BYTES", 3_500)])
async def test_what_was_not_used_for_the_longest_time_is_forgotten(monkeypatch, limit, value):
    monkeypatch.setattr(module, limit, value)
    echo = Echo()
    answers = AnswerCache(echo, lambda: None)
    first, second, third = [await ask(answers, number) for number in range(3)]
    assert answers.get(first)
    await ask(answers, 3)
    assert answers.get(first), "it was looked at since"
    assert answers.get(second) is None
    assert answers.get(third)
    await ask(answers, 0)
    await ask(answers, 1)
    assert echo.asked == [0, 1, 2, 3, 1]


async def test_one_answer_is_kept_however_large(monkeypatch):
    monkeypatch.setattr(module, "_MOST_BYTES", 10)
    answers = AnswerCache(Echo(), lambda: None)
    first = await ask(answers, 0)
    assert answers.get(first)
    second = await ask(answers, 1)
    assert answers.get(second)
    assert answers.get(first) is None


def test_the_size_of_an_answer_is_that_of_all_its_arrays():
    small, large = pack(np.zeros(3, np.uint8)), pack(np.zeros((2, 5), np.float32))
    assert size(Activations(image=small, layers=(large, large), probabilities=small)) == 3 + 80 + 3
