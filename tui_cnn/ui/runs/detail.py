"""What there is to say about one run beside its line in the list."""

from textual.content import Content

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.numbers import duration, size
from tui_cnn.ui.toolkit.run_list import Listed

_GAP = "   "


def run_detail(listed: Listed) -> Content:
    """Say what was said about a run, how it was trained, and how it ended."""
    summary = listed.summary
    about, recipe = summary.about, summary.recipe
    lines = []
    if about.title or about.tags or about.note:
        tags = " ".join(about.tags)
        parts = [Content.styled(about.title, "bold"), Content.styled(tags, "$text-accent"), Content(about.note)]
        lines.append(Content(_GAP).join(part for part in parts if part))
    if recipe is not None:
        message = _("{optimizer}, batch {batch}, lr {rate:g}")
        training = [message.format(optimizer=recipe.optimizer, batch=recipe.batch_size, rate=recipe.learning_rate)]
        if recipe.schedule != "constant":
            training.append(recipe.schedule)
        if summary.precision:
            training.append(summary.precision)
        if summary.seconds_per_epoch is not None:
            training.append(
                _("{time} per epoch").format(time=_pace(summary.seconds_per_epoch, summary.predicted_seconds))
            )
        if summary.memory:
            training.append(size(summary.memory))
        lines.append(Content.styled(_GAP.join(training), "dim"))
    if summary.outcome is not None and summary.state != "finished":
        lines.append(Content(summary.outcome.line))
    return Content("\n").join(lines)


def _pace(seconds: float, predicted: float | None) -> str:
    taken = f"{seconds:.1f} s" if seconds < 60 else duration(seconds)
    if predicted is None:
        return taken
    return _("{taken} (predicted {predicted:.1f})").format(taken=taken, predicted=predicted)
