"""The file of Keras' CSVLogger: a line for each epoch, counted from 0, under the names of its metrics."""

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path

from tui_cnn.formats.errors import FormatError, Problem
from tui_cnn.formats.reading import opened
from tui_cnn.i18n import _
from tui_cnn.runs.events import Epoch
from tui_cnn.runs.history import MOST_EPOCHS, History, accuracy_name

_LONGEST = 1 << 16
"""Characters of a line."""
_MISSING = ("", "NA", "None", "nan", "NaN")
_MOST_LINES = 1_000_000


def read_csv_history(path: Path) -> History:
    """Read a file whose first line names its columns: `epoch,accuracy,loss,val_accuracy,val_loss`, in any order.

    The separator is a comma, a semicolon or a tab. A line of names may come again, where a training was gone on with;
    of an epoch that was done again the last line counts.

    Raises:
        FormatError: it cannot be read, or has no such columns, or something else than numbers in them.
    """
    epochs: dict[int, Epoch] = {}
    columns: list[str] = []
    separator = ","
    for number, line in _lines(path):
        if not columns:
            separator = max(",;\t", key=line.count)
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        if not any(cells):
            continue
        if not columns or "loss" in cells or "epoch" in cells:
            columns = cells
            if "loss" not in columns and not accuracy_name(columns):
                message = _("has no column loss or accuracy, but {names}; save it with CSVLogger of Keras")
                raise FormatError(path, message.format(names=", ".join(columns)[:200] or _("none")))
            continue
        values = dict(zip(columns, cells, strict=False))
        epoch = _epoch(path, number, values, max(epochs, default=0) + 1)
        for later in [each for each in epochs if each >= epoch.epoch]:  # a training that was begun again from here
            del epochs[later]
        epochs[epoch.epoch] = epoch
        if len(epochs) > MOST_EPOCHS:
            raise FormatError(path, _("has more than {count:,} epochs").format(count=MOST_EPOCHS))
    if not epochs:
        raise FormatError(path, _("has no epochs"))
    return History(path.stem, path, "CSVLogger", tuple(epochs[epoch] for epoch in sorted(epochs)))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, one at a time, without their ends."""
    with opened(path) as file, io.TextIOWrapper(file, "utf-8-sig", errors="strict") as text:
        for number in range(1, _MOST_LINES):
            try:
                line = text.readline(_LONGEST)
            except UnicodeDecodeError:
                raise FormatError(path, _("is not UTF-8 text")) from None
            if not line:
                return
            if "\0" in line or (len(line) == _LONGEST and not line.endswith("\n")):
                raise FormatError(path, Problem(_("is no line of numbers"), number, 1))
            yield number, line.rstrip("\r\n")
    raise FormatError(path, _("has more than {count:,} epochs").format(count=MOST_EPOCHS))


def _epoch(path: Path, number: int, values: dict[str, str], following: int) -> Epoch:
    metric = accuracy_name(values)

    def read(name: str) -> float | None:
        cell = values.get(name, "")
        if cell in _MISSING:
            return None
        try:
            value = float(cell)
        except ValueError:
            message = _("{name} is “{cell}”, which is not a number").format(name=name, cell=cell[:40])
            raise FormatError(path, Problem(message, number, 1)) from None
        return value if math.isfinite(value) else None

    at = read("epoch")
    if at is not None and not (at == int(at) and 0 <= at < MOST_EPOCHS):
        raise FormatError(path, Problem(_("epoch {epoch} is not possible").format(epoch=values["epoch"]), number, 1))
    rate = read("learning_rate")
    return Epoch(
        epoch=following if at is None else int(at) + 1,
        loss=read("loss"),
        accuracy=read(metric) if metric else None,
        val_loss=read("val_loss"),
        val_accuracy=read(f"val_{metric}") if metric else None,
        seconds=None,
        learning_rate=read("lr") if rate is None else rate,
        memory=None,
        best=False,
    )
