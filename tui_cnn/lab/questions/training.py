"""Questions about how a training is set up: how many steps an epoch has."""

from math import ceil
from urllib.parse import parse_qsl

from tui_cnn.data.input_options import validation_count
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.lab.numbers import number
from tui_cnn.lab.questions.answers import NumberAnswer
from tui_cnn.lab.questions.question import LessonQuestion, Options, QuestionDraw, QuestionError, kind

IMAGES, BATCH, HELD_OUT = 60_000, 32, 0.1
"""What a link means that does not say how many images, in batches of how many, and which share is held out."""
_LIMITS, _BATCHES, _SHARES = (500, 1_000, 5_000, 10_000, 20_000, IMAGES), (16, 32, 64, 128, 256), (0.1, 0.2, 0.5)


@kind("epoch-steps", "train")
def epoch_steps(link: str, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the steps of an epoch of the training that the link sets up."""
    model, _mark, query = link.partition("?")
    find_network(model)
    said, random = dict(parse_qsl(query)), draw.random
    try:
        images, batch = int(said.get("limit") or IMAGES), int(said.get("batch_size", BATCH))
        share = float(said.get("validation", HELD_OUT))
    except ValueError as error:
        raise QuestionError(str(error)) from None
    if random is not None:
        images, batch, share = random.choice(_LIMITS), random.choice(_BATCHES), random.choice(_SHARES)
    train = images - validation_count(images, share)
    steps = ceil(train / batch)
    prompt = _(
        "{images} images, of which {share} % are held out for validation; batches of {batch}: "
        "how many steps does an epoch have?"
    )
    return LessonQuestion(
        prompt.format(images=f"{images:,}", share=number(100 * share), batch=batch),
        NumberAnswer(steps),
        _("{train} / {batch}, rounded up, is {steps}").format(train=f"{train:,}", batch=batch, steps=f"{steps:,}"),
        (
            _("Each step takes one batch; the last one of an epoch may be smaller."),
            _("{train} images are left for training.").format(train=f"{train:,}"),
        ),
    )
