"""The client of the inspector: with the real process, and with stand-ins that misbehave on purpose."""

import asyncio
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.client import Inspector, SupersededError
from tui_cnn.runs.inspection.frames import LARGEST, LENGTH, length_of
from tui_cnn.runs.inspection.replies import (
    Activations,
    Array,
    Evaluation,
    OpenReply,
    Predictions,
    Shifts,
    pack,
)
from tui_cnn.runs.inspection.requests import Activate, Evaluate, Open, Predict, Shift, Source

STAND_IN = """
import os, signal, sys, time
from tui_cnn.runs.inspection.replies import pack
from tui_cnn.runs.inspection.frames import *
from tui_cnn.runs.inspection.replies import Failure, Predictions
source, sink = sys.stdin.buffer, sys.stdout.buffer

def send(message):
    sink.write(frame(message))
    sink.flush()

{greeting}
cancelled = []
while (message := read_frame(source, to_inspector)) is not None:
    if isinstance(message, CancelFrame):
        cancelled.append(float(message.id))
        continue
    match message.request.source.path:
        case "cancelled":
            send(ReplyFrame(message.id, Predictions(probabilities=pack(cancelled))))
        case "noted":
            send(ProgressFrame(message.id, 0.25))
            send(ReplyFrame(message.id, Predictions(probabilities=pack([float(message.id)]))))
        case "refused":
            send(ReplyFrame(message.id, Failure(message="no such thing")))
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "ended":
            sys.stderr.write("first\\nthe reason\\n\\n")
            sys.exit(3)
        case "noise":
            print("hello, I am no frame" * 10, flush=True)
        case "left once":
            if os.path.exists(sys.argv[1]):
                send(ReplyFrame(message.id, Predictions(probabilities=pack([7.0]))))
            else:
                open(sys.argv[1], "x").close()
                send(ByeFrame())
                sys.exit(0)
        case "riddle":
            sink.write(LENGTH.pack(3) + b"abc")
            sink.flush()
"""


def stand_in(greeting="send(HelloFrame(PROTOCOL))", timeout=60.0):
    return Inspector((sys.executable, "-c", STAND_IN.replace("{greeting}", greeting)), timeout)


def asked(path):
    return Predict(source=Source(path), images=())


async def answer(inspector, path, **options):
    return (await inspector.ask(asked(path), Predictions, **options)).probabilities.numpy().tolist()


async def refusal(inspector, path):
    with pytest.raises(RunError) as refused:
        await answer(inspector, path)
    return str(refused.value)


async def until(condition):
    """Wait; the limit is only there to end a broken test."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_only_the_newest_of_a_kind_is_answered():
    async with stand_in() as inspector:
        old = [asyncio.create_task(answer(inspector, "silent", newest_of="maps")) for _ in range(2)]
        other = asyncio.create_task(answer(inspector, "silent", newest_of="patches"))
        await asyncio.sleep(0)
        assert await answer(inspector, "noted", newest_of="maps") == [4]
        for task in old:
            with pytest.raises(SupersededError):
                await task
        assert not other.done()
        other.cancel()
        await asyncio.wait({other})
        # Those that were never sent need not be taken back.
        assert 3 in await answer(inspector, "cancelled")


async def test_one_that_nobody_waits_for_is_cancelled():
    async with stand_in() as inspector:
        assert await answer(inspector, "noted") == [1]
        task = asyncio.create_task(answer(inspector, "silent"))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert await answer(inspector, "cancelled") == [2]


async def test_progress_and_refusal():
    async with stand_in() as inspector:
        shares = []
        await answer(inspector, "noted", progress=shares.append)
        assert shares == [0.25]
        assert await refusal(inspector, "refused") == "no such thing"
        with pytest.raises(RunError, match="sent an unexpected answer"):
            await inspector.ask(asked("noted"), OpenReply)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("killed", "the inspector exited (SIGKILL; possibly out of memory); try again to restart it"),
        ("ended", "the inspector exited (the reason); try again to restart it"),
        ("noise", "the inspector sent an invalid answer (a frame of 1,751,477,356 bytes); try again"),
        ("riddle", "the inspector sent an invalid answer ("),
    ],
)
async def test_an_inspector_that_dies_is_started_anew(path, line):
    async with stand_in() as inspector:
        waiting = asyncio.create_task(refusal(inspector, "silent"))
        assert (await refusal(inspector, path)).startswith(line)
        assert (await waiting).startswith(line)
        assert await answer(inspector, "noted") == [1]


async def test_what_was_asked_of_one_that_had_to_leave_is_asked_again(tmp_path):
    code = STAND_IN.replace("{greeting}", "send(HelloFrame(PROTOCOL))")
    async with Inspector((sys.executable, "-c", code, str(tmp_path / "left"))) as inspector:
        waiting = asyncio.create_task(answer(inspector, "noted", newest_of="maps"))
        assert await answer(inspector, "left once") == [7]
        assert len(await waiting) == 1


async def test_how_many_come_first_is_known_while_it_waits():
    heard = []
    async with stand_in("send(WaitingFrame(2)); send(WaitingFrame(0)); send(HelloFrame(PROTOCOL))") as inspector:
        inspector.on_waiting = lambda: heard.append(inspector.waiting)
        assert await answer(inspector, "noted") == [1]
        assert heard == [2, 0, None]


async def test_silence_is_ended():
    async with stand_in(timeout=0.5) as inspector:
        line = "the inspector did not answer for 0 seconds and was stopped"
        assert await refusal(inspector, "silent") == line
    async with stand_in("time.sleep(3600)", timeout=0.2) as inspector:
        with pytest.raises(RunError, match="did not answer"):
            await inspector.start()


async def test_another_version_is_refused():
    async with stand_in("send(HelloFrame(PROTOCOL + 1))") as inspector:
        line = "cnn-tui was replaced by another version; restart it"
        assert await refusal(inspector, "noted") == line


async def test_a_program_that_cannot_be_started():
    line = r"the inspector could not start: /nowhere: No such file or directory; reinstall"
    with pytest.raises(RunError, match=line):
        await Inspector(("/nowhere",)).start()


async def test_a_closed_one_gives_an_error_to_those_who_wait():
    inspector = stand_in()
    waiting = asyncio.create_task(refusal(inspector, "silent"))
    await inspector.start()
    await asyncio.sleep(0)
    await inspector.close()
    assert await waiting == "the inspector was closed"
    await inspector.close()


def children():
    return [each for each in psutil.Process().children() if each.cmdline()[-2:] == ["tui_cnn.worker", "inspect"]]


async def test_the_real_one(trained):
    """One start, and what is asked of it: maps, a quick question beside a long one, a kill, and the end."""
    source = Source(str(trained.path))
    async with Inspector() as inspector:
        opened = await inspector.ask(Open(source=source), OpenReply)
        assert opened.stamp == trained.best_file.stat().st_mtime_ns
        maps = await inspector.ask(Activate(source=source, image=0), Activations)
        assert [layer.shape for layer in maps.layers.values()] == [info.shape for info in opened.layers]

        shares, order = [], []
        long = asyncio.create_task(
            inspector.ask(Shift(source=source, sample=500, reach=4), Shifts, progress=shares.append)
        )
        long.add_done_callback(lambda _task: order.append("long"))
        await until(lambda: shares)
        await inspector.ask(Predict(source=source, images=(0,)), Predictions)
        order.append("quick")
        assert (await long).accuracy.shape == (9, 9)
        assert order == ["quick", "long"]
        assert shares == sorted(shares)
        assert 0 <= shares[0] < shares[-1] < 1

        shares.clear()
        doomed = asyncio.create_task(inspector.ask(Evaluate(source=source), Evaluation, progress=shares.append))
        await until(lambda: shares)
        (process,) = children()
        process.kill()
        with pytest.raises(RunError, match=r"the inspector exited \(SIGKILL"):
            await doomed
        again = await inspector.ask(Activate(source=source, image=0), Activations)  # it is started and opened anew
        assert again == maps
        (process,) = children()
    assert not process.is_running()


PARENT = """
import asyncio
from tui_cnn.runs.inspection.client import Inspector

