"""The lessons: short texts in Markdown that ship with the program, each with things to try."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tui_cnn.assets import ROOT

DIRECTORY = ROOT / "lessons"

_TRY = re.compile(r"^- \[(?P<words>[^\]]+)\]\((?P<link>[^)\s]+)\)(?P<rest>.*)$")


class Try(NamedTuple):
    """Something to do: its words, and the link to the state of the program in which to do it."""

    words: str
    link: str


class Lesson(NamedTuple):
    """A lesson: the name that it is asked for by, its title, its text in Markdown, and what to try."""

    name: str
    title: str
    text: str
    tries: tuple[Try, ...]


@cache
def lessons(language: str = "en") -> tuple[Lesson, ...]:
    """Read all lessons of a language, in their order.

    Raises:
        OSError: they cannot be read.
    """
    return tuple(read_lesson(path) for path in sorted((DIRECTORY / language).glob("*.md")))


def read_lesson(path: Path) -> Lesson:
    """Read a lesson from `NN-name.md`: a title, paragraphs, and under the last heading a list of links."""
    head, _line, rest = path.read_text("utf-8").partition("\n")
    text, _heading, tries = rest.rpartition("\n## ")
    found = (_TRY.match(line) for line in re.sub(r"\n  +", " ", tries).splitlines())
    return Lesson(
        path.stem.partition("-")[2],
        head.removeprefix("# ").strip(),
        text.strip(),
        tuple(Try(match["words"] + match["rest"], match["link"]) for match in found if match),
    )


_LAYERS = {
    "Conv2D": "layer",
    "Conv2DTranspose": "stride",
    "SeparableConv2D": "shape-of-a-cnn",
    "DepthwiseConv2D": "shape-of-a-cnn",
    "MaxPooling2D": "pooling",
    "AveragePooling2D": "pooling",
    "GlobalMaxPooling2D": "pooling",
    "GlobalAveragePooling2D": "pooling",
    "DepthMaxPooling2D": "pooling",
    "ZeroPadding2D": "padding",
    "Cropping2D": "padding",
    "Activation": "layer",
    "ReLU": "layer",
    "LeakyReLU": "layer",
    "Dense": "why-not-dense",
    "Dropout": "training",
    "BatchNormalization": "training",
    "Softmax": "training",
    "Rescaling": "images",
    "Input": "images",
}

_NUMBERS = {
    "output": "stride",
    "parameters": "parameters",
    "MACs": "parameters",
    "FLOPs": "parameters",
    "memory": "images",
    "field": "receptive-field",
    "accuracy": "training",
    "loss": "training",
}


_PAGES = {
    "convolution": "convolution",
    "pooling": "pooling",
    "sizes": "stride",
    "weights": "parameters",
    "pairs": "training",
}


def lesson_of(topic: str) -> str:
    """Return the name of the lesson that a layer's type, a kind of number, or a page of the Lab belongs to."""
    return _LAYERS.get(topic) or _NUMBERS.get(topic) or _PAGES.get(topic) or "shape-of-a-cnn"
