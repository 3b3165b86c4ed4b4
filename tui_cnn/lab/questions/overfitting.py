"""Questions about overfitting, answered by the learner's own runs: predicted first, known once they have finished."""

from urllib.parse import parse_qsl

from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.lab.questions.answers import ChoiceAnswer, PredictionAnswer
from tui_cnn.lab.questions.question import (
    FinishedRun,
    KindOption,
    LessonQuestion,
    Options,
    QuestionDraw,
    QuestionError,
    kind,
)

_RISEN = 1.1
"""A validation loss that ends so many times above its lowest has risen: less is chance from epoch to epoch."""


@kind("validation-loss", "train")
def validation_loss(link: str, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask what the validation loss will do in the run that the link sets up."""
    network = _network(link)
    options = (_("it falls, and stays low"), _("it falls, then rises"))
    prompt = _("The training loss falls from epoch to epoch. What will the validation loss do?")
    hints = (
        _("The network sees the training images again and again, the validation images never."),
        _("It has {count} parameters: more than it needs to learn a few hundred images by heart.").format(
            count=f"{analyze(network).totals.params:,}"
        ),
    )
    run = _run_of(link, draw)
    if run is None:
        return LessonQuestion(prompt, PredictionAnswer(options), _when_trained(), hints)
    losses = [epoch.validation_loss for epoch in run.epochs]
    lowest, last = min(losses), losses[-1]
    said = _("Validation loss of {run}: lowest {lowest} in epoch {epoch}, {last} at the end.").format(
        run=run.name, lowest=f"{lowest:.2f}", epoch=losses.index(lowest) + 1, last=f"{last:.2f}"
    )
    return LessonQuestion(prompt, ChoiceAnswer(options, int(last > _RISEN * lowest)), said, hints)


@kind("smaller-gap", "train", than=KindOption("the link of the other run: `train:…`", is_required=True))
def smaller_gap(link: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask whether the gap between training and validation accuracy will be smaller than in the run of another link."""
    scheme, _colon, other = options["than"].partition(":")
    if scheme != "train" or not other:
        raise QuestionError(_("“{kind}” needs the link of another run: than=train:…").format(kind="smaller-gap"))
    _network(link)
    _network(other)
    choices = (_("smaller"), _("as large, or larger"))
    prompt = _("Training accuracy − validation accuracy after the last epoch is the gap. How large will it be here?")
    prompt += " " + _("Compare with {run}.").format(run=other.replace("?", " ").replace("&", " "))
    hints = (
        _("Can the network still learn each training image by heart?"),
        _("Dropout and augmentation change each step; more images are more to learn by heart."),
    )
    run, before = _run_of(link, draw), _run_of(other, draw)
    if run is None or before is None:
        return LessonQuestion(prompt, PredictionAnswer(choices), _when_trained(), hints)
    reason = "; ".join(_gap_in_words(each) for each in (run, before))
    return LessonQuestion(prompt, ChoiceAnswer(choices, int(_gap(run) >= _gap(before))), reason, hints)


def _network(link: str) -> Network:
    """Find the network of a link.

    Raises:
        FormatError: there is none.
    """
    return find_network(link.partition("?")[0])[0]


def _run_of(link: str, draw: QuestionDraw) -> FinishedRun | None:
    """Find the newest run that was trained as a link says; what it does not name is not looked at."""
    model, _mark, query = link.partition("?")
    wanted = {"augmentation": "none", "limit": "", **dict(parse_qsl(query.replace("+", "%2B")))}  # a plus is a plus
    for run in draw.finished():
        if run.preset == model and run.epochs and all(run.settings.get(name) == wanted[name] for name in wanted):
            return run
    return None


def _gap(run: FinishedRun) -> float:
    last = run.epochs[-1]
    return last.accuracy - last.validation_accuracy


def _gap_in_words(run: FinishedRun) -> str:
    last = run.epochs[-1]
    text = _("{run}: {training} in training, {validation} in validation, gap {gap} points")
    shares = {"training": last.accuracy, "validation": last.validation_accuracy}
    written = {name: f"{100 * share:.1f} %" for name, share in shares.items()}
    return text.format(run=run.name, gap=f"{100 * _gap(run):.1f}", **written)


def _when_trained() -> str:
    return _("Train it to see; the answer comes here when it has finished.")