async def main():
    await (inspector := Inspector()).start()
    print("started", flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


async def test_it_ends_with_the_one_who_started_it():
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=subprocess.PIPE)
    try:
        assert await parent.stdout.readline() == b"started\n"
        (inspector,) = psutil.Process(parent.pid).children()
    finally:
        parent.kill()
        await parent.wait()
    await until(lambda: not inspector.is_running() or inspector.status() == psutil.STATUS_ZOMBIE)


STREAMS = """
import os
from tui_cnn.worker.inspection.serve import _send, _take_streams
from tui_cnn.runs.inspection.frames import HelloFrame
source, sink = _take_streams()
print("noise", flush=True)
os.system("echo more")
_send(sink, HelloFrame(7))
assert source.read() == b"in"
try:
    input()
except EOFError:
    print("nothing to read")
"""


def test_what_else_is_printed_does_not_get_between_the_frames():
    ended = subprocess.run([sys.executable, "-c", STREAMS], input=b"in", capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == LENGTH.pack(len(ended.stdout) - 4) + ended.stdout[4:]
    assert b"noise" not in ended.stdout
    assert ended.stderr.split(b"\n")[-4:-1] == [b"noise", b"more", b"nothing to read"]


def test_what_is_no_frame_ends_the_inspector():
    for junk in (LENGTH.pack(LARGEST + 1), LENGTH.pack(2) + b"\xc1\xc1"):
        command = [sys.executable, "-m", "tui_cnn.worker", "inspect"]
        ended = subprocess.run(command, input=junk, capture_output=True, timeout=120)
        assert ended.returncode == 2
        assert ended.stdout == b""


class TestArrays:
    def test_there_and_back(self):
        for dtype in ("bool", "uint8", "int32", "int64", "float16", "float32", "float64"):
            array = np.arange(24).reshape(2, 3, 4).astype(dtype)[:, ::2].transpose(2, 0, 1)
            back = pack(array).numpy()
            assert back.dtype == dtype
            assert (back == array).all()
        assert pack(np.arange(3, dtype=">i4")).numpy().tolist() == [0, 1, 2]

    @pytest.mark.parametrize(("shape", "size"), [((2, 2), 3), ((-1, -4), 4), ((-4,), 4)])
    def test_a_shape_that_does_not_fit(self, shape, size):
        with pytest.raises(ValueError, match="bytes are no uint8 of shape"):
            Array("uint8", shape, bytes(size)).numpy()


def test_the_longest_frame():
    assert length_of(LENGTH.pack(LARGEST)) == LARGEST
    with pytest.raises(ValueError, match="a frame of"):
        length_of(LENGTH.pack(LARGEST + 1))
