"""What is struck at random, and on what."""

from tests.ui import records
from tests.ui.answering import Answering, make_run
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.presets import preset
from tui_cnn.runs import export, launch, process
from tui_cnn.runs.errors import RunError
from tui_cnn.search import launch as search_launch
from tui_cnn.ui.application.actions import SCOPES
from tui_cnn.ui.inspect import screen as inspect

SIZES = [(80, 24), (120, 40), (60, 16), (40, 10), (100, 32), (61, 200), (200, 17)]
WALKING = ["up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab", "j", "k", "G", "g"]
PASTES = ['[[layers]]\ntype = "Dense"\nunits = 3', '[[layers]]\ntype = "Block"\nname = "b"', "nothing [", "7"]
TYPING = [*"0123456789x×.,-eE /[]\\", "backspace", "delete", "space", "ctrl+u", "ctrl+w", "한", "é"]
ACTING = [
    key
    for scope in SCOPES
    for action in scope.actions
    for key in action.keys.split(",")
    if action.id not in ("quit", "save", "save_as")
]
KEYS = [*WALKING * 2, *ACTING * 2, *TYPING, "enter", "escape", "enter", "escape", "s", "y"]

_RESIDUAL = Branches(branches=((Conv2D(filters=4, kernel_size=(3, 3), padding="same"),), ()), merge="add")
TREE = Network(
    "tree",
    (12, 12, 4),
    (
        Block(name="stem", layers=(Conv2D(filters=4, kernel_size=(3, 3)), MaxPooling2D())),
        _RESIDUAL,
        Flatten(),
        Dense(units=10),
    ),
)


def write_runs():
    """Leave three runs: one that was interrupted, one that failed, and one that has finished."""
    records.write(records.make_run(), records.started(), *records.trained(1.5))
    records.write(
        records.make_run("20260103-000000-lenet-5-0001", preset("lenet-5")),
        records.started(),
        records.failed(),
    )
    make_run()


def start_no_process(patch):
    """Let no key start a process."""

    def refuse(*_, **__):
        raise RunError("not in a test [/]")

    def refuse_to_write(*_):
        raise FormatError("x", "not in a test [/]")

    patch(inspect, "Inspector", Answering)
    for command in ("start", "start_checked", "resume", "pause", "unpause", "stop", "skip_queue"):
        patch(launch, command, refuse)
    patch(search_launch, "start", refuse)
    patch(process, "worker_command", refuse)  # all others begin with it, such as the measurement of the machine
    patch(export, "export_model", refuse_to_write)


def strike(program, dice):
    """Press some keys, or do something else that a terminal may send; return what it was."""
    kind = dice.random()
    if kind < 0.1:
        program.resize(*(size := dice.choice(SIZES)))
        return [size]
    if kind < 0.2:
        program.paste(paste := dice.choice(PASTES))
        return [paste]
    program.press(*(keys := dice.choices(KEYS, k=dice.choice([1, 3, 12, 60]))))
    return keys
