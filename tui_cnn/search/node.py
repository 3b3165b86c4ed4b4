"""A machine as a node: a worker of Dask with its cores, memory and GPU, for as long as this process runs."""

import asyncio
import logging
import signal
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from tui_cnn.config import home
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import held
from tui_cnn.runs.process import require_tensorflow
from tui_cnn.search.cluster import find, require_distributed
from tui_cnn.search.errors import SearchError
from tui_cnn.search.hands_node import CORES, GPU, MEMORY
from tui_cnn.visible import visible

_PATIENCE = 10.0
"""Seconds for which a scheduler is sought at first."""
_AGAIN = 2.0
"""Seconds between two attempts, once it was there."""
_GPUS = Path("/proc/driver/nvidia/gpus")


def serve(address: str, cores: int, host: str | None) -> None:
    """Train what the scheduler at an address gives to this machine, until this process is to end.

    `host` is the address on which this machine listens; None: only this machine can reach it. A scheduler that goes
    away is waited for.

    Raises:
        RunError: TensorFlow is missing.
        SearchError: distributed is missing, there is no scheduler, or the home has a node already.
    """
    require_distributed()
    require_tensorflow()
    if host is None and not _is_loopback(address):
        message = _(
            "the scheduler {address} is on another machine: add --host with the address of this one. Whoever reaches "
            "it can run programs here, so use a closed network, or tls://"
        )
        raise SearchError(message.format(address=address))
    directory = home() / "node"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with held(directory / "lock"):
            asyncio.run(_serve(address, cores, host or "127.0.0.1"))
    except OSError as error:
        raise SearchError(f"{error.filename or directory}: {error.strerror or error}") from None
    except RunError:
        message = _("{home} has a node already; stop that, or set CNN_TUI_HOME to another directory")
        raise SearchError(message.format(home=home())) from None


def resources(cores: int) -> dict[str, float]:
    """Return what this machine offers: its cores, the bytes of memory that are free, and a GPU if it has one."""
    offers: dict[str, float] = {CORES: cores, MEMORY: psutil.virtual_memory().available}
    return offers | ({GPU: 1} if _GPUS.exists() and any(_GPUS.iterdir()) else {})


async def _serve(address: str, cores: int, host: str) -> None:
    from distributed import Nanny

    for name in ("distributed", "tornado", "asyncio"):  # what matters of it is said in a line of our own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    serving = asyncio.current_task()
    assert serving is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    try:
        await find(address, _PATIENCE)
        while True:
            with suppress(OSError, RuntimeError):  # it has gone while the worker started
                async with Nanny(
                    address,
                    nthreads=cores,
                    resources=resources(cores),
                    host=host,
                    memory_limit=0,  # what trains are processes of their own
                    local_directory=str(home() / "node" / "dask"),
                    dashboard=False,
                    silence_logs=logging.CRITICAL,
                    config={"logging": {"distributed": "critical"}},
                ) as nanny:
                    line = ngettext(
                        "node with {cores} core at {address}; end it with Ctrl+C",
                        "node with {cores} cores at {address}; end it with Ctrl+C",
                        cores,
                    )
                    _say(line.format(cores=cores, address=address))
                    await nanny.finished()
            _say(_("the scheduler at {address} has gone; waiting for it").format(address=address))
            while True:
                try:
                    await find(address, _AGAIN)
                    break
                except SearchError:
                    await asyncio.sleep(_AGAIN)
    except asyncio.CancelledError:
        return


def _is_loopback(address: str) -> bool:
    try:
        host = urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""
    except ValueError:
        return False
    return host in ("localhost", "::1") or host.startswith("127.")


def _say(line: str) -> None:
    sys.stdout.write(visible(line) + "\n")
    sys.stdout.flush()
