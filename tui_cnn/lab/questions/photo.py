"""Questions about a photograph: which filter made a picture of it, and which stage of Canny removes a pixel."""

from functools import cache, lru_cache
from random import Random

import numpy as np
from msgspec import structs
from numpy.lib.stride_tricks import sliding_window_view

from tui_cnn.i18n import _
from tui_cnn.lab.edges import DIRECTIONS, Canny, Plane, canny, joined
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.numbers import number
from tui_cnn.lab.photo import FilteredPhoto, grey_levels, is_kernel, method_name, scaled
from tui_cnn.lab.questions.answers import ChoiceAnswer
from tui_cnn.lab.questions.question import LessonQuestion, Options, QuestionDraw, QuestionError, kind
from tui_cnn.lab.scene import LabArrays
from tui_cnn.lab.settings import CANNY_STAGES, PhotoMethod, PhotoSettings
from tui_cnn.lab.townscape import townscape

_SIZE = (38, 57)
_UNLIKE: tuple[tuple[PhotoMethod, ...], ...] = (
    ("vertical-edge", "sobel-x", "scharr-x"),
    ("horizontal-edge", "sobel-y", "scharr-y"),
    ("laplacian",),
    ("box-blur",),
    ("sharpen",),
    ("long-vertical-line",),
    ("long-horizontal-line",),
    ("sobel", "scharr"),
    ("canny",),
)
"""Filters whose pictures of one photograph can be told apart; those of one group look alike."""
_OPTIONS = 4
_SIGMAS, _LOWS, _ABOVE = (0.5, 0.75, 1.0, 1.25), (0.1, 0.15, 0.2, 0.25), (0.1, 0.15, 0.2)
_KEPT = len(_SIGMAS) * len(_LOWS) * len(_ABOVE)
"""So many results of Canny may be drawn; each has about 100 kB."""
_CLEAR = 0.5
"""By so much the numbers of a question differ at least: they are written with one decimal."""


