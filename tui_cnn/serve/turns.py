"""The queue of trainings of all people: so many at a time, one a person, and who has waited longest comes first."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tui_cnn.atomic import write_atomic
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.turns import TRAINING, waiting

_INTERVAL = 0.5


def make_slots(directory: Path, number: int) -> None:
    """Make the lock files for so many other processes with TensorFlow.

    Raises:
        OSError: they cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for file in directory.iterdir():
        file.unlink()
    for place in range(number):
        (directory / f"{place:03d}").touch()


class Turns:
    """Gives turns. A person's queue is in the home; what is given is written into the person's own directory.

    Raises:
        OSError: nothing can be written.
    """

    def __init__(self, homes: Mapping[str, Path], directories: Mapping[str, Path], at_a_time: int) -> None:
        self._queues = {name: home / "queue" for name, home in homes.items()}
        self._directories = directories
        self._at_a_time = at_a_time
        self._given: dict[str, str] = {}
        self._since: dict[str, int] = {}
        self._looks = 0
        for name in homes:
            directories[name].mkdir(parents=True, exist_ok=True)
            self._write(name, "")

    @property
    def given(self) -> Mapping[str, str]:
        """The runs whose turn it is, by the names of the people."""
        return self._given

    def update(self) -> None:
        """See who waits, who trains and who has ended, and give the turns that are free."""
        self._looks += 1
        queued = {name: runs for name, queue in self._queues.items() if (runs := waiting(queue))}
        training = {name for name, queue in self._queues.items() if is_held(queue / TRAINING)}
        for name in training - set(self._given):  # since before this server began
            self._given[name] = ""
        for name, run in list(self._given.items()):
            if name not in training and run not in queued.get(name, []):
                del self._given[name]
                self._write(name, "")
                self._since.pop(name, None)
        for name in set(self._since) - set(queued):
            del self._since[name]
        for name in queued:
            self._since.setdefault(name, self._looks)
        candidates = [name for name in queued if name not in self._given]
        free = max(0, self._at_a_time - len(self._given))
        for name in sorted(candidates, key=lambda each: self._since[each])[:free]:
            self._given[name] = queued[name][0]
            self._write(name, queued[name][0])

    async def run(self) -> None:
        """Look twice a second, until cancelled."""
        while True:
            with suppress(OSError):  # the disk is full; next time
                await asyncio.to_thread(self.update)
            await asyncio.sleep(_INTERVAL)

    def _write(self, name: str, run: str) -> None:
        write_atomic(self._directories[name] / TRAINING, run.encode())
