"""A run can begin with the weights of another run or of a file, chosen in the form."""

from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.runs import launch


async def test_the_weights_of_a_run_or_of_a_file_are_chosen(monkeypatch, tmp_path):
    started = []

    def start(checked, *, weights, prewarmed):
        started.append(weights)
        return run

    run = records.finished_run()
    run.best_file.write_bytes(b"weights")
    file = tmp_path / "other.keras"
    file.write_bytes(b"weights")
    monkeypatch.setattr(launch, "start_checked", start)
    monkeypatch.chdir(tmp_path)
    async with opened(size=(120, 40)) as user:
        await user.press("2")
        await user.offers("Start", "Find rate", "Weights", "Vary", "Data", "Leave form")
        await user.press("f3")
        await user.sees("Start with the weights of", "fresh weights", "random, by the seed", run.id)
        await user.press("down", "down", "enter")
        await user.sees("weights of       2026")
        await user.press("enter")
        await user.until(lambda: started)
        assert started == [(run.best_file, run.id)]
        await user.press("n", "f3")
        await user.sees("a file …")
        await user.press("down", "enter")
        await user.sees("other.keras")
        await user.type("other")
        await user.press("enter")
        await user.until(lambda: "weights of" in user.text)
        await user.press("enter")
        await user.until(lambda: len(started) == 2)
        await user.press("n", "f3")
        await user.sees("fresh weights")
        await user.press("enter")
        await user.until(lambda: "weights of" not in user.text)
        await user.press("enter")
        await user.until(lambda: len(started) == 3)
        assert started[1:] == [(file, str(file)), None]