@kind("photo-filter", "photo")
def photo_filter(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which filter made the result beside the photograph."""
    settings = link.settings
    assert isinstance(settings, PhotoSettings)
    random = draw.random or Random(0)
    own = next((group for group in _UNLIKE if settings.first in group), None)
    if own is None:
        message = _("photo-filter needs a link whose first is a classical filter, sobel, scharr or canny, not {name}")
        raise QuestionError(message.format(name=settings.first))
    right = settings.first
    if draw.random is not None:
        own = random.choice(_UNLIKE)
        right = random.choice(own)
    others = random.sample([group for group in _UNLIKE if group is not own], _OPTIONS - 1)
    options = [right, *(random.choice(group) for group in others)]
    random.shuffle(options)
    hints = (
        _("Look at an area that is flat in the photo: is it 0 in the result, or as light as before?"),
        _("Look at lines that stand and at lines that lie: which of them can be seen?"),
    )
    shown = structs.replace(settings, image="town", results=1, first=right)
    names = tuple(_short_name(method) for method in options)
    answer = ChoiceAnswer(names, options.index(right))
    prompt = _("Which filter was used on the original?")
    return LessonQuestion(prompt, answer, _reason(right), hints, LabLink("photo", shown), LabArrays(), "kernel")


def _short_name(method: PhotoMethod) -> str:
    return _("Canny, all stages") if method == "canny" else method_name(method)


def _reason(method: PhotoMethod) -> str:
    """Say by what it can be known."""
    if is_kernel(method):
        kernel = FilteredPhoto(np.zeros((1, 1)), PhotoSettings(), LabArrays()).kernel(method)
        if kernel.sum() <= 0:
            return _("Its weights sum to 0: flat areas become 0, and edges do not.")
        if kernel.max() > 1:
            return _("Its weights sum to 1: the photo keeps its light, with sharper edges.")
        return _("All its weights are 0 or more: it adds up what is below them, and blurs across that.")
    if method in CANNY_STAGES:
        return _("Its edges are one pixel wide, and each pixel is one or none.")
    return _("It is the length of the gradient: 0 where it is flat, and light at edges of any direction.")


@kind("canny-stage", "photo")
def canny_stage(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which stage of Canny removes a pixel of the photograph, if any does."""
    settings = link.settings
    assert isinstance(settings, PhotoSettings)
    random = draw.random or Random(1)
    for _attempt in range(100):
        varied = settings if draw.random is None else _varied(settings, random)
        found = _pixel(varied, random)
        if found is not None:
            break
    else:
        raise QuestionError(_("with these thresholds no pixel can be asked about; choose others"))
    made, place, stage = found
    before, behind = (float(plane[place]) for plane in _neighbours(made))
    value, chain = made.magnitude[place], _chain(made, place)
    given = {
        "low": _written(made.low),
        "high": _written(made.high),
        "value": _written(value),
        "before": _written(before),
        "behind": _written(behind),
        "chain": _written(chain),
    }
    prompt = _(
        "Canny, thresholds {low} and {high}. A pixel has a gradient of {value}, and along its gradient its neighbours "
        "have {before} and {behind}. The edge pixels joined to it reach {chain} at most. Which stage removes it?"
    )
    reasons = (
        _("{value} is not the largest of {before}, {value} and {behind}."),
        _("It is the largest along its gradient, but {value} is below {low}."),
        _("It is weak: {value} is not below {low}, but below {high}; what is joined to it reaches only {chain}."),
        _("{value} is the largest along its gradient, and strong itself (from {high} on) or joined to a strong pixel."),
    )
    hints = (
        _("The stages in order: largest along the gradient? From the low threshold on? Strong, or joined to a strong?"),
        _("First compare {value} with {before} and {behind}.").format(**given),
    )
    options = (_("non-maximum suppression"), _("low threshold"), _("hysteresis"), _("none, it is an edge"))
    return LessonQuestion(prompt.format(**given), ChoiceAnswer(options, stage), reasons[stage].format(**given), hints)


@cache
def _plane() -> Plane:
    return grey_levels(scaled(townscape(), _SIZE))


@lru_cache(maxsize=_KEPT)
def _canny(sigma: float, low: float, high: float) -> Canny:
    return canny(_plane(), sigma, low, high)


def _varied(settings: PhotoSettings, random: Random) -> PhotoSettings:
    low = random.choice(_LOWS)
    return structs.replace(settings, low=low, high=round(low + random.choice(_ABOVE), 2), sigma=random.choice(_SIGMAS))


def _pixel(settings: PhotoSettings, random: Random) -> tuple[Canny, tuple[int, int], int] | None:
    """Draw a pixel, and say what becomes of it: 0 to 2 the stage that removes it, 3: it is an edge."""
    made = _canny(settings.sigma, settings.low, settings.high)
    reached = made.strong | made.weak
    states = (
        (made.magnitude > 0) & (made.thinned == 0),
        (made.thinned > 0) & ~reached,
        made.weak & ~made.edges,
        made.edges,
    )
    stage = random.randrange(len(states))
    others = (*_neighbours(made), made.low, made.high, 0.0)
    is_clear = np.all([np.abs(made.magnitude - other) > _CLEAR for other in others], axis=0)
    has_chain = sliding_window_view(np.pad(reached, 1), (3, 3)).sum(axis=(2, 3)) > reached
    places = [(int(row), int(column)) for row, column in np.argwhere(states[stage] & is_clear & has_chain)]
    random.shuffle(places)
    for place in places:
        chain = _chain(made, place)
        if abs(chain - made.high) > _CLEAR:
            return made, place, stage
    return None


def _neighbours(made: Canny) -> tuple[Plane, Plane]:
    """Return the magnitudes before and behind each pixel along its gradient; beyond the border they are 0."""
    padded = np.pad(made.magnitude, 1)
    down, across = np.moveaxis(np.array(DIRECTIONS)[made.direction], 2, 0)
    row, column = np.indices(made.magnitude.shape) + 1
    return padded[row - down, column - across], padded[row + down, column + across]


def _chain(made: Canny, place: tuple[int, int]) -> float:
    """Return the largest magnitude of what is joined to a pixel, from the low threshold on."""
    start = np.zeros(made.strong.shape, bool)
    start[place] = True
    others = joined(start, (made.strong | made.weak) & ~start) & ~start
    return float(made.magnitude[others].max())


def _written(value: float) -> str:
    return number(value, 1)
