"""Where a training is, how fast it goes, what it takes, and how it ended: the lines under the curves."""

from collections.abc import Iterator

from textual.content import Content

from tui_cnn.confinement import is_served
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.events import Started
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.runs.summary import beginning
from tui_cnn.ui.toolkit.curve_data import recent
from tui_cnn.ui.toolkit.headline import Headline, clock
from tui_cnn.ui.toolkit.numbers import duration, left, level, spark, threads
from tui_cnn.ui.toolkit.runs import recorded_images, share, stopped_early, weights_epoch, with_advice
from tui_cnn.ui.train.run_watcher import Watched
from tui_cnn.visible import visible

_SPARK = 16
_LABEL = 10
_GAP = "   "
_WIDE = 100


Line = list[Content]
"""Parts that stand in one line if there is room."""


def headlines(watched: Watched) -> tuple[Headline, Headline, Headline]:
    """Return the three numbers that matter most: accuracy, epoch, time."""
    snapshot = watched.snapshot
    started, progress, finished = snapshot.started, snapshot.progress, snapshot.finished
    if finished is not None and finished.test_accuracy is not None:
        accuracy = Headline(f"{finished.test_accuracy:.4f}", _("test accuracy"))
    elif (best := snapshot.best_accuracy) is not None:
        accuracy = Headline(f"{best:.4f}", _("best validation"))
    else:
        accuracy = Headline(share(progress.accuracy if progress else None), _("accuracy"))
    epochs = started.epochs if started else 0
    is_active = snapshot.state in ("running", "paused") and progress is not None
    epoch = progress.epoch if progress and is_active else len(snapshot.epochs)
    count = ngettext("of {count} epoch", "of {count} epochs", epochs).format(count=epochs) if epochs else _("epoch")
    if progress and is_active:
        time = Headline(clock(snapshot.seconds_left or 0.0), _("time left"))
    else:
        time = Headline(clock(finished.seconds if finished else snapshot.elapsed), _("time"))
    return accuracy, Headline(f"{epoch}" if started else "—", count), time


def progress_lines(watched: Watched, width: int, *, beside_headlines: bool) -> Content:
    """Write all that is known of a run; without the headlines beside it also what they show, but not what stays."""
    snapshot = watched.snapshot
    lines = [[Content.styled(line, "$text-error")] for line in with_advice(watched.damage)]
    lines += _lines(watched, width, brief=beside_headlines)
    if snapshot.started is not None and beside_headlines:
        lines += _circumstances(watched, snapshot.started)
    return Content("\n").join(line for parts in lines for line in _wrapped(parts, width))


def _wrapped(parts: Line, width: int) -> Iterator[Content]:
    """Join parts, as many as there is room for in a line."""
    line = Content()
    for part in parts:
        if line and line.cell_length + len(_GAP) + part.cell_length > width:
            yield line
            line = Content()
        line = line + _GAP + part if line else part
    yield line


