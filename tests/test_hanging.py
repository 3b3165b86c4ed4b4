"""A test that hangs fails with its name, and the tests after it run: by the settings of this project, under xdist."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
HANGING = dedent(
    """
    import asyncio, subprocess, sys, threading

    async def test_asleep():
        await asyncio.sleep(1000)

    def test_joining():
        thread = threading.Thread(target=threading.Event().wait)
        thread.start()
        thread.join()

    async def test_awaiting_a_thread():
        await asyncio.to_thread(threading.Event().wait)

    def test_waiting_for_a_process():
        waits = [sys.executable, "-c", "import sys; sys.stdin.read()"]  # until this process goes
        subprocess.Popen(waits, stdin=subprocess.PIPE).wait()

    async def test_sound():
        await asyncio.sleep(0)
    """
)


def test_what_hangs_fails_with_its_name(tmp_path):
    (tmp_path / "test_hanging.py").write_text(HANGING)
    command = [sys.executable, "-m", "pytest", f"--config-file={PROJECT}", f"--rootdir={tmp_path}"]
    command += ["-p", "no:cacheprovider", "--numprocesses=2", "--timeout=2", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    failed = {line.split()[1].partition("::")[2] for line in done.stdout.split("\n") if line.startswith("FAILED")}
    names = {"test_asleep", "test_joining", "test_awaiting_a_thread", "test_waiting_for_a_process"}
    assert failed == names
    assert "4 failed, 1 passed" in done.stdout
