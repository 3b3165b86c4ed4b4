"""A directory of TensorBoard's event files: the losses and accuracies in it, epoch by epoch.

Keras writes those of training to `train/` and those of validation to `validation/`, under tags such as `epoch_loss`,
with epochs as steps, counted from 0. Others, as PyTorch's SummaryWriter, take tags such as `Loss/train`, with steps as
they like: consecutive ones are taken for epochs; else each evaluation of validation images ends an epoch, and without
these each step that was logged is one.
"""

import math
import os
import re
from bisect import bisect_right
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.event_files import Scalar, read_scalars
from tui_cnn.formats.reading import read_errors
from tui_cnn.i18n import _
from tui_cnn.runs.events import Epoch
from tui_cnn.runs.history import MOST_EPOCHS, History

_MARK = ".tfevents."
_TRAINING, _VALIDATION = ("train", "training"), ("validation", "val", "valid", "eval", "evaluation", "test", "dev")
_PARTS = (*_TRAINING, *_VALIDATION)
_PASSED_OVER = ("batch", "evaluation", "iterations", "progress", "finished", "step", "iter")
"""Words in the tags of numbers within epochs, and of those at the end."""
_MOST_FILES, _MOST_POINTS = 10_000, 2_000_000
_DEEPEST = 8
_WORDS = re.compile(r"[a-z]+")

Quantity = Literal["loss", "accuracy", "learning_rate"]
_Key = tuple[Quantity, bool]
"""A quantity, and whether it is that of validation images."""


class _Point(NamedTuple):
    time: float
    value: float


_Series = dict[int, _Point]


def read_tensorboard(directory: Path) -> list[History]:
    """Read a directory: a history for each training in it, by their names.

    Raises:
        FormatError: it cannot be read, has no event files, or none with losses or accuracies; or one is damaged.
    """
    with read_errors(directory):
        found = _trainings(directory)
    if not found:
        raise FormatError(directory, _("has no event files of TensorBoard (*.tfevents.*)"))
    histories = []
    for place, files in sorted(found.items()):
        epochs = _epochs(place, _read(place, files))
        if epochs:
            name = place.name if place != directory else directory.absolute().name
            histories.append(History(name, place, "TensorBoard", epochs))
    if not histories:
        raise FormatError(directory, _("has no loss or accuracy in its event files"))
    return histories


def _trainings(directory: Path) -> dict[Path, list[Path]]:
    """Find the event files of each training; those in `train` and `validation` are of the directory that has both."""
    found: dict[Path, list[Path]] = {}
    count = 0
    if directory.is_file():
        return {directory: [directory]} if _MARK in directory.name else {}
    if not directory.exists():
        raise FileNotFoundError(directory)
    for place, folders, files in os.walk(directory):
        here = Path(place)
        if len(here.relative_to(directory).parts) >= _DEEPEST:
            folders.clear()
        folders.sort()
        events = [here / name for name in sorted(files) if _MARK in name]
        count += len(events)
        if count > _MOST_FILES:
            message = _("has more than {count:,} event files; specify the directory of one training")
            raise FormatError(directory, message.format(count=_MOST_FILES))
        if events:
            training = here.parent if here.name.lower() in _PARTS and here != directory else here
            found.setdefault(training, []).extend(events)
    return found


def _read(place: Path, files: list[Path]) -> dict[_Key, tuple[str, _Series]]:
    """Read what the files of a training say of each quantity; of several tags for one the shortest counts."""
    series: dict[tuple[_Key, str], _Series] = {}
    count = 0
    for file in files:
        part = file.parent.name.lower() if file.parent != place else ""
        for scalar in read_scalars(file):
            if (key := _key(scalar, part)) is None:
                continue
            points = series.setdefault((key, scalar.tag), {})
            before = points.get(scalar.step)
            count += before is None
            if count > _MOST_POINTS:
                raise FormatError(place, _("has more than {count:,} values").format(count=_MOST_POINTS))
            if before is None or scalar.time >= before.time:
                points[scalar.step] = _Point(scalar.time, scalar.value)
    chosen: dict[_Key, tuple[str, _Series]] = {}
    for (key, tag), points in sorted(series.items(), key=lambda item: (len(item[0][1]), item[0][1])):
        chosen.setdefault(key, (tag, points))
    return chosen


def _key(scalar: Scalar, part: str) -> _Key | None:
    """Tell by its tag which quantity a number is, of which images; None: none of ours."""
    words = _WORDS.findall(scalar.tag.lower())
    if any(word in _PASSED_OVER for word in words) or not 0 <= scalar.step < 1 << 53:
        return None
    validation = part in _VALIDATION or any(word in _VALIDATION for word in words)
    if "lr" in words or ("learning" in words and "rate" in words):
        return "learning_rate", False
    if "loss" in words:
        return "loss", validation
    if "accuracy" in words or "acc" in words:
        return "accuracy", validation
    return None


def _epochs(directory: Path, chosen: dict[_Key, tuple[str, _Series]]) -> list[Epoch]:
    measured = {key: points for key, (_tag, points) in chosen.items() if key[0] != "learning_rate"}
    if not measured:
        return []
    steps = sorted({step for points in measured.values() for step in points})
    if all(tag.startswith("epoch_") for tag, _points in chosen.values()):  # Keras' own, perhaps not of each epoch
        numbers, exact = [step + 1 for step in steps], True
    elif len(steps) > 1 and steps[0] in (0, 1) and steps[-1] - steps[0] == len(steps) - 1:
        numbers, exact = list(range(1, len(steps) + 1)), True
    else:
        validated = [points for (_quantity, validation), points in measured.items() if validation]
        steps = sorted({step for points in validated for step in points}) or steps
        numbers, exact = list(range(1, len(steps) + 1)), False
    if len(steps) > MOST_EPOCHS:
        raise FormatError(directory, _("has more than {count:,} epochs").format(count=MOST_EPOCHS))
    at = {key: (sorted(points), points) for key, (_tag, points) in chosen.items()}
    epochs: list[Epoch] = []
    ended: float | None = None
    for place, (number, step) in enumerate(zip(numbers, steps, strict=True)):
        after = None if exact else steps[place - 1] if place else -1
        known = {key: _latest(*series, step, after) for key, series in at.items()}
        times = [point.time for point in known.values() if point is not None]
        now = max(times) if times else None
        epochs.append(
            Epoch(
                time=_moment(now),
                epoch=number,
                loss=_value(known.get(("loss", False))),
                accuracy=_value(known.get(("accuracy", False))),
                val_loss=_value(known.get(("loss", True))),
                val_accuracy=_value(known.get(("accuracy", True))),
                seconds=now - ended if now is not None and ended is not None and now >= ended else None,
                learning_rate=_value(known.get(("learning_rate", False))),
                memory=None,
                best=False,
            )
        )
        ended = now
    return epochs


def _latest(order: list[int], points: _Series, step: int, after: int | None) -> _Point | None:
    """Return the point at a step; or, where `after` is given, the latest since that step."""
    if after is None:
        return points.get(step)
    place = bisect_right(order, step) - 1
    return points[order[place]] if place >= 0 and order[place] > after else None


def _value(point: _Point | None) -> float | None:
    return point.value if point is not None and math.isfinite(point.value) else None


def _moment(time: float | None) -> datetime:
    try:
        return datetime.fromtimestamp(time or 0.0, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0.0, UTC)