def _lines(watched: Watched, width: int, *, brief: bool) -> Iterator[Line]:
    snapshot = watched.snapshot
    if snapshot.state in ("running", "paused"):
        if snapshot.started is None and snapshot.decoding is not None:
            done, images = snapshot.decoding.done, snapshot.decoding.images
            position = _("{done} of {images} images").format(done=f"{done:,}", images=f"{images:,}")
            yield [Content(_("Reading the images for the first time; later runs start immediately."))]
            yield [_bar(_("reading"), done / max(1, images), max(8, min(40, width - 50)), position)]
            return
        if snapshot.started is None:
            yield [Content(_("The worker is loading TensorFlow; this takes a few seconds."))]
            if snapshot.chosen is not None:
                yield [Content(_("precision: {precision}").format(precision=snapshot.chosen.precision))]
            return
        yield from _position(snapshot, width, brief=brief)
        yield _means(snapshot)
        yield _latest_step(watched, _SPARK if width >= _WIDE else _SPARK // 2)
        yield _against_prediction(watched)
        return
    if snapshot.state == "queued":
        behind = snapshot.queued.behind if snapshot.queued else ""
        yield [Content(_("Queued: starts after {run}.").format(run=behind or _("another run")))]
        if not is_served():
            yield [Content.styled(_("Press h to start it now, alongside the other run"), "dim")]
        return
    yield from _end(watched)


def _position(snapshot: Snapshot, width: int, *, brief: bool) -> Iterator[Line]:
    """Draw how far it is in the epoch, and in all."""
    started, progress, evaluating = snapshot.started, snapshot.progress, snapshot.evaluating
    assert started is not None
    room = max(8, min(40, width - (44 if brief else 70)))
    epoch, step, steps = (progress.epoch, progress.step, progress.steps) if progress else _start_position(started)
    if evaluating is not None:
        name = _("validating") if evaluating.images == "validation" else _("testing")
        position = _("batch {step} of {steps}").format(step=f"{evaluating.step:,}", steps=f"{evaluating.steps:,}")
        within = evaluating.step / evaluating.steps
    else:
        name = _("epoch {epoch}").format(epoch=epoch)
        position = _("step {step} of {steps}").format(step=f"{step:,}", steps=f"{steps:,}")
        within = step / steps
    yield [_bar(name, within, room, position)]
    parts, seconds_left = [], snapshot.seconds_left
    if not brief:
        parts.append(_("epoch {epoch} of {epochs}").format(epoch=epoch, epochs=started.epochs))
        if seconds_left:
            parts.append(_("{time} left").format(time=duration(seconds_left)))
    parts.append(_("{time} so far").format(time=duration(snapshot.elapsed)))
    if seconds_left:
        done = snapshot.elapsed / (snapshot.elapsed + seconds_left)
    else:
        done = (epoch - 1 + step / steps) / started.epochs
    yield [_bar(_("overall"), done, room, _GAP.join(parts))]


def _start_position(started: Started) -> tuple[int, int, int]:
    """Return epoch, step and steps of a worker that has done none yet."""
    done, step = divmod(started.resumed_from, started.steps_per_epoch)
    return min(done + 1, started.epochs), step, started.steps_per_epoch


def _bar(name: str, share_done: float, width: int, position: str) -> Content:
    return Content.assemble(left(name, _LABEL) + " ", level(share_done, width), f" {share_done:>4.0%}   {position}")


def _means(snapshot: Snapshot) -> Line:
    """Say how the epoch goes, and that these are means while the weights change."""
    progress = snapshot.progress
    if progress is None:
        return [Content(_("Running the first steps …"))]
    means = _("loss {loss}   accuracy {accuracy}").format(loss=share(progress.loss), accuracy=share(progress.accuracy))
    return [Content.assemble((_("epoch averages so far: "), "dim"), means)]


def _latest_step(watched: Watched, room: int) -> Line:
    """Say what the latest step was like, and what the worker takes."""
    progress, vitals, curve = watched.snapshot.progress, watched.vitals, watched.snapshot.curve
    parts: list[Content] = []
    if progress is not None and progress.images_per_second is not None:
        parts.append(Content(_("{count} images/s").format(count=f"{progress.images_per_second:,.0f}")))
    if progress is not None and progress.learning_rate is not None:
        rate = _("lr {rate}").format(rate=f"{progress.learning_rate:.3g}")
        parts.append(Content.assemble(rate, " ", (spark(recent(curve, "learning_rate", 64), room), "$text-primary")))
    if progress is not None and progress.gradient_norm is not None:
        norm = _("gradient {norm}").format(norm=f"{progress.gradient_norm:.3g}")
        parts.append(Content.assemble(norm, " ", (spark(recent(curve, "gradient_norm", 64), room), "$text-primary")))
    if vitals is not None:
        parts.append(Content(_("CPU {share} %").format(share=f"{vitals.cpu:.0f}")))
        parts.append(Content(_("RAM {size} GB").format(size=f"{vitals.memory / 1e9:.2f}")))
    return parts


def _against_prediction(watched: Watched) -> Line:
    """Lay what was predicted beside what happened, and say what was best."""
    snapshot = watched.snapshot
    started = snapshot.started
    assert started is not None
    parts = []
    seconds = snapshot.seconds_per_epoch
    taken = f"{seconds:.1f}" if seconds is not None else ""
    if started.predicted_seconds is not None:
        predicted = f"{started.predicted_seconds:.1f}"
        if taken:
            parts.append(_("{taken} s per epoch, predicted {predicted} s").format(taken=taken, predicted=predicted))
        else:
            parts.append(_("predicted {predicted} s per epoch").format(predicted=predicted))
    elif taken:
        parts.append(_("{taken} s per epoch").format(taken=taken))
    if started.predicted_memory is not None:
        parts.append(_("predicted RAM {size} GB").format(size=f"{started.predicted_memory / 1e9:.2f}"))
    if (best := snapshot.best) is not None:
        accuracy = share(best.val_accuracy if best.val_accuracy is not None else best.accuracy)
        parts.append(_("best epoch {epoch}: {accuracy}").format(epoch=best.epoch, accuracy=accuracy))
    return [Content(part) for part in parts]


def _circumstances(watched: Watched, started: Started) -> Iterator[Line]:
    if watched.origin is not None:
        parts = [watched.origin.program, watched.origin.settings, *recorded_images(started)]
        if watched.origin.no_network:
            parts.append(_("no network: {problem}").format(problem=watched.origin.no_network))
        yield [Content.styled(visible(part), "dim") for part in parts]
        return
    message = _("{images} images, {validation} for validation   {device}, {threads}   {precision}")
    text = message.format(
        images=f"{started.train_images or 0:,}",
        validation=f"{started.validation_images or 0:,}",
        device=started.device,
        threads=threads(started.threads or 0),
        precision=started.precision,
    )
    yield [Content.styled(part, "dim") for part in text.split(_GAP)]
    yield from ([Content.styled(visible(line), "dim")] for line in beginning(watched.snapshot))


def _end(watched: Watched) -> Iterator[Line]:
    snapshot, finished = watched.snapshot, watched.snapshot.finished
    if finished is not None:
        if finished.test_accuracy is None or finished.test_loss is None:
            search = _("not tested: a search chooses by validation, and tests only its best trial")
            recorded = _("not tested: the Recorder was given no test images")
            yield [Content(search if watched.origin is None else recorded)]
        else:
            accuracy = _("test accuracy {accuracy}").format(accuracy=f"{finished.test_accuracy:.4f}")
            rest = _("loss {loss}, {images} test images, evaluated once").format(
                loss=f"{finished.test_loss:.4f}", images=f"{(snapshot.started and snapshot.started.test_images) or 0:,}"
            )
            which = [Content(weights_epoch(snapshot.tested))] if snapshot.tested else []
            yield [Content.styled(accuracy, "bold $text-success"), *which, Content(rest)]
        parts = [_("total {time}").format(time=duration(finished.seconds))]
        if finished.peak_memory:
            parts.append(_("peak RAM {size} GB").format(size=f"{finished.peak_memory / 1e9:.2f}"))
        if snapshot.early_stop is not None:
            parts.append(stopped_early(snapshot.early_stop))
        yield [Content(part) for part in parts]
        yield _against_prediction(watched)
        return
    if watched.outcome is not None:
        yield [Content.styled(watched.outcome.sentence, "bold")]
        yield [Content(watched.outcome.advice)]
    if snapshot.imported is not None:  # nothing was trained here, and there is nothing to resume
        if watched.origin is None:
            yield [Content.styled(_("press i to inspect it"), "dim")]
        return
    done = _("trained for {time}").format(time=duration(snapshot.elapsed))
    kept = snapshot.checkpoint
    saved = _("checkpoint after step {step}").format(step=f"{kept.step:,}") if kept else _("no checkpoint yet")
    again = [] if watched.origin is not None else [_("press r to resume")]
    yield [Content.styled(part, "dim") for part in (done, saved, *again)]
