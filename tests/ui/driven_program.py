"""The whole program in a pseudo-terminal, which tells what it composed when it is asked.

It is run as `python -m tests.ui.driven_program DIRECTORY [MODEL]`: no key starts a process or ends it, F20 lets it
write down what Textual would paint on an empty terminal, and F19 only whether all is painted.
"""

import asyncio
import os
import sys
import threading
import time
import traceback
from pathlib import Path

import msgspec
import psutil
from textual import events
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual.keys import _character_to_key
from textual.message_pump import MessagePump

from tests.terminal import Grid, Terminal
from tests.ui import driving
from tests.ui.random_keys import start_no_process
from tui_cnn.ui.app import CnnTui, run_app

_CODES = {name: code for code, name in reversed(FUNCTIONAL_KEYS.items())}
_SIGNS = {_character_to_key(sign): sign for sign in map(chr, range(32, 127))}
_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}
ROOT = Path(__file__).parents[2]
ANSWER = "answer.json"
_ASK, _ASK_SHORTLY, _ANSWERED = "f20", "f19", "\x1b]7;answered\x07"


class Answer(msgspec.Struct):
    """What the program tells.

    Attributes:
        size: of the screen in front, in columns and rows.
        composed: what to write to an empty terminal, if that was asked.
        painted: whether all of it was written to the real one.
        error: what went wrong.
    """

    size: tuple[int, int] = (0, 0)
    composed: str = ""
    painted: bool = False
    error: str = ""


class DrivenProgram(Terminal):
    """The program with a directory of its own. `grid` is what stands on its terminal."""

    def __init__(self, directory, model=(), columns=120, rows=40):
        self._directory = directory
        self.size = columns, rows
        self.grid = Grid(columns, rows)
        homes = {"HOME": str(directory), "CNN_TUI_HOME": str(directory)}
        environment = {**homes, "PYTHONPATH": str(ROOT), "TEXTUAL_ANIMATIONS": "none"}
        arguments = ("-m", "tests.ui.driven_program", str(directory), *model)
        super().__init__(*arguments, env=environment, columns=columns, rows=rows)
        self.wait_for("Conv2D")

    @property
    def megabytes(self):
        """The memory that the program holds."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def press(self, *keys):
        """Press keys, faster than the program follows."""
        self.type(b"".join(map(written, keys)))

    def paste(self, text):
        self.type(f"\x1b[200~{text}\x1b[201~".encode())

    def resize(self, columns, rows):
        """Change the size; anything may stand on the terminal then."""
        self.settle()
        if self.size == (columns, rows):
            return
        self.size = columns, rows
        self.grid = Grid(columns, rows, filled="?")
        super().resize(columns, rows)

    def settle(self, *, composing=True):
        """Wait until the program has done and written all, and return what it tells.

        What it composes, Textual keeps in caches of its own, which the program itself does not fill.
        """
        for _try in range(100):
            answer = self._ask(_ASK if composing else _ASK_SHORTLY)
            if answer.painted and answer.size == self.size:
                return answer
        raise AssertionError(f"it never painted all of {self.size}, but {answer.size}")

    def _ask(self, key):
        file = self._directory / ANSWER
        file.unlink(missing_ok=True)
        self.press(key)
        self.wait_for(_ANSWERED)
        before, _marker, self.output = self.output.partition(_ANSWERED.encode())
        self.grid.write(before.decode())
        answer = msgspec.json.decode(file.read_bytes(), type=Answer)
        assert not answer.error, answer.error
        return answer


def written(key):
    """What a terminal sends for a key that Textual names so."""
    *modifiers, name = key.split("+")
    if name in _CODES:
        code, bits = _CODES[name], sum(map(_MODIFIERS.get, modifiers))
        return f"\x1b[{code[:-1]};{1 + bits}{code[-1]}".encode()
    character = _SIGNS.get(name, name)
    return (chr(ord(character) & 31) if "ctrl" in modifiers else character).encode()


async def _answer(app, file, composing):
    answer = Answer()
    try:
        user = driving.User(app, None)
        await user.settle()
        assert app.is_running
        compositor = app.screen._compositor
        dirty = set(compositor._dirty_regions)
        if composing:
            answer.composed = compositor.render_full_update().render_segments(app.console)
            compositor._dirty_regions |= dirty  # to render all of it forgets them
        answer.painted = not dirty
        answer.size = tuple(app.screen._compositor.size)  # it follows a moment after the app
    except BaseException:
        answer.error = traceback.format_exc()
    file.write_bytes(msgspec.json.encode(answer))
    app._driver.write(_ANSWERED)
    app._driver.flush()


def _end_with(parent):
    """End when the test is gone, however it ended: no key and no closed terminal ends the program."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main():
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    directory, *model = sys.argv[1:]
    os.chdir(directory)
    start_no_process(setattr)
    MessagePump._dispatch_message = driving._watched(MessagePump._dispatch_message)
    CnnTui.exit = CnnTui.deliver_screenshot = lambda *_, **__: None
    on_event, answering_now = CnnTui.on_event, set()

    async def answering(app, event):
        if isinstance(event, events.Key) and event.key in (_ASK, _ASK_SHORTLY):
            answering_now.add(task := asyncio.create_task(_answer(app, Path(ANSWER), event.key == _ASK)))
            task.add_done_callback(answering_now.discard)  # a task that is kept keeps all that its context names
        else:
            await on_event(app, event)

    CnnTui.on_event = answering
    run_app(*model)


if __name__ == "__main__":
    main()
