"""Runs that were not trained by our worker: where they come from, what is known of them, and what they lack.

`origin.toml` says so. What is not known is not in it: nothing is made up.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from tui_cnn.atomic import write_atomic
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Opaque
from tui_cnn.core.network import Network, walk
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_toml
from tui_cnn.formats.toml import dumps_network, dumps_toml
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.runs.dated import making
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.preflight import several_ends


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run comes from, and what is known of its training; empty or None: not known.

    Attributes:
        program: what trained it: `Keras 3.15.1, tensorflow`.
        file: what it was imported from; empty: it was recorded while it was trained.
        no_network: why there is no network; empty: there is one.
        no_weights: why there are no weights; empty: there are some, or will be.
        optimizer, loss: what they are called there.
        learning_rate: at the beginning.
    """

    program: str = ""
    file: str = ""
    no_network: str = ""
    no_weights: str = ""
    optimizer: str = ""
    loss: str = ""
    learning_rate: float | None = None
    batch_size: int | None = None
    epochs: int | None = None

    @property
    def settings(self) -> str:
        """What is known of how it was trained, and what is not: `Adam, batch 32, lr 0.001`."""
        return ", ".join(self._settings())

    def _settings(self) -> Iterator[str]:
        yield self.optimizer or _("optimizer unknown")
        yield _("batch {size}").format(size=self.batch_size) if self.batch_size else _("batch size unknown")
        if self.learning_rate is not None:
            yield _("lr {rate}").format(rate=f"{self.learning_rate:g}")
        else:
            yield _("lr unknown")
        if self.loss:
            yield self.loss


def read_origin(run: RunDirectory) -> Origin | None:
    """Read where a run comes from; None: our worker trains it, or it was made of a model's file.

    Raises:
        FormatError: the file is damaged.
    """
    try:
        return convert(read_toml(run.origin_file), Origin) if run.origin_file.exists() else None
    except InvalidError as error:
        raise FormatError(run.origin_file, str(error)) from None


def write_origin(run: RunDirectory, origin: Origin) -> None:
    """Write where a run comes from.

    Raises:
        OSError: it cannot be written.
    """
    known = {name: value for name, value in msgspec.to_builtins(origin).items() if value not in ("", None)}
    write_atomic(run.origin_file, dumps_toml(known).encode())


def make_foreign(
    name: str, network: Network | None, origin: Origin, fill: Callable[[RunDirectory], None]
) -> RunDirectory:
    """Make the directory of a run that is not trained here, first with what `fill` puts into it.

    Raises:
        RunError: it cannot be written.
    """
    with making("runs", name, RunError) as path:
        run = RunDirectory(path)
        fill(run)
        if network is not None:
            run.network_file.write_bytes(dumps_network(network).encode())
        write_origin(run, origin)
    return run


def how_to_resume() -> str:
    """Say how a training goes on that was recorded in another program, and has not finished."""
    return _("Run your program again; to continue this run: initial_epoch=recorder.restore(model).")


def refuse_foreign(run: RunDirectory) -> None:
    """Refuse to train a run again, or further, that was not trained here.

    Raises:
        RunError: it was not.
    """
    if not run.origin_file.exists():
        return
    origin = read_origin(run)
    if origin is not None and not origin.file:
        message = _("{run} was recorded in another program: run that program again to train it")
    else:
        message = _("{run} was imported from a history, so it cannot be trained; train a network instead")
    raise RunError(message.format(run=run.id))


def check_inspectable(run: RunDirectory) -> None:
    """Make sure that a run has what it takes to look inside its network, or to export it, if it was not trained here.

    Raises:
        RunError: it has no network or no weights, or a layer in it is not known; the text says which.
        FormatError: a file of it is damaged.
    """
    origin = read_origin(run)
    if origin is None:
        return
    if origin.no_network or origin.no_weights:
        raise RunError(f"{run.id}: {origin.no_network or origin.no_weights}")
    if problem := _unknown_parts(run.network(), run.best_file):
        raise RunError(f"{run.id}: {problem}")


def _unknown_parts(network: Network, file: Path) -> str:
    """Say why a network of another program, whose weights are in a file, cannot be built here; empty: it can."""
    for _place, layer in walk(network.layers):
        if isinstance(layer, Opaque):
            message = _("layer “{name}” is of the type {type}, which is not known here, so nothing can be computed")
            return message.format(name=layer.name, type=layer.kind)
    if ends := several_ends(analyze(network)):
        return _("has {ends}; use its model file instead of the run: {file}").format(ends=ends, file=file)
    return ""
