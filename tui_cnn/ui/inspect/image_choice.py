"""Which images of the test set one walks through, and where among them one is."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tui_cnn.i18n import _
from tui_cnn.insight.predictions import Filter, Order, confusion, select
from tui_cnn.runs.inspection.replies import Evaluation
from tui_cnn.ui.toolkit.numbers import images

_UNSURE = 0.5
_MOST_PAIRS = 400
"""Pairs of classes that are offered before it is known which of them the network mistakes for each other."""

Labels = npt.NDArray[np.int32]
"""The output to be expected for each test image; -1: nobody knows."""


@dataclass(frozen=True)
class ImageChoice:
    """A name, and which images are meant: those that pass a filter, in an order, or the ones listed."""

    name: str
    wanted: Filter = field(default_factory=Filter)
    order: Order = "index"
    listed: tuple[int, ...] | None = None

    def numbers(self, labels: Labels, evaluation: Evaluation | None) -> npt.NDArray[np.int64] | None:
        """Return the numbers of the images, in order; None: it is not known yet what the network says of them."""
        if self.listed is not None:
            return np.array(self.listed, np.int64)
        if self.order == "index" and self.wanted == Filter(label=self.wanted.label):
            return np.flatnonzero((labels == self.wanted.label) | (self.wanted.label is None))
        if evaluation is None:
            return None
        return select(evaluation.probabilities.numpy(), evaluation.labels.numpy(), self.wanted, self.order)

    def next_to(self, number: int | None, by: int, labels: Labels, evaluation: Evaluation | None) -> int | None:
        """Return the number of the next image, or of the one before, around the end; None: there is none."""
        numbers = self.numbers(labels, evaluation)
        if numbers is None or not len(numbers):
            return None
        here = np.flatnonzero(numbers == number)
        place = here[0] + by if len(here) else min(by, 0)  # the first of them, or the last
        return int(numbers[place % len(numbers)])


def everything() -> ImageChoice:
    """Choose all images."""
    return ImageChoice(_("all images"))


def mistakes() -> ImageChoice:
    """Choose the images on which the network is wrong, the one that it is surest of first."""
    return ImageChoice(_("most confident mistakes"), Filter(right=False), "most sure")


def taken_for(names: tuple[str, ...], true: int, said: int) -> ImageChoice:
    """Choose the images of one cell of the confusion matrix."""
    name = _("{true} predicted as {said}") if true != said else _("{true} predicted correctly")
    return ImageChoice(name.format(true=names[true], said=names[said]), Filter(label=true, predicted=said))


def choices(names: tuple[str, ...], evaluation: Evaluation | None) -> list[tuple[ImageChoice, str]]:
    """List what can be chosen, each with a word about it."""
    found = [
        (everything(), _("in test set order")),
        (ImageChoice(_("mistakes"), Filter(right=False)), _("the prediction is wrong")),
        (mistakes(), _("wrong with high confidence")),
        (ImageChoice(_("correct predictions"), Filter(right=True)), _("the prediction is correct")),
        (ImageChoice(_("least confident"), Filter(), "least sure"), _("by the probability of the predicted class")),
        (ImageChoice(_("most confident"), Filter(), "most sure"), _("by the probability of the predicted class")),
        (ImageChoice(_("uncertain"), Filter(highest=_UNSURE)), _("no class has a probability above 0.5")),
        (ImageChoice(_("true class least likely"), Filter(), "least true"), _("by the probability of the true class")),
    ]
    found += [
        (ImageChoice(name, Filter(label=number)), _("all images of this class")) for number, name in enumerate(names)
    ]
    if not names:  # there are no predictions
        return found[:1]
    if evaluation is None:
        if len(names) ** 2 > _MOST_PAIRS:
            return found
        pairs = [(true, said) for true in range(len(names)) for said in range(len(names)) if true != said]
        return found + [(taken_for(names, *pair), "") for pair in pairs]
    counts = confusion(evaluation.labels.numpy(), evaluation.probabilities.numpy().argmax(axis=1), len(names))
    np.fill_diagonal(counts, 0)
    for true, said in sorted(zip(*np.nonzero(counts), strict=True), key=lambda pair: -int(counts[pair])):
        count = int(counts[true, said])
        about = images(count)
        found.append((taken_for(names, int(true), int(said)), about))
    return found
