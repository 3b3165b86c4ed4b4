"""A cluster of Dask as a search sees it: its nodes and what they offer, tasks, messages."""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from tui_cnn.extras import what_is_missing
from tui_cnn.i18n import _
from tui_cnn.search.data_copy import DataCopy, receive
from tui_cnn.search.errors import SearchError
from tui_cnn.search.hands_node import CORES, GPU, MEMORY
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.survey import RESIDENT
from tui_cnn.visible import visible

_CONNECTING = 10.0
"""Seconds for which a scheduler is sought, at the beginning and when it has gone."""
_LOOK_EVERY = 1.0

Nodes = Mapping[str, Mapping[str, float]]
"""What each node offers, by its address."""


class Demand(NamedTuple):
    """What a run takes of its node: threads, bytes of memory, GPUs. `most` runs there are to be trained; None: many."""

    threads: int | None
    memory: float
    gpus: int = 0
    most: int | None = None

    def on(self, nodes: Nodes, jobs: int | None) -> "Demand":
        """Share the cores of the nodes, unless the recipe names threads."""
        if self.threads is not None:
            return self
        cores = [int(offers.get(CORES, 0)) for offers in nodes.values() if offers.get(CORES, 0) >= 1]
        together = min(bound for bound in (sum(cores), self.most, jobs) if bound is not None)
        return self._replace(threads=max(1, min([*cores, sum(cores) // max(1, together)])))

    @property
    def resources(self) -> dict[str, float]:
        """It, as Dask takes it."""
        wanted = {CORES: self.threads or 1, MEMORY: self.memory, GPU: self.gpus}
        return {name: amount for name, amount in wanted.items() if amount}

    def slots(self, nodes: Nodes) -> int:
        """Count how many such runs fit the nodes at a time."""
        wanted = self.resources
        return sum(
            min(int(offers.get(name, 0) // amount) for name, amount in wanted.items()) for offers in nodes.values()
        )


def demand_of(plan: SearchPlan, memory: float | None) -> Demand:
    """Return what a run of a search takes, of `memory` as it is predicted; None: not known."""
    gpus = 1 if plan.recipe.device in ("gpu", "gpus") else 0
    return Demand(plan.recipe.threads, memory or RESIDENT, gpus, plan.trials)


class Cluster:
    """A connection to a scheduler. Dask's client has a thread of its own, in which messages arrive."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._refusals: dict[str, str] = {}
        self._topics: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._scheduler = ""
        self._nodes: Nodes = {}
        self._looked_at = -_LOOK_EVERY
        self._useful_at = -_CONNECTING

    def is_connected(self) -> bool:
        """Return whether the scheduler answers; it is sought for a while.

        Raises:
            SearchError: it has gone.
        """
        if self._client.status == "closed":
            message = _("the scheduler at {address} has gone; start it again, then resume the search")
            raise SearchError(message.format(address=self._address))
        return bool(self._client.status == "running")

    def nodes(self) -> Nodes:
        """Return what the nodes offer that take runs; it is asked for once a second.

        Raises:
            SearchError: there are nodes, but none has taken a run for a while.
        """
        if time.monotonic() - self._looked_at < _LOOK_EVERY:
            return self._nodes
        self._looked_at = time.monotonic()
        try:
            scheduler = self._client.scheduler_info(n_workers=-1)
        except (OSError, RuntimeError):  # it has gone meanwhile
            return {}
        if scheduler["id"] != self._scheduler:  # it was started again, and knows nothing of this client's topics
            self._scheduler = scheduler["id"]
            self._subscribe()
        workers = scheduler["workers"]
        offers = {address: worker["resources"] for address, worker in workers.items()}
        self._nodes = {
            address: offered
            for address, offered in offers.items()
            if offered.get(CORES, 0) >= 1 and address not in self._refusals
        }
        if self._nodes or not offers:
            self._useful_at = time.monotonic()
        elif time.monotonic() - self._useful_at >= _CONNECTING:
            raise SearchError(self._why_useless(offers))
        return self._nodes

    def remarks(self, demand: Demand) -> list[str]:
        """Say which nodes get no trials, and why, a line each; and what to do where there are none.

        Raises:
            SearchError: no node that is there can train.
        """
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            message = _("no nodes yet; add some with: cnn-tui node --scheduler {address}")
            return [message.format(address=self._address)]
        offers = {address: worker["resources"] for address, worker in workers.items()}
        if not any(offered.get(CORES, 0) >= 1 for offered in offers.values()):
            raise SearchError(self._why_useless(offers))
        if not demand.slots(offers):
            wanted = ", ".join(f"{name} {amount:,.0f}" for name, amount in demand.resources.items())
            raise SearchError(
                _("no node offers what a trial takes ({wanted}); change the recipe").format(wanted=wanted)
            )
        message = _("node {node} has {offered} instead of {wanted}: it gets no trials")
        return [
            message.format(node=address, offered=_version(offered), wanted=CORES)
            for address, offered in offers.items()
            if CORES not in offered
        ]

    def _why_useless(self, offers: Nodes) -> str:
        if reasons := [reason for node, reason in self._refusals.items() if node in offers]:
            return _("no node can train: {reason}; fix that, then resume the search").format(reason=reasons[-1])
        message = _("none of the nodes at {address} has {wanted}, but {offered}; start them with this version")
        offered = sorted({_version(resources) for resources in offers.values()})
        return message.format(address=self._address, wanted=CORES, offered=", ".join(offered))

    def refused(self, node: str, reason: str) -> None:
        """Note why a node trains no more; for those who look, in the coordinator's log."""
        if node not in self._refusals:
            sys.stderr.write(visible(_("node {node}: {reason}").format(node=node, reason=reason)) + "\n")
        self._refusals[node] = reason

    def subscribe(self, topic: str, take: Callable[[dict[str, Any]], None]) -> None:
        """Let `take` be called with each message of a topic, in another thread."""
        self._topics[topic] = take
        self._subscribe()

    def _subscribe(self) -> None:
        for topic, take in self._topics.items():
            self._client.subscribe_topic(topic, partial(_take, take))

    def messages(self, topic: str) -> list[dict[str, Any]]:
        """Return the messages of a topic that the scheduler still has."""
        return [message for _time, message in self._client.get_events(topic)]

    def submit(self, name: str, demand: Demand, function: Callable[..., object], *arguments: object) -> Any:
        """Submit a call as a task, which is kept under a name whatever happens to this process.

        Returns its future; None: the scheduler has gone meanwhile.
        """
        with suppress(OSError, RuntimeError, ValueError):
            key = f"{name}-{time.time_ns():x}"
            future = self._client.submit(function, *arguments, key=key, pure=False, resources=demand.resources)
            self._client.publish_dataset(future, name=name, override=True)
            return future
        return None

    def published(self, prefix: str) -> dict[str, Any]:
        """Return the futures that are kept under names with a prefix, by what follows it and a slash."""
        names = [name for name in self._client.list_datasets() if str(name).startswith(f"{prefix}/")]
        return {name.removeprefix(f"{prefix}/"): self._client.get_dataset(name) for name in names}

    def unpublish(self, name: str) -> None:
        """Keep a task no longer."""
        with suppress(OSError, RuntimeError, KeyError):
            self._client.unpublish_dataset(name)

    def result(self, future: Any) -> object:
        """Return what a task returned, or the error that it ended with; None: that is lost, or it was cancelled."""
        from distributed import KilledWorker

        try:
            if future.status == "finished":
                return future.result(timeout=_CONNECTING * 6)
            error = future.exception(timeout=_CONNECTING) if future.status == "error" else None
        except Exception:  # what is lost on its way: the errors of the network, of Dask, of other threads
            return None
        if isinstance(error, KilledWorker):
            return SearchError(_("the nodes that trained it were lost, one after the other; see their logs"))
        return error

    def call(self, node: str, function: Callable[..., object], *arguments: object) -> None:
        """Call a function on a node, beside its tasks, and do not wait; if it is not there, nothing happens."""

        async def call() -> None:
            try:
                await self._client._run(function, *arguments, workers=[node])
            except OSError:  # it has gone
                return
            except Exception as error:
                self.refused(node, f"{type(error).__name__}: {error}")

        self._client.loop.add_callback(call)

    def write(self, node: str, copy: DataCopy, begin: int, chunk: bytes) -> None:
        """Write a chunk of a data set on a node.

        Raises:
            OSError: it cannot be written there.
        """
        self._client.run(receive, copy, begin, chunk, workers=[node])

    def close(self) -> None:
        """Leave."""
        self._client.close(timeout=_CONNECTING)


def _take(take: Callable[[dict[str, Any]], None], event: tuple[float, dict[str, Any]]) -> None:
    """Hand on the message of an event, which has a time before it."""
    take(event[1])


def connect(address: str) -> Cluster:
    """Connect to a scheduler; `tls://` uses the certificates of Dask's own configuration.

    Raises:
        SearchError: the package distributed is missing, or there is no scheduler at the address.
    """
    import logging

    require_distributed()
    import distributed

    for name in ("distributed", "tornado", "asyncio"):  # what matters of it is said in a line of our own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _raise_file_limit()
    asyncio.run(find(address, _CONNECTING))  # Dask's client takes long to give up
    try:
        client = distributed.Client(  # type: ignore[no-untyped-call]
            address, timeout=_CONNECTING, set_as_default=False, name="cnn-tui"
        )
    except (OSError, RuntimeError) as error:
        raise _no_scheduler(address, error) from None
    return Cluster(client, address)


async def find(address: str, seconds: float) -> None:
    """Connect to a scheduler and leave again.

    Raises:
        SearchError: there is none.
    """
    from distributed import core, security

    connect: Any = core.rpc  # these have no types
    options: Any = security.Security
    try:
        connection = options().get_connection_args("client")
        async with connect(address, connection_args=connection, timeout=seconds) as scheduler:
            await asyncio.wait_for(scheduler.identity(n_workers=0), seconds)
    except (OSError, ValueError, TypeError, RuntimeError, AttributeError) as error:
        raise _no_scheduler(address, error) from None


def _no_scheduler(address: str, error: Exception) -> SearchError:
    message = _("no Dask scheduler at {address} ({reason}); start one with: dask scheduler --host 127.0.0.1")
    reason = str(error).split("\n")[0] or _("no answer")
    return SearchError(message.format(address=address, reason=reason))


def require_distributed() -> None:
    """Make sure that Dask is installed.

    Raises:
        SearchError: it is not.
    """
    if missing := what_is_missing("cluster", _("a cluster")):
        raise SearchError(missing)


def _version(resources: Mapping[str, float]) -> str:
    """Name the version of cnn-tui that a node offers; of a worker that is none of ours, what it lacks."""
    return next((name for name in resources if name.startswith("cnn-tui-")), _("no cnn-tui"))


def _raise_file_limit() -> None:
    """Allow as many open files as the system does: the lock of each run that is trained takes one."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
