"""Questions about the learner's own runs: which network is better, the final project, and one mistake explained."""

from collections import Counter
from collections.abc import Iterable, Mapping

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.lab.numbers import number
from tui_cnn.lab.questions.answers import (
    ChoiceAnswer,
    MemberAnswer,
    PredictionAnswer,
    TaskAnswer,
    TextAnswer,
)
from tui_cnn.lab.questions.question import (
    FinishedRun,
    KindOption,
    LessonQuestion,
    NoRunError,
    Options,
    QuestionDraw,
    kind,
)

TUTORIAL = "fashion-cnn"
EPOCHS = 5
"""So many the tutorial trains for, and so does the default recipe: a run of fewer is no goal to beat."""
_PLACES = ("pairs", "build", "train", "inspect")


@kind(
    "higher-accuracy",
    *_PLACES,
    one=KindOption("a preset", is_required=True),
    than=KindOption("the preset that it is compared with", is_required=True),
)
def higher_accuracy(_link: object, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which of two networks will have the higher test accuracy: before they are trained, or after."""
    names = (options["one"], options["than"])
    for name in names:
        find_network(name)
    prompt = _("Which will have the higher test accuracy, {one} or {other}?").format(one=names[0], other=names[1])
    found = [_best(_runs_of(name, draw)) for name in names]
    counts = " ".join(f"{name}: {analyze(find_network(name)[0]).totals.params:,}." for name in names)
    hints = (
        _("More parameters are not always better: it matters where they are used."),
        _("Parameters: {counts}").format(counts=counts),
    )
    first, second = found
    if first is None or second is None:
        missing = [name for name, run in zip(names, found, strict=True) if run is None]
        reason = _("Train {networks} to see; the answer comes here when that has finished.")
        return LessonQuestion(prompt, PredictionAnswer(names), reason.format(networks=_(" and ").join(missing)), hints)
    reason = "; ".join(f"{run.network}: {_percent(run)} ({run.name})" for run in (first, second))
    return LessonQuestion(prompt, ChoiceAnswer(names, int(second.accuracy > first.accuracy)), reason, hints)


@kind(
    "beat",
    *_PLACES,
    network=KindOption(f"the preset to beat; `{TUTORIAL}` unless it is given"),
    size=KindOption("how large the other network may be; `smaller` unless it is given", ("smaller", "any")),
)
def beat(_link: object, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for a run that is better than the tutorial's, of a network with fewer parameters unless any size will do."""
    model, is_smaller = options.get("network", TUTORIAL), options.get("size", "smaller") == "smaller"
    most = analyze(find_network(model)[0]).totals.params
    if is_smaller:
        prompt = _(
            "Train a network with fewer than {most} parameters whose test accuracy is higher than that of your best "
            "run of {name} with all images and at least {epochs} epochs."
        )
        first = _(
            "The first dense layer holds many parameters; a global average pooling in place of Flatten needs none."
        )
    else:
        prompt = _(
            "Train another network, of any size, whose test accuracy is higher than that of your best run of {name} "
            "with all images and at least {epochs} epochs."
        )
        first = _("Try one more convolution, more filters, or more epochs.")
    prompt = prompt.format(most=f"{most:,}", name=model, epochs=EPOCHS)
    hints = (
        first,
        _("Padding “same”, BatchNormalization and a little dropout raise the accuracy and cost few parameters."),
    )
    goal = _best(run for run in _runs_of(model, draw) if run.trained_for >= EPOCHS)
    if goal is None:
        said = _("First train {name} itself: all images, at least {epochs} epochs.").format(name=model, epochs=EPOCHS)
        return LessonQuestion(prompt, TaskAnswer(False, said), "", hints)
    best = _best(run for run in draw.finished() if (run.parameters < most if is_smaller else run.preset != model))
    said = _("{name}: {accuracy} ({run}).").format(name=model, accuracy=_percent(goal), run=goal.name)
    if best is not None:
        words = _("Your best with fewer parameters: {accuracy}, {parameters} parameters ({run}).")
        if not is_smaller:
            words = _("Your best of another network: {accuracy}, {parameters} parameters ({run}).")
        said += " " + words.format(accuracy=_percent(best), parameters=f"{best.parameters:,}", run=best.name)
    done = best is not None and best.accuracy > goal.accuracy
    return LessonQuestion(prompt, TaskAnswer(done, said), said, hints)


@kind("own-mistake", *_PLACES)
def own_mistake(_link: object, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for a test image that the newest run predicts wrongly."""
    run, mistakes = _with_mistakes(draw)
    said = {
        place: _("{label}, predicted as {predicted}").format(label=_(label), predicted=_(predicted))
        for place, (label, predicted) in mistakes.items()
    }
    prompt = _(
        "Find a test image that {run} predicts wrongly: on Inspect (3), e lists them. Which number does it have?"
    )
    reason = _("{count} of the test images are predicted wrongly.").format(count=f"{len(said):,}")
    (label, predicted), count = Counter(mistakes.values()).most_common(1)[0]
    hints = (
        _("Press 3, then e; choose a cell of the confusion matrix that is not on the diagonal."),
        _("The most frequent mistake: {label}, predicted as {predicted}, {count} times.").format(
            label=_(label), predicted=_(predicted), count=count
        ),
    )
    return LessonQuestion(prompt.format(run=run.name), MemberAnswer(said), reason, hints)


@kind("explain", *_PLACES)
def explain(_link: object, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for an explanation of that mistake, in the learner's own words, once Inspect has shown it."""
    run, mistakes = _with_mistakes(draw)
    inspected = [number for id_, number in draw.inspected if id_ == run.id and number in mistakes]
    number = draw.mistake if draw.mistake in mistakes else min(inspected, default=None)
    hints = (
        _("Which pixels spoke for the wrong class? Which images of that class look the same?"),
        _("Compare with an image of the true class that is predicted correctly: which pixels differ?"),
    )
    if number is None:
        prompt = _("Explain a mistake of {run}.").format(run=run.name)
        said = _("First find a test image that it predicts wrongly, and show it on Inspect (3).")
        return LessonQuestion(prompt, TaskAnswer(False, said), "", hints)
    label, predicted = mistakes[number]
    prompt = _(
        "Test image {number} is {label}; why did {run} predict {predicted}? Find out with saliency, Grad-CAM and "
        "similar images, and write what you saw."
    ).format(number=number, label=_(label), run=run.name, predicted=_(predicted))
    if number not in inspected:
        said = _("First show test image {number} on Inspect (3): / there finds it.").format(number=number)
        return LessonQuestion(prompt, TaskAnswer(False, said), "", hints)
    return LessonQuestion(prompt, TextAnswer(), _("Your explanation is kept with your progress."), hints)


def _with_mistakes(draw: QuestionDraw) -> tuple[FinishedRun, Mapping[int, tuple[str, str]]]:
    """Return the newest run, and the test images that it predicts wrongly.

    Raises:
        NoRunError: there is none, or it has no predictions.
    """
    if not draw.finished():
        raise NoRunError(_("no run has finished yet; train a network first (2)"))
    run = draw.finished()[0]
    mistakes = run.read_mistakes()
    if not mistakes:
        raise NoRunError(_("{run} has no predictions to look at; train another one").format(run=run.name))
    return run, mistakes


def _runs_of(network: str, draw: QuestionDraw) -> list[FinishedRun]:
    """List the runs of a preset that were trained on all images, the newest first: a lesson about few has others."""
    return [run for run in draw.finished() if run.preset == network and not run.settings.get("limit")]


def _best(runs: Iterable[FinishedRun]) -> FinishedRun | None:
    """Return the run with the highest test accuracy, the newest of several; None where there are no runs."""
    return max(runs, key=lambda run: run.accuracy, default=None)


def _percent(run: FinishedRun) -> str:
    return f"{number(100 * run.accuracy)} %"
